"""How a backport is told: the comment on the original, and the backport pull request. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from domain.backport import Landed, MergedPullRequest, marker
from domain.backport_instructions import from_scratch, resolving
from domain.backport_plan import Entry, Method, Target, TargetOutcome, TargetResult
from domain.picks import ConflictedFile, PickOutcome, PickResult, Prerequisite
from domain.pull_request import PullRequestRef
from domain.wording import cell, code, markdown, plain, shortened

#: The hidden comments by which we know our own writing again.
COMMENT_MARKER = "<!-- hotfix-guard:backports -->"
CONFLICT_MARKER = "<!-- hotfix-guard:conflict -->"

_MAX_TITLE = 256
_MAX_FILES_SHOWN = 50
_MAX_DESCRIPTION = 10_000
_MAX_DETAIL = 500
_REMEMBERED = re.compile(r"<!-- hotfix-guard:targets (\[.*?\]) -->")

_SYMBOLS = MappingProxyType(
    {
        TargetOutcome.PENDING: "⏳",
        TargetOutcome.OPENED: "✅",
        TargetOutcome.MERGED: "✅",
        TargetOutcome.CLOSED: "⏹️",
        TargetOutcome.CONFLICT: "⚠️",
        TargetOutcome.RESOLVED: "✅",
        TargetOutcome.ALREADY_THERE: "✅",
        TargetOutcome.EMPTY: "✅",
        TargetOutcome.UNKNOWN_COMMITS: "❌",
        TargetOutcome.TARGET_MISSING: "❌",
        TargetOutcome.PROTECTED: "❌",
        TargetOutcome.NOT_PERMITTED: "❌",
        TargetOutcome.OCCUPIED: "❌",
        TargetOutcome.TROUBLE: "⏳",
        TargetOutcome.FAILED: "❌",
    }
)

_SENTENCES = MappingProxyType(
    {
        TargetOutcome.PENDING: "Picking … {detail}",
        TargetOutcome.OPENED: "The backport stands: #{number}.",
        TargetOutcome.MERGED: "#{number} is merged.",
        TargetOutcome.CLOSED: "#{number} was closed without a merge; restore its branch and reopen it if need be.",
        TargetOutcome.CONFLICT: "The draft #{number} has conflicts that a person must resolve.",
        TargetOutcome.RESOLVED: "Every conflict of #{number} is resolved; review and merge it.",
        TargetOutcome.ALREADY_THERE: "The branch has these changes already; nothing to open.",
        TargetOutcome.EMPTY: "The pull request changes no file; nothing to open.",
        TargetOutcome.UNKNOWN_COMMITS: "Which commits landed can't be told: {detail}. Pick them by hand, as below.",
        TargetOutcome.TARGET_MISSING: "There is no such branch. Create it and comment {again}, or name another.",
        TargetOutcome.PROTECTED: "GitHub refuses our branch: {detail}. Let the App create `hotfix-guard/*`, then "
        "comment {again}.",
        TargetOutcome.NOT_PERMITTED: "{detail}. Grant it to the App, then comment {again}.",
        TargetOutcome.OCCUPIED: "{detail}. Nothing of it was touched: delete or rename that branch, then comment "
        "{again}.",
        TargetOutcome.TROUBLE: "{detail}. It is tried again by itself.",
        TargetOutcome.FAILED: "It failed: {detail}.",
    }
)

_BY_HAND = frozenset(
    {
        TargetOutcome.UNKNOWN_COMMITS,
        TargetOutcome.PROTECTED,
        TargetOutcome.NOT_PERMITTED,
        TargetOutcome.OCCUPIED,
        TargetOutcome.FAILED,
    }
)


def comment(merged: MergedPullRequest, landed: Landed, results: tuple[TargetResult, ...]) -> str:
    """The one comment on the original: a row a target, commands where a person must pick, and what we remember."""
    by_hand = [_by_hand(merged, landed, result) for result in results if result.outcome in _BY_HAND]
    return _comment(merged.ref, results, [part for part in by_hand if part])


def picking(ref: PullRequestRef, targets: Sequence[Target]) -> str:
    """The comment before anything is known but where the pull request goes."""
    pending = (TargetResult(target.branch, TargetOutcome.PENDING, method=target.method) for target in targets)
    return _comment(ref, tuple(pending), [])


def _comment(ref: PullRequestRef, results: tuple[TargetResult, ...], by_hand: Sequence[str]) -> str:
    rows = ["| Target | Outcome | Details |", "| --- | --- | --- |", *(_row(result) for result in results)]
    # What we remember comes first: nothing that others wrote can stand before it, and no length limit cuts it off.
    lead = f"{COMMENT_MARKER}\n{_remembering(results)}\n**Backports of #{ref.number}**"
    parts = [lead, "\n".join(rows), *by_hand]
    return "\n\n".join(parts) + "\n"


def skipped(ref: PullRequestRef, label: str) -> str:
    """The comment where a label keeps a hotfix from being carried anywhere."""
    why = f"Carried nowhere: it bears the label {code(label)}. `/hotfix backport BRANCH…` carries it all the same."
    return f"{COMMENT_MARKER}\n**Backports of #{ref.number}**\n\n{why}\n"


def sentence(result: TargetResult) -> str:
    """What came of a target, in Markdown."""
    detail = markdown(shortened(result.detail, _MAX_DETAIL)).rstrip(".")
    again = code(f"/hotfix backport {result.target}")
    told = _SENTENCES[result.outcome].format(number=result.number, detail=detail, again=again).strip()
    return " ".join([told, *(f"{markdown(shortened(note, _MAX_DETAIL))}." for note in result.notes)])


def spoken(result: TargetResult) -> str:
    """What came of a target, for a terminal; its notes are left out."""
    detail, again = shortened(result.detail, _MAX_DETAIL).rstrip("."), f"`/hotfix backport {result.target}`"
    return _SENTENCES[result.outcome].format(number=result.number, detail=detail, again=again).strip()


def _row(result: TargetResult) -> str:
    again = f"/hotfix backport {result.target}"
    told = sentence(result).replace(code(again), cell(again))
    return f"| {cell(result.target)} | {_SYMBOLS[result.outcome]} {result.outcome} | {told} |"


def _by_hand(merged: MergedPullRequest, landed: Landed, result: TargetResult) -> str:
    commands = from_scratch(merged, landed, result.target, result.method)
    if not commands:
        return ""
    lead = f"By hand, to {code(result.target)}; then open a pull request into it:"
    return f"<details><summary>Commands</summary>\n\n{lead}\n\n{commands}\n\n</details>"


def _remembering(results: tuple[TargetResult, ...]) -> str:
    kept = [
        {"target": each.target, "method": str(each.method), "number": each.number, "done": each.is_done}
        for each in results
    ]
    # A branch's name may hold what ends a comment of HTML.
    text = json.dumps(kept).replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<!-- hotfix-guard:targets {text} -->"


def remembered(body: str) -> tuple[Entry, ...]:
    """What a comment of ours remembers of its targets; nothing where it can't be read."""
    found = _REMEMBERED.search(body)
    try:
        told = json.loads(found[1]) if found else []
        return tuple(
            Entry(str(each["target"]), Method(each["method"]), int(each["number"]), bool(each["done"])) for each in told
        )
    except (ValueError, KeyError, TypeError):
        return ()


