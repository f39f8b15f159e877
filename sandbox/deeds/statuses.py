"""Commit statuses and deployments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.deeds.progress import advance
from sandbox.model import CommitStatus, Deployment, DeploymentStatus
from sandbox.shapes import checks as shapes
from sandbox.shapes import commits as commit_shapes
from sandbox.world import Scope, stamp


def create_status(scope: Scope, sha: str, values: Mapping[str, Any]) -> CommitStatus:
    """Set a commit status; `values` are its state, context, description and target_url."""
    app = scope.viewer.app.id if scope.viewer.app else None
    now = scope.store.now()
    status = CommitStatus(id=scope.store.next_id(), sha=sha, creator=scope.login, created_at=now, app_id=app, **values)
    scope.repository.statuses.append(status)
    _announce_status(scope, status)
    advance(scope)
    return status


def _announce_status(scope: Scope, status: CommitStatus) -> None:
    tips = scope.git.refs("refs/heads/").items()
    heads = [name.removeprefix("refs/heads/") for name, tip in tips if tip == status.sha]
    url = f"{scope.world.rest(scope.repository)}/commits/{status.sha}"
    scope.announce(
        "status",
        id=status.id,
        sha=status.sha,
        name=scope.repository.full_name,
        target_url=status.target_url,
        avatar_url=f"{scope.world.url}/avatars/{status.creator}",
        context=status.context,
        description=status.description,
        state=status.state,
        commit=commit_shapes.commit(scope.world, scope.repository, scope.git.commit(status.sha)),
        branches=[{"name": n, "commit": {"sha": status.sha, "url": url}, "protected": n in guarded} for n in heads]
        if (guarded := scope.repository.protections) is not None
        else [],
        created_at=stamp(status.created_at),
        updated_at=stamp(status.created_at),
    )


def create_deployment(scope: Scope, sha: str, values: Mapping[str, Any]) -> Deployment:
    """Create a deployment; `values` are its ref, environment, task, description, payload and flags."""
    number, now = scope.store.next_id(), scope.store.now()
    value = Deployment(id=number, sha=sha, creator=scope.login, created_at=now, updated_at=now, **values)
    scope.repository.deployments[value.id] = value
    shape = shapes.deployment(scope.world, scope.repository, value)
    scope.announce("deployment", "created", deployment=shape, workflow=None, workflow_run=None)
    return value


def create_deployment_status(scope: Scope, subject: Deployment, values: Mapping[str, Any]) -> DeploymentStatus:
    """Say how a deployment goes; a success makes older successes in the environment inactive."""
    now = scope.store.now()
    settings = {"environment": subject.environment, **values}
    value = DeploymentStatus(id=scope.store.next_id(), creator=scope.login, created_at=now, **settings)
    subject.statuses.append(value)
    subject.updated_at = now
    if value.state == "success":
        _retire(scope, subject)
    status = shapes.deployment_status(scope.world, scope.repository, subject, value)
    deployment = shapes.deployment(scope.world, scope.repository, subject)
    scope.announce(
        "deployment_status",
        "created",
        deployment_status=status,
        deployment=deployment,
        check_run=None,
        workflow=None,
        workflow_run=None,
    )
    return value


def _retire(scope: Scope, newest: Deployment) -> None:
    for other in scope.repository.deployments.values():
        same = other.environment == newest.environment and other is not newest
        if same and other.statuses and other.statuses[-1].state == "success" and not other.transient_environment:
            number, now = scope.store.next_id(), scope.store.now()
            other.statuses.append(DeploymentStatus(number, "inactive", scope.login, now, environment=other.environment))
