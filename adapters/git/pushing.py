"""Pushing what was made in a throwaway repository, as a new branch and with nothing but the new objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from adapters.git.commits import RawCommit
from adapters.git.scratch import Scratch
from adapters.git.three_way import is_blob
from domain.errors import GitError
from domain.picks import PickResult

#: git doesn't tell the remote where our history ends; else the remote would look through all of its own for that.
_WHOLE = {"GIT_SHALLOW_FILE": ""}
#: git asks the remote which commits it has instead of relying on the tips of its branches (git-config, since 2.32).
_NEGOTIATE = {"push.negotiate": "true"}


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes one branch of the remote hold what was made here, unless somebody's commits are on it.

    Attributes:
        place: holds what was made.
        ref: the branch's full name.
        remake: makes everything again on another commit; the same on the same commit, to the last byte.
        steps: how many commits that makes at most.
        is_tip: whether a branch of the remote should be at the commit that everything was made on.
    """

    place: Scratch
    ref: str
    remake: Callable[[RawCommit], PickResult]
    steps: int
    is_tip: bool = True

    def publish(self, result: PickResult) -> PickResult:
        """Push, or find what an earlier try pushed.

        Raises:
            GitError: trouble that another try may mend.
            NotPermittedError: the push was refused; the message names the permission.
        """
        commits = [result.onto, *(commit.oid for commit in result.picked)]
        try:
            push(self.place, commits, self.ref, is_tip=self.is_tip)
        except GitError:
            tip = remote_tip(self.place, self.ref)
            if tip:
                return self._standing(tip) or replace(result, occupied=tip)
            push(self.place, commits, self.ref, is_tip=False)
        return replace(result, pushed=True)

    def _standing(self, tip: str) -> PickResult | None:
        """What an earlier try of ours made, if that is what the branch holds, to the last byte.

        The target may have moved since, so everything is made again on each commit that the earlier try may have
        started from.
        """
        self.place.fetch([tip], depth=self.steps + 1)
        for onto in reversed([*self._ancestors(tip)]):
            result = self.remake(onto)
            if result.commit == tip:
                return replace(result, pushed=True)
        return None

    def _ancestors(self, tip: str) -> Iterator[RawCommit]:
        at = self.place.commits([tip])[tip]
        for _ in range(self.steps):
            if not at.parents:
                return
            at = self.place.commits([at.parents[0]])[at.parents[0]]
            yield at


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
    git = place.git
    if is_tip:
        git = replace(git, variables={**git.variables, **_WHOLE})
    else:
        git = replace(git, settings={**git.settings, **_NEGOTIATE})
    with place.sealed():
        # The lease expects that there is no such ref, so nothing of anybody's can be overwritten.
        lease = f"--force-with-lease={ref}:"
        git.run("push", "--porcelain", "--quiet", lease, "origin", f"{commits[-1]}:{ref}")


def remote_tip(place: Scratch, ref: str) -> str:
    """The commit that a ref of the remote points at, "" where there is none."""
    # The pattern also fits the ends of longer names.
    lines = place.git.run("ls-remote", "--refs", "origin", ref).text.splitlines()
    return next((oid for oid, _, name in (line.partition("\t") for line in lines) if name == ref), "")