def template_values(
    merged: MergedPullRequest, target: str, how: tuple[Method, Landed, PickResult], *, in_title: bool
) -> Mapping[str, Any]:
    """What a template may name, safe for Markdown, or for a title, which shows everything as it is."""
    safe: Callable[[str], str] = plain if in_title else markdown
    method, landed, picked = how
    return {
        "number": merged.ref.number,
        "title": safe(merged.title),
        "description": safe(merged.body) if in_title else _harmless(merged.body),
        "author": safe(merged.author),
        "url": merged.url,
        "base": safe(merged.base),
        "target": safe(target),
        "method": str(method),
        "labels": [safe(label) for label in merged.labels],
        "milestone": safe(merged.milestone_title),
        "commits": list(_commits(merged, landed, safe)),
        "conflicts": [{"path": safe(each.path), "kind": str(each.kind)} for each in picked.conflicts],
    }


def _commits(merged: MergedPullRequest, landed: Landed, safe: Callable[[str], str]) -> Iterator[dict[str, str]]:
    told = {commit.oid: commit.message for commit in (*merged.commits, *merged.landed)}
    for pick in landed.picks:
        yield {"sha": pick.oid, "subject": safe(told.get(pick.oid, "").partition("\n")[0])}


def _harmless(text: str) -> str:
    """Somebody's Markdown inside ours: nobody is notified, nothing is hidden, none of our markers is forged."""
    return shortened(text, _MAX_DESCRIPTION).replace("@", "@\u200b").replace("<!--", "&lt;!--")


