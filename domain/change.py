"""The complete change that the policies judge, and what a policy may ask to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

from domain.diff import FileDiff, FileStatus
from domain.pull_request import Commit, Outline
from domain.revert import RevertProof
from domain.severity import Assessment
from domain.surroundings import BranchPoint, CheckState, DeploymentState, IssueState, Thread


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


#: What begins the name of the group of all who have at least a permission: "permission:maintain".
PERMISSION = "permission:"


@dataclass(frozen=True, slots=True)
class Membership:
    """A question of a group's membership.

    Attributes:
        team: "org/slug", nested teams included; or `PERMISSION` and "triage", "write", "maintain" or "admin" for
            whoever has at least that permission on the repository.
    """

    team: str
    login: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What a policy needs to know beyond the outline.

    Attributes:
        files: whether it needs the diff and both sides of the changed files.
        memberships: the questions of memberships to ask.
        code_owners: the logins of whom it matters in which of the changed files' owning teams they are; CODEOWNERS
            itself comes with `base_paths`.
        other_paths: further files to read at head, whether changed or not; ".gitattributes" stands for that of every
            folder above a changed file.
        base_paths: further files to read at the base branch's tip ("CODEOWNERS").
        permissions: the logins whose permission on the repository matters.
        checks: whether it needs the check runs and commit statuses on the head.
        environments: the environments whose deployments of the head matter.
        issues: the issues that the change names: "#12", "owner/name#12", or an id that an issue's title holds.
        threads: whether it needs the review threads that aren't resolved.
        branch_point: whether it needs to know where the change left base.
        other_branches: the branches whose own commits must not come along with the change.
    """

    files: bool = False
    memberships: frozenset[Membership] = frozenset()
    code_owners: frozenset[str] = frozenset()
    other_paths: frozenset[str] = frozenset()
    base_paths: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    checks: bool = False
    environments: frozenset[str] = frozenset()
    issues: frozenset[str] = frozenset()
    threads: bool = False
    branch_point: bool = False
    other_branches: frozenset[str] = frozenset()

    def __or__(self, other: Needs) -> Needs:
        """What both need."""
        return Needs(**{each.name: getattr(self, each.name) | getattr(other, each.name) for each in fields(self)})


@dataclass(frozen=True, slots=True)
class Evidence:
    """The answer to all needs of all policies, fetched at once and pinned by SHA.

    Attributes:
        diff_problem: why the diff can't be judged as a whole ("more than 300 files …"), else "".
        files: the changed files; empty where no policy needed them.
        members: the memberships that hold.
        others: the further files at head, None where one doesn't exist.
        merge_base: the commit that the change grew from, "" where nobody asked git.
        at_base: the further files at base, None where one doesn't exist.
        permissions: people's permission on the repository by login: "admin", "maintain", "write", "triage", "read" or
            "none", the role names of GitHub's "Get repository permissions for a user".
        checks: the newest check run of each name and App, and the newest status of each context, on the head.
        deployments: the newest deployment of the head to each environment that was asked for.
        issues: the issues that were asked for, None where there is none that we may see.
        unresolved_threads: review threads that nobody resolved.
        branch_point: where the change left base, None where nobody asked.
        revert: the proof that the change is the exact inverse of commits on base, or why it is none.
    """

    files: tuple[ChangedFile, ...] = ()
    diff_problem: str = ""
    members: frozenset[Membership] = frozenset()
    others: Mapping[str, Content | None] = field(default_factory=lambda: MappingProxyType({}))
    merge_base: str = ""
    at_base: Mapping[str, Content | None] = field(default_factory=lambda: MappingProxyType({}))
    permissions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    checks: tuple[CheckState, ...] = ()
    deployments: tuple[DeploymentState, ...] = ()
    issues: Mapping[str, IssueState | None] = field(default_factory=lambda: MappingProxyType({}))
    unresolved_threads: tuple[Thread, ...] = ()
    branch_point: BranchPoint | None = None
    revert: RevertProof = field(default_factory=RevertProof)


@dataclass(frozen=True, slots=True)
class Change:
    """Everything a policy may look at. Complete and frozen: nothing is fetched from here.

    Attributes:
        title: the pull request's title; at the desk whatever the person gave, else "".
        base: the commit that the base branch is at; `head` the commit under judgement.
        commits: what is between them, oldest first.
        outline: what GitHub says of the pull request; None at the desk, where policies that need it `skip`.
        assessed: its severity among those that the policy file defines.
        branch: the head branch at the desk, "" where none is known; with an outline that one's counts.
    """

    base: str
    head: str
    evidence: Evidence
    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    commits: tuple[Commit, ...] = ()
    outline: Outline | None = None
    assessed: Assessment = field(default_factory=Assessment)
    branch: str = ""

    @property
    def severity(self) -> str:
        """The name of the severity that it is judged by, "" where none is told or none is defined."""
        return self.assessed.severity.name if self.assessed.severity else ""

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
