"""The complete change that the policies judge, and what a policy may ask to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from domain.diff import FileDiff, FileStatus
from domain.pull_request import Commit, Outline


@dataclass(frozen=True, slots=True)
class Content:
    """One side of a file.

    Attributes:
        text: the whole file, None where it can't be had as text.
        unreadable: why not ("binary", "submodule", "symbolic link", "larger than 1 MB", "not UTF-8", …), else "".
    """

    text: str | None
    unreadable: str = ""

    @classmethod
    def closed(cls, why: str) -> Content:
        """A side that exists and can't be read as text."""
        return cls(None, why)


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A changed file with both of its sides.

    Attributes:
        base: the file at the merge base, None where it doesn't exist there.
        head: the file at head, None where it doesn't exist there.
    """

    diff: FileDiff
    base: Content | None
    head: Content | None

    @property
    def path(self) -> str:
        """The path at head; for a removed file the one at base."""
        return self.diff.path

    @property
    def status(self) -> FileStatus:
        """What happened to it."""
        return self.diff.status


@dataclass(frozen=True, slots=True)
class Membership:
    """A question of a team's membership: "org/slug" and a login, nested teams included."""

    team: str
    login: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What a policy needs to know beyond the outline.

    Attributes:
        files: whether it needs the diff and both sides of the changed files.
        memberships: the team questions to ask.
        other_paths: further files to read at head, whether changed or not (".gitattributes").
    """

    files: bool = False
    memberships: frozenset[Membership] = frozenset()
    other_paths: frozenset[str] = frozenset()

    def __or__(self, other: Needs) -> Needs:
        """What both need."""
        return Needs(
            self.files or other.files, self.memberships | other.memberships, self.other_paths | other.other_paths
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """The answer to all needs of all policies, fetched at once and pinned by SHA.

    Attributes:
        diff_problem: why the diff can't be judged as a whole ("more than 300 files …"), else "".
        files: the changed files; empty where no policy needed them.
        members: the memberships that hold.
        others: the further files at head, None where one doesn't exist.
        merge_base: the commit that the change grew from, "" where nobody asked git.
    """

    files: tuple[ChangedFile, ...] = ()
    diff_problem: str = ""
    members: frozenset[Membership] = frozenset()
    others: Mapping[str, Content | None] = field(default_factory=lambda: MappingProxyType({}))
    merge_base: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Everything a policy may look at. Complete and frozen: nothing is fetched from here.

    Attributes:
        title: the pull request's title; at the desk whatever the person gave, else "".
        base: the commit that the base branch is at; `head` the commit under judgement.
        commits: what is between them, oldest first.
        outline: what GitHub says of the pull request; None at the desk, where policies that need it `skip`.
    """

    base: str
    head: str
    evidence: Evidence
    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    commits: tuple[Commit, ...] = ()
    outline: Outline | None = None

    @property
    def files(self) -> tuple[ChangedFile, ...]:
        """The changed files, with both sides."""
        return self.evidence.files

    @classmethod
    def of(cls, outline: Outline, evidence: Evidence) -> Change:
        """The change that a pull request proposes."""
        pull_request = outline.pull_request
        return cls(
            base=pull_request.base_oid,
            head=pull_request.head_oid,
            evidence=evidence,
            title=pull_request.title,
            body=pull_request.body,
            labels=pull_request.labels,
            commits=pull_request.commits,
            outline=outline,
        )
