"""What people talk about: issues, pull requests, reviews, comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Label:
    """A label of a repository."""

    id: int
    name: str
    color: str = "ededed"
    description: str | None = None
    default: bool = False


@dataclass
class Milestone:
    """A milestone of a repository."""

    id: int
    number: int
    title: str
    creator: str
    created_at: datetime
    description: str | None = None
    state: str = "open"
    due_on: datetime | None = None


@dataclass(frozen=True)
class Reaction:
    """A reaction to a comment; `content` is one of GitHub's eight words (`+1`, `rocket`, …)."""

    id: int
    user: str
    content: str
    created_at: datetime


@dataclass
class Comment:
    """A comment on an issue or a pull request."""

    id: int
    repository_id: int
    issue_number: int
    user: str
    body: str
    created_at: datetime
    updated_at: datetime
    app_id: int | None = None
    reactions: list[Reaction] = field(default_factory=list)
    minimized_reason: str | None = None


@dataclass
class Issue:
    """An issue; a pull request is one, too."""

    id: int
    number: int
    repository_id: int
    user: str
    title: str
    body: str | None
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    state_reason: str | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    milestone: Milestone | None = None
    locked: bool = False
    closed_at: datetime | None = None
    closed_by: str | None = None
    app_id: int | None = None


@dataclass
class Review:
    """A review; `state` is APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING. `commit_id` never moves."""

    id: int
    user: str
    state: str
    body: str
    commit_id: str
    created_at: datetime
    submitted_at: datetime | None = None
    updated_at: datetime | None = None
    dismissal_message: str | None = None


@dataclass
class ReviewThread:
    """A remark on a line of a pull request's diff, with the answers to it; `line` is None once it is outdated."""

    id: int
    user: str
    path: str
    line: int | None
    body: str
    commit_id: str
    created_at: datetime
    resolved_by: str | None = None


@dataclass(frozen=True)
class ForcePush:
    """A push that took commits out of a pull request's head."""

    actor: str
    before: str
    after: str
    created_at: datetime


@dataclass(frozen=True)
class AutoMerge:
    """The wish to merge as soon as nothing blocks."""

    enabled_by: str
    merge_method: str
    commit_title: str | None
    commit_message: str | None
    enabled_at: datetime


@dataclass(kw_only=True)
class PullRequest(Issue):
    """A pull request: an issue with a base and a head (`id` is the issue's, `pull_id` the pull request's own).

    `base_sha` is the tip of the base branch as GitHub last recorded it (at opening, push to the head, or merge).
    `head_repository_id` None: the fork was deleted. `mergeable` None: not computed yet.
    """

    base_ref: str
    base_sha: str
    head_ref: str
    head_sha: str
    head_repository_id: int | None
    draft: bool = False
    maintainer_can_modify: bool = False
    mergeable: bool | None = None
    mergeable_for: tuple[str, str] | None = None
    merged_at: datetime | None = None
    merged_by: str | None = None
    merge_commit_sha: str | None = None
    reviews: list[Review] = field(default_factory=list)
    threads: list[ReviewThread] = field(default_factory=list)
    requested_reviewers: list[str] = field(default_factory=list)
    requested_teams: list[str] = field(default_factory=list)
    auto_merge: AutoMerge | None = None
    last_pusher: str | None = None
    force_pushes: list[ForcePush] = field(default_factory=list)
    pushed_at: datetime | None = None
    pull_id: int = 0

    @property
    def merged(self) -> bool:
        """Whether the pull request was merged."""
        return self.merged_at is not None