def default_title(merged: MergedPullRequest, target: str) -> str:
    """The backport's title where the template makes none."""
    return f"[{target}] {merged.title}"


def fitting_title(title: str) -> str:
    """One line within GitHub's 256 characters."""
    return shortened(plain(title), _MAX_TITLE)


@dataclass(frozen=True, slots=True)
class Extra:
    """What a backport's body says besides what git made.

    Attributes:
        said: what the template makes, in Markdown.
        prerequisites: what the target probably lacks where there are conflicts.
    """

    method: Method = Method.CHERRY_PICK
    said: str = ""
    prerequisites: tuple[Prerequisite, ...] = ()


def pull_request_body(merged: MergedPullRequest, target: str, picked: PickResult, extra: Extra) -> str:
    """The backport's body: where it comes from, and what is left to do."""
    method = extra.method
    parts = [marker(merged.ref, target), _lead(merged, target, method), extra.said]
    if picked.outcome is PickOutcome.CONFLICT:
        parts += [CONFLICT_MARKER, *_conflicts(merged, target, picked, extra.prerequisites)]
    elif method is Method.CHERRY_PICK:
        parts.append("The commits were picked without a conflict.")
    if method is Method.MERGE:
        parts.append("Merge this pull request with a merge commit: squashed or rebased, the branches stay apart.")
    return "\n\n".join(part for part in parts if part) + "\n"


def _lead(merged: MergedPullRequest, target: str, method: Method) -> str:
    what = "Merge" if method is Method.MERGE else "Backport"
    into = "back into" if method is Method.MERGE else "to"
    return f"{what} of #{merged.ref.number} {into} {code(target)}: {markdown(shortened(merged.title, _MAX_TITLE))}"


def _conflicts(
    merged: MergedPullRequest, target: str, picked: PickResult, prerequisites: tuple[Prerequisite, ...]
) -> Iterator[str]:
    yield "**Not ready to merge.** git couldn't carry the hotfix over by itself; the conflicts are committed as is."
    yield _table(picked.conflicts)
    if prerequisites:
        lines = "\n".join(_prerequisite(each) for each in prerequisites)
        yield f"Probably missing on {code(target)}; with it the hotfix may apply as it is:\n\n{lines}"
    if picked.remaining:
        picks = ", ".join(code(oid[:12]) for oid in picked.remaining)
        yield f"Not tried after the conflict, in this order: {picks}."
    yield f"To resolve them:\n\n{resolving(merged, target, picked)}\n\nThen mark the pull request ready for review."


def _prerequisite(each: Prerequisite) -> str:
    files = ", ".join(code(path) for path in each.paths[:_MAX_FILES_SHOWN])
    named = f"#{each.number}" if each.number else code(each.oid[:12])
    return f"- {named}: {markdown(shortened(each.subject, _MAX_TITLE))} ({files})"


def _table(conflicts: tuple[ConflictedFile, ...]) -> str:
    shown = conflicts[:_MAX_FILES_SHOWN]
    rows = ["| File | Conflict | Markers |", "| --- | --- | --- |", *(_file(each) for each in shown)]
    if len(conflicts) > len(shown):
        rows.append(f"| … and {len(conflicts) - len(shown)} more | | |")
    return "\n".join(rows)


def _file(each: ConflictedFile) -> str:
    markers = "in the file" if each.has_markers else "none: compare both sides"
    return f"| {cell(each.path)} | {each.kind} | {markers} |"
