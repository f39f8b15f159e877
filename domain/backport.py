"""Which commits a merge landed, where they go, and what came of it: values and pure decisions."""

from __future__ import annotations

from dataclasses import dataclass

from domain.picks import ConflictedFile, ConflictKind, MergeRequest, Pick, PickOutcome, PickRequest, PickResult
from domain.pull_request import Commit, PullRequestRef

__all__ = ["ConflictKind", "ConflictedFile", "Pick", "PickOutcome", "PickRequest", "PickResult"]

#: Every branch that we make for a backport starts with it; with the marker and the author it says the branch is ours.
BRANCH_PREFIX = "hotfix-guard/backport-"


@dataclass(frozen=True, slots=True)
class Landed:
    """What a merge put on base.

    Attributes:
        picks: what to carry over, oldest first; empty where it can't be told.
        method: "merge", "squash", "rebase", or "unknown".
        why: for "unknown": why the graph doesn't tell, one sentence.
    """

    picks: tuple[Pick, ...]
    method: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class MergedPullRequest:
    """What the plan needs to know of a merged pull request.

    Attributes:
        commits: the pull request's own commits, oldest first.
        landed: base's history that ends in the merge commit, newest first: at least `len(commits) + 1` entries
            where base is that long, following first parents.
        head: the head branch's name; `head_repository` "owner/name", "" where it is gone.
        milestone: its number, 0 where there is none.
        changed_files: how many files it changes by GitHub's own count, None where it wasn't asked.
    """

    ref: PullRequestRef
    title: str
    author: str
    url: str
    base: str
    head_oid: str
    merge_commit_oid: str
    commits: tuple[Commit, ...]
    landed: tuple[Commit, ...]
    labels: tuple[str, ...] = ()
    author_is_bot: bool = False
    body: str = ""
    head: str = ""
    head_repository: str = ""
    milestone: int = 0
    milestone_title: str = ""
    changed_files: int | None = None


def branch_name(number: int, target: str) -> str:
    """The branch of the backport of a pull request to a target."""
    return f"{BRANCH_PREFIX}{number}-to-{target}"


def marker(ref: PullRequestRef, target: str) -> str:
    """The hidden comment by which we know our backport pull request again."""
    # A branch name may hold "-->", which would end the comment early; it may not hold a space.
    return f"<!-- hotfix-guard:backport {ref.number} to {target.replace('>', '%3E')} -->"


def merge_back(merged: MergedPullRequest, target: str, merge_base: str) -> MergeRequest:
    """The merge of a hotfix's own branch into a target, pushed nowhere; the same twice makes the same commit.

    Args:
        merged: the pull request.
        target: the branch, or the commit that it was at.
        merge_base: where the hotfix's head and the target parted.
    """
    message = f"Merge hotfix #{merged.ref.number} back\n\n{merged.title}"
    ref = merged.ref
    return MergeRequest(ref.repository, target, merged.head_oid, merge_base, "", message, ref.number)


def landed(merged: MergedPullRequest) -> Landed:
    """Decide from the graph which commits the merge put on base.

    A commit with two parents of which one is the head is a merge, told against the other. The head itself is a
    fast-forward. With one parent it is a rebase where the last commits of base answer one by one to the pull request's
    (GitHub leaves out merges when it rebases), a squash where none does; anything between is "unknown", never a guess
    (korthout/backport-action#342, kiegroup/git-backporting#213).
    """
    if not merged.landed or merged.landed[0].oid != merged.merge_commit_oid:
        return _unknown("the merge commit is no longer on the base branch")
    tip = merged.landed[0]
    if tip.oid == merged.head_oid:
        return _fast_forward(merged)
    if len(tip.parents) > 1:
        return _merge(merged, tip)
    return _squash_or_rebase(merged, tip)


def _merge(merged: MergedPullRequest, tip: Commit) -> Landed:
    if len(tip.parents) != 2 or merged.head_oid not in tip.parents:  # noqa: PLR2004
        return _unknown("the merge commit joins other commits than base and the pull request's head")
    # Somebody who merged base into the branch and pushed that to base has turned the parents around.
    return Landed((_pick(tip, 2 if merged.head_oid == tip.parents[0] else 1),), "merge")


def _fast_forward(merged: MergedPullRequest) -> Landed:
    if any(len(commit.parents) > 1 for commit in merged.commits):
        return _unknown("the pull request was fast-forwarded with merges of other branches inside")
    if {commit.oid for commit in merged.landed[: len(merged.commits)]} != {commit.oid for commit in merged.commits}:
        return _unknown("the base branch's last commits are not those of the pull request")
    return _last(merged, len(merged.commits), "rebase" if len(merged.commits) > 1 else "squash")


def _squash_or_rebase(merged: MergedPullRequest, tip: Commit) -> Landed:
    own = [commit for commit in merged.commits if len(commit.parents) < 2]  # noqa: PLR2004
    if len(own) <= 1:
        return Landed((_pick(tip),), "squash")
    # What the pull request grew from was on base before it, whatever its message.
    before = {parent for commit in merged.commits for parent in commit.parents} - {each.oid for each in merged.commits}
    pairs = [*zip(reversed(own), merged.landed, strict=False)]
    answers = [theirs.oid not in before and _same(ours, theirs) for ours, theirs in pairs]
    if len(answers) == len(own) and all(answers) and all(_anew(*pair) for pair in pairs):
        return _last(merged, len(own), "rebase")
    # A tip that answers to an earlier commit is no squash either: the rest may not have landed.
    if not any(answers) and not any(_same(ours, tip) for ours in own):
        return Landed((_pick(tip),), "squash")
    return _unknown("the commits on the base branch answer only in part to the pull request's")


def _last(merged: MergedPullRequest, count: int, method: str) -> Landed:
    return Landed(tuple(_pick(commit) for commit in reversed(merged.landed[:count])), method)


def _pick(commit: Commit, mainline: int = 1) -> Pick:
    parent = commit.parents[mainline - 1] if len(commit.parents) >= mainline else ""
    return Pick(commit.oid, mainline, parent)


def _unknown(why: str) -> Landed:
    return Landed((), "unknown", why)


def _same(ours: Commit, theirs: Commit) -> bool:
    return ours.message.strip() == theirs.message.strip() and _author(ours) == _author(theirs)


def _anew(ours: Commit, theirs: Commit) -> bool:
    """Whether one commit can be the other made anew: a rebase keeps the author's date too.

    It tells it from an earlier commit on base of the same person in the same words.
    """
    return _same(ours, theirs) and (ours.authored == theirs.authored or not (ours.authored and theirs.authored))


def _author(commit: Commit) -> tuple[str, str]:
    # Not the login: one side may have been read where accounts aren't known.
    return (commit.authors[0].name, commit.authors[0].email) if commit.authors else ("", "")
