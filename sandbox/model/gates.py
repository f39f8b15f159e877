"""What stands between a pull request and its base: protection, rulesets, the merge queue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class RequiredCheck:
    """A check that must be satisfied before a merge; `app_id` None: any App, or a commit status, will do."""

    context: str
    app_id: int | None = None


@dataclass(frozen=True)
class RequiredReviews:
    """How many approvals a protected branch asks for, and which of them count."""

    count: int = 1
    dismiss_stale_reviews: bool = False
    require_code_owner_reviews: bool = False
    require_last_push_approval: bool = False


@dataclass(frozen=True)
class BranchProtection:
    """The classic protection of one branch. An administrator may bypass it unless `enforce_admins`."""

    branch: str
    required_checks: tuple[RequiredCheck, ...] | None = None
    strict: bool = False
    required_reviews: RequiredReviews | None = None
    enforce_admins: bool = False
    required_linear_history: bool = False
    allow_force_pushes: bool = False
    allow_deletions: bool = False
    lock_branch: bool = False
    required_conversation_resolution: bool = False


@dataclass(frozen=True)
class Ruleset:
    """A ruleset of a repository, its rules as GitHub's REST API writes them (`{"type": …, "parameters": …}`)."""

    id: int
    name: str
    target: str
    enforcement: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    rules: tuple[Mapping[str, Any], ...]
    bypass_actors: tuple[Mapping[str, Any], ...]
    created_at: datetime


@dataclass
class QueueEntry:
    """A pull request in the merge queue of its base branch, with the temporary branch that is being checked."""

    id: int
    pull_number: int
    base_ref: str
    base_sha: str
    ref: str
    head_sha: str
    enqueued_by: str
    enqueued_at: datetime
