"""Webhooks about pull requests and issues, with the subject as it stands at this moment."""

from __future__ import annotations

from sandbox.model import Issue, PullRequest, Review
from sandbox.shapes import issues as issue_shapes
from sandbox.shapes import people
from sandbox.shapes import pulls as pull_shapes
from sandbox.world import Json, Scope, stamp

#: What the REST API tells of teams and issues, and webhooks don't.
_REST_ONLY = frozenset({"notification_setting", "type", "organization_id", "closed_by"})


def team_shape(scope: Scope, slug: str) -> Json | None:
    """A team as webhooks carry it."""
    team = scope.store.team(scope.repository.owner, slug)
    return _webhook_team(people.team(scope.world, team)) if team else None


def _webhook_team(shape: Json) -> Json:
    parent = shape["parent"]
    kept = {key: value for key, value in shape.items() if key not in _REST_ONLY}
    return {**kept, "parent": {k: v for k, v in parent.items() if k not in _REST_ONLY} if parent else None}


def issue_shape(scope: Scope, issue: Issue) -> Json:
    """An issue as webhooks carry it."""
    shape = issue_shapes.issue(scope.world, scope.repository, issue)
    return {key: value for key, value in shape.items() if key not in _REST_ONLY}


def announce_pull(scope: Scope, pull: PullRequest, action: str, **more: object) -> None:
    """Send `pull_request`; whether it can be merged is never known there."""
    shape = pull_shapes.pull(scope.world, scope.repository, pull, (None, "unknown"))
    shape["requested_teams"] = [team_shape(scope, slug) for slug in pull.requested_teams]
    scope.announce("pull_request", action, number=pull.number, pull_request=shape, **more)


def announce_review(scope: Scope, pull: PullRequest, value: Review, action: str, **more: object) -> None:
    """Send `pull_request_review`, which writes the state in small letters."""
    shape = pull_shapes.review(scope.world, scope.repository, pull, value)
    extra = {"submitted_at": stamp(value.submitted_at), "updated_at": stamp(value.updated_at or value.submitted_at)}
    subject = pull_shapes.pull_simple(scope.world, scope.repository, pull)
    subject["requested_teams"] = [_webhook_team(each) for each in subject["requested_teams"]]
    review = {**shape, **extra, "state": value.state.lower()}
    scope.announce("pull_request_review", action, review=review, pull_request=subject, **more)


def announce_issue(scope: Scope, issue: Issue, action: str, **more: object) -> None:
    """Send `issues`, or `pull_request` where the issue is one."""
    if isinstance(issue, PullRequest):
        announce_pull(scope, issue, action, **more)
    else:
        scope.announce("issues", action, issue=issue_shape(scope, issue), **more)
