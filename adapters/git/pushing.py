"""Pushing what was made in a throwaway repository, as a new branch and with nothing but the new objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from adapters.git.scratch import Scratch
from adapters.git.three_way import is_blob

#: git asks the remote which commits it has instead of relying on the tips of its branches (git-config, since 2.32).
_NEGOTIATE = {"push.negotiate": "true"}


def push(place: Scratch, commits: Sequence[str], ref: str, *, is_tip: bool = True) -> None:
    """Create a ref of the remote.

    Args:
        place: holds the commit.
        commits: first the commit that the remote has, then the new ones that grew from it; the ref shall point at the
            last.
        ref: the full name; something that stands there is never overwritten.
        is_tip: whether a branch of the remote should still be at the first; where that is wrong, git finds contents
            missing.

    Raises:
        GitError: the ref exists, or trouble that another try may mend.
        NotPermittedError: the push was refused; the message names the permission.
    """
    # What is new to the branch, though the remote knows it from elsewhere, has to be sent along.
    steps = [place.differing(*pair).values() for pair in pairwise(commits)]
    place.fetch_contents([after.oid for step in steps for _, after in step if is_blob(after)])
    git = place.git if is_tip else replace(place.git, settings={**place.git.settings, **_NEGOTIATE})
    with place.sealed():
        # The lease expects that there is no such ref, so nothing of anybody's can be overwritten.
        lease = f"--force-with-lease={ref}:"
        git.run("push", "--porcelain", "--quiet", lease, "origin", f"{commits[-1]}:{ref}")


def remote_tip(place: Scratch, ref: str) -> str:
    """The commit that a ref of the remote points at, "" where there is none."""
    # The pattern also fits the ends of longer names.
    lines = place.git.run("ls-remote", "--refs", "origin", ref).text.splitlines()
    return next((oid for oid, _, name in (line.partition("\t") for line in lines) if name == ref), "")
