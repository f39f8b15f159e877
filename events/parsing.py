"""From a delivery's event name and body to a typed event."""

from __future__ import annotations

import json
from types import MappingProxyType

from pydantic import ValidationError

from domain.errors import HotfixGuardError
from events.models import (
    CheckRunEvent,
    CheckSuiteEvent,
    DeploymentStatusEvent,
    InstallationEvent,
    IssueCommentEvent,
    IssuesEvent,
    MergeGroupEvent,
    Part,
    PeopleEvent,
    PingEvent,
    PullRequestEvent,
    PullRequestReviewEvent,
    PushEvent,
    ReviewThreadEvent,
    StatusEvent,
)

MODELS: MappingProxyType[str, type[Part]] = MappingProxyType(
    {
        "check_run": CheckRunEvent,
        "check_suite": CheckSuiteEvent,
        "deployment_status": DeploymentStatusEvent,
        "installation": InstallationEvent,
        "installation_repositories": InstallationEvent,
        "issue_comment": IssueCommentEvent,
        "issues": IssuesEvent,
        "member": PeopleEvent,
        "membership": PeopleEvent,
        "merge_group": MergeGroupEvent,
        "ping": PingEvent,
        "pull_request": PullRequestEvent,
        "pull_request_review": PullRequestReviewEvent,
        "pull_request_review_thread": ReviewThreadEvent,
        "push": PushEvent,
        "status": StatusEvent,
        "team": PeopleEvent,
    }
)


class MalformedDeliveryError(HotfixGuardError):
    """The body isn't what GitHub sends for that event."""


def is_known(name: str) -> bool:
    """Whether we have a model for the event."""
    return name in MODELS


def action(body: bytes) -> str:
    """The action that a payload names, "" for an event without one.

    Raises:
        MalformedDeliveryError: the body is no JSON object.
    """
    named = _object(body).get("action", "")
    return named if isinstance(named, str) else ""


def parse(name: str, body: bytes) -> Part:
    """Read the body of a known event.

    Raises:
        MalformedDeliveryError: the body is no JSON object, or lacks what the event must bear.
    """
    payload = _object(body)
    try:
        return MODELS[name].model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise MalformedDeliveryError(f"the {name} payload can't be read at {where}: {first['msg']}") from error


def _object(body: bytes) -> dict[str, object]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedDeliveryError("the body is no JSON") from error
    if not isinstance(payload, dict):
        raise MalformedDeliveryError("the body is no JSON object")
    return payload
