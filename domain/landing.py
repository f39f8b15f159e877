"""What reached a branch since somebody looked last, commit by commit along first parents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.pull_request import PolicyFile, PullRequestRef


@dataclass(frozen=True, slots=True)
class LandedPullRequest:
    """The merged pull request that a commit came from.

    Attributes:
        merge_oid: the commit that GitHub names as its merge, of several commits the newest.
        head_oid: the head that was merged.
        merged_by: the account that merged it, "" where GitHub doesn't say.
    """

    ref: PullRequestRef
    title: str
    url: str
    base: str
    head_oid: str
    merge_oid: str
    merged_by: str
    merged_at: datetime


@dataclass(frozen=True, slots=True)
class LandedCommit:
    """One commit on a branch's first-parent line.

    Attributes:
        author: the account, or the name, that the commit itself names; anybody can write any.
        pull_request: None where it came from no pull request that was merged into this branch.
    """

    oid: str
    headline: str
    author: str = ""
    pull_request: LandedPullRequest | None = None


@dataclass(frozen=True, slots=True)
class BranchTip:
    """Where a branch stands, with the policy file that lies there."""

    name: str
    oid: str
    policy_file: PolicyFile | None = None


@dataclass(frozen=True, slots=True)
class Landings:
    """What landed on a branch between two looks.

    Attributes:
        tip_oid: where the branch stands now.
        commits: what landed, oldest first.
        rewritten: whether the branch no longer holds the commit where it stood: somebody pushed by force.
        complete: False where more landed than is read at once; the oldest are missing then.
        policy_file: the policy file as it was before, so that no push decides itself whether it counts.
    """

    tip_oid: str
    commits: tuple[LandedCommit, ...] = ()
    rewritten: bool = False
    complete: bool = True
    policy_file: PolicyFile | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """Commits that reached a branch together: by one pull request, or by pushes without any; oldest first."""

    commits: tuple[LandedCommit, ...]

    @property
    def oid(self) -> str:
        """The commit that stands for it: the merge that GitHub names, or the newest."""
        pull_request = self.pull_request
        return (pull_request.merge_oid if pull_request else "") or self.commits[-1].oid

    @property
    def pull_request(self) -> LandedPullRequest | None:
        """The pull request that it came from, None for direct pushes."""
        return self.commits[-1].pull_request


def grouped(commits: tuple[LandedCommit, ...], push_ends: frozenset[str]) -> tuple[Landing, ...]:
    """The commits as what landed together.

    Args:
        commits: what landed, oldest first.
        push_ends: commits that somebody is known to have pushed as a branch's tip.
    """
    groups: list[list[LandedCommit]] = []
    for commit in commits:
        if groups and _belongs(groups[-1][-1], commit, push_ends):
            groups[-1].append(commit)
        else:
            groups.append([commit])
    return tuple(Landing(tuple(group)) for group in groups)


def _belongs(before: LandedCommit, commit: LandedCommit, push_ends: frozenset[str]) -> bool:
    if before.pull_request is None and commit.pull_request is None:
        return before.oid not in push_ends
    one, other = before.pull_request, commit.pull_request
    return one is not None and other is not None and one.ref == other.ref
