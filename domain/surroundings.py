"""What stands around a change on GitHub: checks, deployments, issues, threads, and where it left base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class CheckState:
    """A check run or a commit status on the head.

    Attributes:
        name: the check run's name, or the status's context.
        app: the slug of the App that owns it, or that set the status; "" where GitHub doesn't say.
        state: GitHub's word in lower case. A check run's conclusion ("success", "failure", "neutral", "skipped",
            "cancelled", "timed_out", "action_required", "stale"), before it has one its status ("queued",
            "in_progress", "waiting", "pending"); a status's state ("success", "failure", "error", "pending",
            "expected").
        is_status: whether it is a commit status.
        url: where its details are, "" where nowhere.
    """

    name: str
    app: str
    state: str
    is_status: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class DeploymentState:
    """The newest deployment of the head to one environment.

    Attributes:
        state: GitHub's word in lower case: "success", "active", "inactive", "failure", "error", "in_progress",
            "pending", "queued", "waiting", "destroyed" or "abandoned".
        is_latest: whether no other commit was deployed there since.
    """

    environment: str
    state: str
    created_at: datetime
    is_latest: bool = True


@dataclass(frozen=True, slots=True)
class IssueState:
    """An issue that a change names.

    Attributes:
        state: "open" or "closed".
        is_pull_request: whether the number is a pull request's, which is no issue.
    """

    number: int
    title: str
    state: str
    labels: tuple[str, ...] = ()
    is_pull_request: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """A review thread that nobody resolved; `line` is 1-based at head, 0 where it is outdated."""

    path: str
    line: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class BranchPoint:
    """Where a change left base.

    Attributes:
        oid: the merge base of base's tip and head.
        is_tip: whether that is base's tip itself.
        tags: the names of the tags on it.
        foreign: by branch, those of the change's commits that the branch holds and base doesn't, oldest first; a
            branch that doesn't exist is absent.
    """

    oid: str
    is_tip: bool
    tags: tuple[str, ...] = ()
    foreign: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
