"""What follows once backports are closed: which branches may go, and what a reverted hotfix still leaves. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from domain.backport import MergedPullRequest
from domain.backport_plan import BranchStanding, TargetOutcome, TargetResult
from domain.wording import code

#: The hidden comment by which we know our proposal again.
REVERT_MARKER = "<!-- hotfix-guard:reverted-backports -->"

#: Branches that outlive every pull request, whatever pull request was opened from them.
_LASTING = frozenset({"dev", "develop", "development", "main", "master", "production", "stable", "staging", "trunk"})
_THERE = frozenset({TargetOutcome.MERGED, TargetOutcome.ALREADY_THERE, TargetOutcome.EMPTY})


def are_all_there(results: Sequence[TargetResult]) -> bool:
    """Whether the change has reached every target, by a merged backport at least once."""
    outcomes = {result.outcome for result in results}
    return TargetOutcome.MERGED in outcomes and outcomes <= _THERE


def may_go(branch: str, standing: BranchStanding | None, expected_oid: str, lasting: frozenset[str]) -> bool:
    """Whether a branch can be deleted without anybody missing it.

    Args:
        branch: its name.
        standing: how it stands, None where there is none any more.
        expected_oid: the commit that was merged or closed; whatever came after it is somebody's.
        lasting: branches of this repository that stay: the default branch, bases and targets.
    """
    if standing is None or branch in lasting or branch.casefold() in _LASTING:
        return False
    return standing.oid == expected_oid and not standing.is_protected and not standing.pull_requests


def hotfix_branch(merged: MergedPullRequest) -> str:
    """The branch that a pull request came from, "" where it lies in another repository."""
    return merged.head if merged.head_repository.casefold() == merged.ref.repository.casefold() else ""


def revert_proposal(number: int, original: int, held: Sequence[tuple[str, int, str]]) -> str:
    """What to do with the backports of a hotfix that was reverted; "" where there is nothing.

    Args:
        number: the pull request that reverted it.
        original: the hotfix.
        held: its backports that this revert doesn't reach: target, number and state ("open" or "merged").
    """
    merged = [target for target, _, state in held if state == "merged"]
    rows = [f"- #{backport} into {code(target)}: {_advice(state)}" for target, backport, state in held]
    if not rows:
        return ""
    lead = f"**#{number} takes #{original} back, and these backports of it still stand:**"
    command = f"/hotfix backport {' '.join(merged)}"
    last = [f"To take it back there too, comment here: {code(command)}"] if merged else []
    return "\n\n".join([f"{REVERT_MARKER}\n{lead}", "\n".join(rows), *last]) + "\n"


def _advice(state: str) -> str:
    return "merged; the revert can be carried there" if state == "merged" else "open; close it"
