"""One model per event: only what says *which* pull request is meant, never how it stands.

The shapes are those of GitHub's "Webhook events and payloads"; everything else in a payload is ignored, because state
is read afresh.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A part of a payload."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Account(Part):
    """A user, bot or organisation."""

    login: str = ""
    type: str = "User"


class Repository(Part):
    """The repository of an event."""

    full_name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]*[A-Za-z0-9_-][A-Za-z0-9._-]*$", max_length=200
    )


class Installation(Part):
    """The installation that the event was sent to."""

    id: int = Field(gt=0)


class Event(Part):
    """What every event of a repository bears."""

    action: str = ""
    repository: Repository
    installation: Installation | None = None
    sender: Account | None = None


class Branch(Part):
    """One end of a pull request."""

    sha: str = ""
    ref: str = ""


class NumberedPullRequest(Part):
    """The pull request of an event."""

    number: int = Field(gt=0)
    head: Branch = Branch()
    base: Branch = Branch()
    merged: bool | None = None


class PullRequestEvent(Event):
    """`pull_request`."""

    pull_request: NumberedPullRequest


class PullRequestReviewEvent(Event):
    """`pull_request_review`."""

    pull_request: NumberedPullRequest


class App(Part):
    """The App that owns a check."""

    id: int = 0


class RequestedAction(Part):
    """The button that was pressed."""

    identifier: str = ""


class SuiteOfRun(Part):
    """The check suite that a check run belongs to."""

    head_branch: str | None = Field(None, max_length=1000)


class CheckRunPart(Part):
    """The check run of an event."""

    name: str = ""
    head_sha: str = ""
    app: App | None = None
    pull_requests: tuple[NumberedPullRequest, ...] = ()
    check_suite: SuiteOfRun = SuiteOfRun()


class CheckRunEvent(Event):
    """`check_run`."""

    check_run: CheckRunPart
    requested_action: RequestedAction | None = None


class CheckSuitePart(Part):
    """The check suite of an event."""

    head_sha: str = ""
    head_branch: str | None = Field(None, max_length=1000)
    app: App | None = None
    pull_requests: tuple[NumberedPullRequest, ...] = ()


class CheckSuiteEvent(Event):
    """`check_suite`."""

    check_suite: CheckSuitePart


class StatusEvent(Event):
    """`status`: somebody set a commit status; it has no action."""

    sha: str = Field(max_length=64)


class DeploymentPart(Part):
    """The deployment of an event."""

    sha: str = Field("", max_length=64)


class DeploymentStatusEvent(Event):
    """`deployment_status`."""

    deployment: DeploymentPart


class ReviewThreadEvent(Event):
    """`pull_request_review_thread`."""

    pull_request: NumberedPullRequest


class Team(Part):
    """The team of an event."""

    slug: str = Field("", max_length=200)


class Organization(Part):
    """The organisation of an event."""

    login: str = Field("", max_length=200)


class PeopleEvent(Part):
    """`member`, `membership` and `team`: who belongs where; the last two may bear no repository."""

    action: str = ""
    repository: Repository | None = None
    organization: Organization | None = None
    member: Account | None = None
    team: Team | None = None


class MergeGroup(Part):
    """A group of pull requests in a merge queue."""

    head_sha: str = Field(pattern=r"^[0-9a-f]{40,64}$")
    head_ref: str = Field(max_length=1000)
    base_ref: str = Field(max_length=1000)


class MergeGroupEvent(Event):
    """`merge_group`."""

    merge_group: MergeGroup


class Issue(Part):
    """The issue of a comment; `pull_request` is there where it is one."""

    number: int = Field(gt=0)
    pull_request: dict[str, object] | None = None


class IssuesEvent(Event):
    """`issues`."""

    issue: Issue


class Comment(Part):
    """A comment; `created_at` has GitHub's precision of one second."""

    id: int = Field(gt=0)
    body: str | None = ""
    user: Account | None = None
    created_at: datetime


class IssueCommentEvent(Event):
    """`issue_comment`."""

    issue: Issue
    comment: Comment


class PushedCommit(Part):
    """A commit of a push, with the paths that it touches."""

    added: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class PushEvent(Event):
    """`push`. GitHub lists at most 2,048 commits; `after` is all zeros where the ref was deleted."""

    ref: str = Field(max_length=1000)
    after: str = Field("", max_length=64)
    deleted: bool = False
    commits: tuple[PushedCommit, ...] = ()


class NamedRepository(Part):
    """A repository of an installation."""

    full_name: str


class InstallationEvent(Part):
    """`installation` and `installation_repositories`: it has no repository of its own."""

    action: str = ""
    installation: Installation
    repositories: tuple[NamedRepository, ...] = ()
    repositories_added: tuple[NamedRepository, ...] = ()
    repositories_removed: tuple[NamedRepository, ...] = ()


class PingEvent(Part):
    """`ping`."""

    action: str = ""
    hook_id: int = 0
