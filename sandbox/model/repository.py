"""A repository, with everything that hangs on it, and the App's log of deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sandbox.model.checks import CheckRun, CheckSuite, CommitStatus, Deployment
from sandbox.model.gates import BranchProtection, QueueEntry, Ruleset
from sandbox.model.issues import Comment, Issue, Label, Milestone, PullRequest


@dataclass
class Repository:
    """A repository: its settings, and everything that hangs on it. `path` is its bare git repository."""

    id: int
    owner: str
    name: str
    path: Path
    created_at: datetime
    default_branch: str = "main"
    private: bool = False
    description: str | None = None
    archived: bool = False
    parent_id: int | None = None
    pushed_at: datetime | None = None
    allow_merge_commit: bool = True
    allow_squash_merge: bool = True
    allow_rebase_merge: bool = True
    allow_auto_merge: bool = False
    delete_branch_on_merge: bool = False
    collaborators: dict[str, str] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    check_suites: dict[int, CheckSuite] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    statuses: list[CommitStatus] = field(default_factory=list)
    deployments: dict[int, Deployment] = field(default_factory=dict)
    protections: dict[str, BranchProtection] = field(default_factory=dict)
    rulesets: dict[int, Ruleset] = field(default_factory=dict)
    queue: list[QueueEntry] = field(default_factory=list)
    verified_commits: set[str] = field(default_factory=set)

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"

    @property
    def pulls(self) -> list[PullRequest]:
        """The pull requests, oldest first."""
        return [issue for issue in self.issues.values() if isinstance(issue, PullRequest)]


@dataclass
class Delivery:
    """A webhook delivery as the App's log keeps it; `status_code` 0: no answer came."""

    id: int
    guid: str
    app_id: int
    event: str
    action: str | None
    installation_id: int | None
    repository_id: int | None
    url: str
    request_headers: Mapping[str, str]
    request_body: bytes
    delivered_at: datetime
    redelivery: bool = False
    duration: float = 0.0
    status: str = "pending"
    status_code: int = 0
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""
