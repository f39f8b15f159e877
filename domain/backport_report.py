"""How a backport is told: the comment on the original, and the backport pull request. Pure."""

from __future__ import annotations

from types import MappingProxyType

from domain.backport import (
    ConflictedFile,
    MergedPullRequest,
    PickOutcome,
    PickResult,
    TargetOutcome,
    TargetResult,
    branch_name,
    marker,
)
from domain.pull_request import PullRequestRef
from domain.wording import cell, code, markdown, shortened

#: The hidden comments by which we know our own writing again.
COMMENT_MARKER = "<!-- hotfix-guard:backports -->"
CONFLICT_MARKER = "<!-- hotfix-guard:conflict -->"

_MAX_TITLE = 256
_MAX_FILES_SHOWN = 50

_SYMBOLS = MappingProxyType(
    {
        TargetOutcome.OPENED: "✅",
        TargetOutcome.CONFLICT: "⚠️",
        TargetOutcome.ALREADY_THERE: "✅",
        TargetOutcome.UNKNOWN_COMMITS: "❌",
        TargetOutcome.TARGET_MISSING: "❌",
        TargetOutcome.NOT_PERMITTED: "❌",
        TargetOutcome.FAILED: "❌",
        TargetOutcome.PENDING: "⏳",
    }
)

_SENTENCES = MappingProxyType(
    {
        TargetOutcome.OPENED: "The backport stands: #{number}.",
        TargetOutcome.CONFLICT: "The draft #{number} has conflicts that a person must resolve.",
        TargetOutcome.ALREADY_THERE: "The branch has these changes already; nothing to open.",
        TargetOutcome.UNKNOWN_COMMITS: "Which commits landed can't be told: {detail}. Pick them by hand.",
        TargetOutcome.TARGET_MISSING: "There is no such branch. Create it, or take it out of `backport.targets`.",
        TargetOutcome.NOT_PERMITTED: "{detail}",
        TargetOutcome.FAILED: "It failed: {detail}",
        TargetOutcome.PENDING: "Picking …",
    }
)


def comment(ref: PullRequestRef, results: tuple[TargetResult, ...]) -> str:
    """The one comment on the original: a row a target."""
    rows = ["| Target | Outcome | Details |", "| --- | --- | --- |", *(_row(result) for result in results)]
    return "\n".join([COMMENT_MARKER, f"**Backports of #{ref.number}**", "", *rows]) + "\n"


def _row(result: TargetResult) -> str:
    detail = markdown(shortened(result.detail, 500))
    sentence = _SENTENCES[result.outcome].format(number=result.number, detail=detail)
    return f"| {cell(result.target)} | {_SYMBOLS[result.outcome]} {result.outcome} | {sentence} |"


def pull_request_title(merged: MergedPullRequest, target: str) -> str:
    """The backport's title: the original's, with the target in front, within GitHub's 256 characters."""
    return shortened(f"[{target}] {merged.title}", _MAX_TITLE)


def pull_request_body(merged: MergedPullRequest, target: str, picked: PickResult) -> str:
    """The backport's body: where it comes from, and what is left to do."""
    parts = [
        marker(merged.ref, target),
        f"Backport of #{merged.ref.number} to {code(target)}: {markdown(shortened(merged.title, _MAX_TITLE))}",
    ]
    if picked.outcome is PickOutcome.CONFLICT:
        parts += [CONFLICT_MARKER, _conflicts(merged, target, picked)]
    else:
        parts.append("The commits were picked without a conflict.")
    return "\n\n".join(parts) + "\n"


def _conflicts(merged: MergedPullRequest, target: str, picked: PickResult) -> str:
    shown = picked.conflicts[:_MAX_FILES_SHOWN]
    rows = ["| File | Conflict | Markers |", "| --- | --- | --- |", *(_file(each) for each in shown)]
    if len(picked.conflicts) > len(shown):
        rows.append(f"| … and {len(picked.conflicts) - len(shown)} more | | |")
    parts = [
        "**Not ready to merge.** git couldn't pick the hotfix by itself; the conflicts are committed as they are.",
        "\n".join(rows),
        _instructions(merged, target, picked),
    ]
    return "\n\n".join(parts)


def _file(each: ConflictedFile) -> str:
    markers = "in the file" if each.has_markers else "none: compare both sides"
    return f"| {cell(each.path)} | {each.kind} | {markers} |"


def _instructions(merged: MergedPullRequest, target: str, picked: PickResult) -> str:
    branch = branch_name(merged.ref.number, target)
    steps = [f"1. Check out {code(branch)} and resolve the files above, then commit and push."]
    if picked.remaining:
        picks = ", ".join(code(oid[:12]) for oid in picked.remaining)
        steps.append(f"2. Pick what was not tried after the conflict, in this order: {picks}.")
    steps.append(f"{len(steps) + 1}. Mark the pull request ready for review.")
    return "\n".join(steps)
