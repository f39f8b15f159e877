"""The whole deed of `hotfix backport`: a merged pull request carried to its targets, or shown what that would be."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import click

from cli.at_github import at_github, pull_request_ref
from domain.backport_plan import Method, Origin, Target, TargetOutcome, TargetResult
from domain.backport_report import spoken
from domain.pull_request import PullRequestRef
from domain.wording import plain
from handlers.backport_once import Preview, backport_once, preview_backports

#: Some target needs a person.
EXIT_NOT_DONE = 1


@dataclass(frozen=True, slots=True)
class DeedWish:
    """What to carry where, as the options say it; no branches stand for all that settings and labels ask for."""

    pull_request: str
    branches: tuple[str, ...]
    method: str
    dry_run: bool

    def asks_for(self, branch: str) -> bool:
        """Whether that branch is meant, and isn't only told of because its backport stands already."""
        return not self.branches or branch in self.branches


def do(wish: DeedWish, form: str) -> int:
    """Carry or preview, print what came of it, and give the exit code.

    Raises:
        HotfixGuardError: the pull request can't be read, isn't merged, or GitHub is in trouble.
    """
    ref = pull_request_ref(wish.pull_request)
    named = tuple(Target(branch, Method(wish.method), Origin.COMMAND) for branch in dict.fromkeys(wish.branches))
    with at_github() as ports:
        if wish.dry_run:
            told = tuple(each for each in preview_backports(ref, named, ports) if wish.asks_for(each.result.target))
        else:
            told = tuple(Preview(result) for result in backport_once(ref, named, ports))
    click.echo(_as_json(ref, told, wish) if form == "json" else as_text(ref, told, wish))
    return 0 if all(each.result.outcome.is_good for each in told) else EXIT_NOT_DONE


def _as_json(ref: PullRequestRef, told: tuple[Preview, ...], wish: DeedWish) -> str:
    targets = [{**as_data(each), "asked": wish.asks_for(each.result.target)} for each in told]
    return json.dumps({"pull_request": str(ref), "dry_run": wish.dry_run, "targets": targets}, indent=2)


def as_data(each: Preview) -> dict[str, Any]:
    """One target's outcome as JSON values; names that are published stay."""
    result = each.result
    conflicts = [
        {"path": file.path, "kind": str(file.kind), "has_markers": file.has_markers} for file in result.conflicts
    ]
    return {
        "target": result.target,
        "method": str(result.method),
        "outcome": str(result.outcome),
        "number": result.number or None,
        "detail": _detail(result),
        "notes": list(result.notes),
        "conflicts": conflicts,
        "remaining": list(result.remaining),
        **({"title": each.title, "body": each.body} if each.title else {}),
    }


def as_text(ref: PullRequestRef, told: tuple[Preview, ...], wish: DeedWish | None = None) -> str:
    """Every target's outcome for a terminal."""
    if not told:
        return f"{ref} goes nowhere: no setting, label or comment names a branch; name one with --to"
    return "\n".join(line for each in told for line in _lines(each, ref, wish))


def _lines(each: Preview, ref: PullRequestRef, wish: DeedWish | None) -> list[str]:
    result = each.result
    already = "" if wish is None or wish.asks_for(result.target) else "already "
    lines = [f"{plain(result.target)}: {already}{_outcome(result, ref, wish is not None and wish.dry_run)}"]
    lines += [f"  {plain(detail)}"] if (detail := _detail(result)) else []
    lines += [f"  {file.kind}: {plain(file.path)}" for file in result.conflicts]
    lines += [f"  not tried after the conflict: {oid}" for oid in result.remaining]
    lines += [f"  {plain(note)}" for note in result.notes]
    if each.title:
        lines += ["", f"  {plain(each.title)}", "", *(f"  {line}" for line in each.body.splitlines())]
    return lines


def _detail(result: TargetResult) -> str:
    """What to do about a target that nothing was opened for, as the comment says it."""
    return result.detail if result.outcome.is_good or result.number or result.conflicts else spoken(result)


def _outcome(result: TargetResult, ref: PullRequestRef, dry_run: bool) -> str:
    if result.number:
        return f"{result.outcome}, {ref.repository}#{result.number}"
    would = dry_run and result.outcome in {TargetOutcome.OPENED, TargetOutcome.CONFLICT}
    return f"would be {result.outcome}" if would else str(result.outcome)
