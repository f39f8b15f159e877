"""What GraphQL fields are read from: the store's own objects, and pairs that also know their repository."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from graphql import GraphQLResolveInfo

from sandbox.auth import Viewer
from sandbox.diffs import FileDiff
from sandbox.git import GitRepository
from sandbox.model import (
    Account,
    Annotation,
    BranchProtection,
    CheckRun,
    CommitStatus,
    Deployment,
    DeploymentStatus,
    ForcePush,
    Label,
    Milestone,
    PullRequest,
    QueueEntry,
    Repository,
    Review,
    ReviewThread,
    Team,
)
from sandbox.objects import Commit, Person, TreeEntry
from sandbox.store import Store
from sandbox.world import World

T = TypeVar("T")
Info = GraphQLResolveInfo
Resolver = Callable[..., Any]
#: Field name to the function that answers it, for one type.
Fields = dict[str, Resolver]


@dataclass
class Context:
    """One request: where it runs, for whom, and what its query costs.

    `merge_states` keeps one answer within a request: the first look at `mergeable` is what sets GitHub to work.
    """

    world: World
    viewer: Viewer
    cost: int = 1
    node_count: int = 0
    merge_states: dict[int, tuple[bool | None, str]] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        """The memory."""
        return self.world.store

    def git(self, repository: Repository) -> GitRepository:
        """A repository's git data."""
        return self.store.git(repository)


def context(info: Info) -> Context:
    """The request that a field is resolved in."""
    found = info.context
    if not isinstance(found, Context):
        raise TypeError("the schema was executed without a context")
    return found


@dataclass(frozen=True)
class Of(Generic[T]):
    """A value that doesn't know its repository, together with it."""

    repository: Repository
    value: T


class LabelNode(Of[Label]):
    """A label."""


class MilestoneNode(Of[Milestone]):
    """A milestone."""


class ProtectionNode(Of[BranchProtection]):
    """A branch's protection."""


class QueueEntryNode(Of[QueueEntry]):
    """An entry of the merge queue."""


class StatusNode(Of[CommitStatus]):
    """A commit status."""


class DeploymentNode(Of[Deployment]):
    """A deployment."""


class DeploymentStatusNode(Of[DeploymentStatus]):
    """One state of a deployment."""


class FileNode(Of[FileDiff]):
    """A changed file of a pull request."""


@dataclass(frozen=True)
class QueueNode:
    """The merge queue of a branch."""

    repository: Repository
    branch: str


@dataclass(frozen=True)
class ReviewNode:
    """A review, with its pull request."""

    pull: PullRequest
    value: Review


@dataclass(frozen=True)
class ThreadNode:
    """A review thread, with its pull request; it also stands for the comment that began it."""

    pull: PullRequest
    value: ReviewThread


@dataclass(frozen=True)
class PullCommitNode:
    """A commit in the list of a pull request's commits."""

    pull: PullRequest
    commit: CommitNode


@dataclass(frozen=True)
class ForcePushNode:
    """A push that rewrote a pull request's head."""

    pull: PullRequest
    value: ForcePush


@dataclass(frozen=True)
class MergedNode:
    """The moment in which a pull request was merged."""

    pull: PullRequest
    created_at: datetime


@dataclass(frozen=True)
class ReviewRequestNode:
    """The wish that somebody reviews."""

    pull: PullRequest
    wanted: Account | Team


@dataclass(frozen=True)
class AnnotationNode:
    """An annotation, with its check run and its place there."""

    run: CheckRun
    index: int
    value: Annotation


@dataclass(frozen=True)
class RefNode:
    """A ref by its full name."""

    repository: Repository
    full_name: str
    sha: str


@dataclass(frozen=True)
class ComparisonNode:
    """Two commits, compared from their merge base."""

    repository: Repository
    base: str
    head: str


@dataclass(frozen=True)
class ObjectNode:
    """A git object."""

    repository: Repository
    oid: str


class CommitNode(ObjectNode):
    """A commit."""

    def read(self, info: Info) -> Commit:
        """The commit itself."""
        return context(info).git(self.repository).commit(self.oid)


class TreeNode(ObjectNode):
    """A tree."""


class BlobNode(ObjectNode):
    """A file's content."""

    def read(self, info: Info) -> bytes:
        """The content itself."""
        return context(info).git(self.repository).blob(self.oid)


class TagNode(ObjectNode):
    """An annotated tag."""


@dataclass(frozen=True)
class TreeEntryNode:
    """An entry of a tree, at its path from the root."""

    repository: Repository
    entry: TreeEntry
    path: str


@dataclass(frozen=True)
class RollupNode:
    """Everything that machines say about a commit, in one state."""

    repository: Repository
    sha: str


class CommitStatusesNode(RollupNode):
    """The commit statuses alone, without check runs."""


@dataclass(frozen=True)
class ActorNode:
    """The author or committer of a commit, or a co-author (who has no date of their own)."""

    person: Person


def object_node(info: Info, repository: Repository, oid: str) -> ObjectNode:
    """The node for whatever kind of object this SHA names."""
    kind, _ = context(info).git(repository).objects.read(oid)
    kinds = {"commit": CommitNode, "tree": TreeNode, "blob": BlobNode, "tag": TagNode}
    return kinds[kind](repository, oid)


def repository_of(info: Info, owned: Any) -> Repository:
    """The repository that something with a `repository_id` belongs to."""
    found: Repository = context(info).store.repositories[owned.repository_id]
    return found


def account(info: Info, login: str | None) -> Account | None:
    """The account with a login; None where it is gone."""
    return context(info).store.account(login) if login else None


def snake_case(name: str) -> str:
    """`headRefName` as Python spells it."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def default_field(source: Any, info: Info, **_: Any) -> Any:
    """A field that nobody resolves by hand: the attribute of the same name, on the source or on what it wraps."""
    name = snake_case(info.field_name)
    if isinstance(source, dict):
        return source.get(info.field_name)
    return getattr(source, name) if hasattr(source, name) else getattr(source.value, name)


def stamp(when: datetime) -> str:
    """A time as GitHub writes it in GraphQL: UTC, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def upper(text: str | None) -> str | None:
    """A word of REST as GraphQL's enums spell it."""
    return text.upper() if text else None


def newest_first(values: Sequence[T], key: Callable[[T], Any]) -> list[T]:
    """The values, the largest key first."""
    return sorted(values, key=key, reverse=True)
