"""What git is asked to carry onto a branch, and what came of it: values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.pull_request import Signature

#: As a line of a later commit's message it says: what we committed at that path is what we want.
KEEP_TRAILER = "Conflict-kept:"


def staged(branch: str) -> str:
    """The ref that holds what will become a branch, until its commits were made anew."""
    return f"refs/hotfix-guard/staged/{branch}"


@dataclass(frozen=True, slots=True)
class Pick:
    """One commit to carry over.

    Attributes:
        mainline: which parent (1-based) the commit's change is told against; 1 for a commit with one parent.
        parent: that parent's object id, "" where it isn't known; knowing it spares git a part of the fetch.
    """

    oid: str
    mainline: int = 1
    parent: str = ""


@dataclass(frozen=True, slots=True)
class PickRequest:
    """Commits to carry onto a branch.

    Attributes:
        repository: "owner/name".
        target: the branch to pick onto.
        picks: what to carry over, oldest first.
        push: the branch to push the result to, "" to push nothing.
        number: the pull request whose `refs/pull/N/head` may hold commits that no branch reaches, 0 for none.
        signoff: whether the committer signs each commit off (`git cherry-pick --signoff`).
        is_staged: whether to push to `staged(push)` instead, which no list of branches shows: the commits are then made
            anew from there, so that GitHub signs them.
    """

    repository: str
    target: str
    picks: tuple[Pick, ...]
    push: str
    number: int = 0
    signoff: bool = False
    is_staged: bool = False


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """A commit to merge into a branch grown from the target, with a merge commit of two parents.

    Attributes:
        repository: "owner/name".
        target: the branch to merge into, whose tip becomes the first parent; or that commit's full object id.
        head: the commit to merge, the second parent: the hotfix's head, or the merge commit that it landed with.
        merge_base: where head and target parted, as GitHub compares them; "" lets git find it, which needs all commits.
        push: the branch to push the result to, "" to push nothing.
        message: the merge commit's message.
        number: as for `PickRequest`.
        is_staged: likewise.
    """

    repository: str
    target: str
    head: str
    merge_base: str
    push: str
    message: str
    number: int = 0
    is_staged: bool = False


class PickOutcome(StrEnum):
    """How a cherry-pick ended in git."""

    CLEAN = "clean"
    CONFLICT = "conflict"
    EMPTY = "empty"


class ConflictKind(StrEnum):
    """Why git couldn't merge a file by itself, read from the index stages, never from markers."""

    CONTENT = "content"
    ADD_ADD = "add/add"
    MODIFY_DELETE = "modify/delete"
    RENAME = "rename"
    BINARY = "binary"
    SUBMODULE = "submodule"
    MODE = "mode"
    LFS = "LFS pointer"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ConflictedFile:
    """A file that a person must look at.

    Attributes:
        has_markers: whether the committed file holds conflict markers; some kinds leave none.
        committed: "MODE OID" of what we committed at the path, "" where nothing lies there.
        stages: the sides in the index, as "STAGE MODE OID" (1 base, 2 ours, 3 theirs).
    """

    path: str
    kind: ConflictKind
    has_markers: bool
    committed: str = field(default="", compare=False)
    stages: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """A commit that the hotfix grew from, that changed a conflicted file, and that the target lacks.

    Attributes:
        oid: the commit on the hotfix's base.
        number: the pull request that it names, 0 where it names none.
        subject: the first line of its message.
        paths: the conflicted files that it changed.
    """

    oid: str
    number: int
    subject: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PickedCommit:
    """A commit that was made, as GitHub's Git Data API can make it anew.

    Attributes:
        origin: the commit that was picked, "" for a merge.
        parents: the first is the commit before it on the branch.
        author: whose change it is; its date is in `authored`.
        authored: when the author made it, ISO 8601 with an offset.
    """

    oid: str
    origin: str
    tree: str
    parents: tuple[str, ...]
    message: str
    author: Signature
    authored: str


@dataclass(frozen=True, slots=True)
class SignedBranch:
    """A branch of commits that GitHub made and signed.

    Attributes:
        commit: what the branch is at.
        is_foreign: whether somebody else's commits are on it; then nothing was changed.
    """

    commit: str
    is_foreign: bool = False


def signed_message(commit: PickedCommit) -> str:
    """The message of a commit that GitHub signs as ours: the author is kept as a co-author, once."""
    author = commit.author
    trailer = f"Co-authored-by: {author.name} <{author.email}>"
    message = commit.message.rstrip("\n")
    if not commit.origin or not author.email or trailer.lower() in message.lower():
        return f"{message}\n"
    # What was picked ends with trailers, since it names its origin.
    return f"{message}\n{trailer}\n"


@dataclass(frozen=True, slots=True)
class ResolutionRequest:
    """A backport branch on which a person may have resolved conflicts.

    Attributes:
        head_oid: the commit that the branch is at.
        commit: the commit with the conflicts, as we made it (`PickResult.commit`), "" where it isn't known.
        conflicts: the conflicted files as they were recorded then.
    """

    repository: str
    head_oid: str
    commit: str
    conflicts: tuple[ConflictedFile, ...]


@dataclass(frozen=True, slots=True)
class PickResult:
    """What git made of the picks.

    Attributes:
        onto: the target's commit that was picked onto.
        commit: the last commit made, `onto` itself where every pick was empty.
        tree: that commit's tree.
        conflicts: files of the pick that stopped; empty unless the outcome is `conflict`.
        remaining: commits that were not tried after a conflict, oldest first.
        stopped_at: the commit whose pick conflicted, "" otherwise.
        pushed: whether the branch on the remote holds `commit` now, by this push or by an earlier one of ours.
        occupied: the commit that the branch holds instead, where somebody's commits are on it; then nothing was pushed.
        picked: the commits that were made, oldest first.
        fetched_bytes: what was fetched, as git packed it.
        seconds: how long everything took.
    """

    outcome: PickOutcome
    onto: str
    commit: str
    tree: str
    conflicts: tuple[ConflictedFile, ...] = ()
    remaining: tuple[str, ...] = ()
    stopped_at: str = ""
    pushed: bool = False
    occupied: str = ""
    picked: tuple[PickedCommit, ...] = field(default=(), compare=False)
    fetched_bytes: int = field(default=0, compare=False)
    seconds: float = field(default=0.0, compare=False)
