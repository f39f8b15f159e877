"""Commands that do by hand what we couldn't, or what only a person can: they run as they are written. Pure.

Names come from outside: every one is quoted for the shell, and a branch goes by its full name, so that none can be
taken for an option or for another kind of ref.
"""

from __future__ import annotations

import re
import shlex

from domain.backport import Landed, MergedPullRequest, PickResult, branch_name
from domain.backport_plan import Method

_HEADS = "refs/heads/"
_FENCE = re.compile(r"`{3,}")

#: git would stop at a commit that the target has already, or that never held anything, and leave the rest unpicked; the
#: option that drops it is only in git 2.45 and newer, this one is in all ("--keep-redundant-commits", git-cherry-pick).
_PICK = "git cherry-pick -x --keep-redundant-commits"

#: Where a person has to do something between two commands.
EDIT = "# Resolve the files above in your editor, then go on:"


def from_scratch(merged: MergedPullRequest, landed: Landed, target: str, method: Method) -> str:
    """The backport made by hand: commands in a block, "" where nobody knows which commits are meant.

    They run in any clone of the repository and leave a branch that a pull request can be opened from.
    """
    carry = _merge(merged) if method is Method.MERGE else _picks(merged, landed)
    if not carry:
        return ""
    number, branch = merged.ref.number, f"backport-{merged.ref.number}-to-{target}"
    return _block(
        f"git fetch origin {_ref(target)} {_ref(merged.base)} refs/pull/{number}/head",
        f"git checkout --no-track -b {shlex.quote(branch)} FETCH_HEAD",
        carry,
        f"git push origin {shlex.quote(f'HEAD:{_HEADS}{branch}')}",
    )


def _merge(merged: MergedPullRequest) -> str:
    return f"git merge --no-ff --no-edit {merged.head_oid}"


def _picks(merged: MergedPullRequest, landed: Landed) -> str:
    oids = [pick.oid for pick in landed.picks]
    if not oids:
        # What landed isn't known; the pull request's own commits are, and merges of base in them bring nothing.
        oids = [commit.oid for commit in merged.commits if len(commit.parents) < 2]  # noqa: PLR2004
    mainline = f"-m {landed.picks[0].mainline} " if landed.method == "merge" and landed.picks else ""
    return f"{_PICK} {mainline}{' '.join(oids)}" if oids else ""


def resolving(merged: MergedPullRequest, target: str, picked: PickResult) -> str:
    """The way from our draft with conflicts to one without, commands in a block."""
    branch = branch_name(merged.ref.number, target)
    rest = [f"{_PICK} {' '.join(picked.remaining)}"] if picked.remaining else []
    # The first ref of several is what FETCH_HEAD stands for; the others bring the commits that are left to pick.
    also = f" {_ref(merged.base)} refs/pull/{merged.ref.number}/head" if picked.remaining else ""
    message = f"Resolve the conflicts of the backport of #{merged.ref.number}"
    return _block(
        f"git fetch origin {_ref(branch)}{also}",
        f"git checkout -B {shlex.quote(branch)} FETCH_HEAD",
        EDIT,
        "git add --all",
        # Where every file is right as it is, there is nothing to commit, and git would stop.
        f"git commit --allow-empty -m {shlex.quote(message)}",
        *rest,
        f"git push origin {shlex.quote(f'HEAD:{_HEADS}{branch}')}",
    )


def _ref(branch: str) -> str:
    return shlex.quote(_HEADS + branch)


def _block(*lines: str) -> str:
    text = "\n".join(lines)
    fence = "`" * max(3, 1 + max((len(run) for run in _FENCE.findall(text)), default=0))
    return f"{fence}sh\n{text}\n{fence}"
