"""What machines say about a commit: check runs, statuses, deployments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Annotation:
    """A remark of a check run on lines of a file."""

    path: str
    start_line: int
    end_line: int
    annotation_level: str
    message: str
    start_column: int | None = None
    end_column: int | None = None
    title: str | None = None
    raw_details: str | None = None


@dataclass(frozen=True)
class CheckAction:
    """A button of a check run."""

    label: str
    description: str
    identifier: str


@dataclass
class CheckSuite:
    """All check runs of one App on one commit. `reset` is set by a rerequest and lifted by the App's next write."""

    id: int
    repository_id: int
    app_id: int
    head_sha: str
    head_branch: str | None
    created_at: datetime
    updated_at: datetime
    before: str | None = None
    after: str | None = None
    reset: bool = False


@dataclass
class CheckRun:
    """A check run; it belongs to the commit, not to a pull request."""

    id: int
    repository_id: int
    suite_id: int
    app_id: int
    name: str
    head_sha: str
    started_at: datetime
    status: str = "queued"
    conclusion: str | None = None
    completed_at: datetime | None = None
    external_id: str = ""
    details_url: str | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[Annotation] = field(default_factory=list)
    actions: list[CheckAction] = field(default_factory=list)


@dataclass(frozen=True)
class CommitStatus:
    """A commit status; `state` is error, failure, pending or success. Anyone with write access may set any context."""

    id: int
    sha: str
    state: str
    context: str
    creator: str
    created_at: datetime
    description: str | None = None
    target_url: str | None = None
    app_id: int | None = None


@dataclass(frozen=True)
class DeploymentStatus:
    """One state of a deployment (`queued`, `in_progress`, `success`, `failure`, `error`, `inactive`, `pending`)."""

    id: int
    state: str
    creator: str
    created_at: datetime
    description: str = ""
    environment: str = "production"
    target_url: str = ""
    log_url: str = ""
    environment_url: str = ""


@dataclass
class Deployment:
    """A deployment of a commit to an environment; the newest status is the last."""

    id: int
    sha: str
    ref: str
    environment: str
    creator: str
    created_at: datetime
    updated_at: datetime
    task: str = "deploy"
    description: str | None = None
    payload: Mapping[str, Any] | str = field(default_factory=dict)
    transient_environment: bool = False
    production_environment: bool = False
    statuses: list[DeploymentStatus] = field(default_factory=list)
