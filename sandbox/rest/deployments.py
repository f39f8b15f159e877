"""REST: commit statuses and deployments."""

from __future__ import annotations

from typing import Any

from sandbox.deeds import statuses
from sandbox.model import Deployment
from sandbox.rest.calls import Call, Route, at, demand, one_of
from sandbox.shapes import checks as shapes
from sandbox.suites import newest_statuses

_STATUS_STATES = ("error", "failure", "pending", "success")
_DEPLOYMENT_STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")


def create_status(call: Call) -> Any:
    """`POST /statuses/{sha}`."""
    values = {
        "state": one_of(call.text("state"), _STATUS_STATES, "state"),
        "context": call.optional_text("context") or "default",
        "description": call.optional_text("description"),
        "target_url": call.optional_text("target_url"),
    }
    status = statuses.create_status(call.scope, call.scope.commit_sha(call.args["sha"]), values)
    return shapes.status(call.world, call.repo, status)


def list_statuses(call: Call) -> Any:
    """`GET /commits/{ref}/statuses`, newest first."""
    sha = call.scope.commit_sha(call.args["ref"])
    found = [status for status in call.repo.statuses if status.sha == sha][::-1]
    return [shapes.status(call.world, call.repo, status) for status in call.page(found)]


def combined_status(call: Call) -> Any:
    """`GET /commits/{ref}/status`."""
    sha = call.scope.commit_sha(call.args["ref"])
    return shapes.combined_status(call.world, call.repo, sha, newest_statuses(call.repo, sha))


def list_deployments(call: Call) -> Any:
    """`GET /deployments`, newest first: by sha, ref, task, environment."""
    found = list(call.repo.deployments.values())[::-1]
    for key in ("sha", "ref", "task", "environment"):
        found = [each for each in found if key not in call.query or getattr(each, key) == call.query[key]]
    return [shapes.deployment(call.world, call.repo, each) for each in call.page(found)]


def create_deployment(call: Call) -> Any:
    """`POST /deployments`."""
    ref, environment = call.text("ref"), call.optional_text("environment") or "production"
    values = {
        "ref": ref,
        "environment": environment,
        "task": call.optional_text("task") or "deploy",
        "description": call.optional_text("description") or "",
        "payload": call.body.get("payload") or {},
        "transient_environment": call.flag("transient_environment"),
        "production_environment": call.flag("production_environment", environment == "production"),
    }
    deployment = statuses.create_deployment(call.scope, call.scope.commit_sha(ref), values)
    return shapes.deployment(call.world, call.repo, deployment)


def _deployment(call: Call) -> Deployment:
    return demand(call.repo.deployments.get(call.args["id"]))


def get_deployment(call: Call) -> Any:
    """`GET /deployments/{id}`."""
    return shapes.deployment(call.world, call.repo, _deployment(call))


def list_deployment_statuses(call: Call) -> Any:
    """`GET /deployments/{id}/statuses`, newest first."""
    subject = _deployment(call)
    found = call.page(subject.statuses[::-1])
    return [shapes.deployment_status(call.world, call.repo, subject, each) for each in found]


def create_deployment_status(call: Call) -> Any:
    """`POST /deployments/{id}/statuses`."""
    subject = _deployment(call)
    values: dict[str, Any] = {"state": one_of(call.text("state"), _DEPLOYMENT_STATES, "state")}
    for key in ("description", "environment", "target_url", "log_url", "environment_url"):
        values |= {key: call.optional_text(key) or ""} if call.body.get(key) else {}
    status = statuses.create_deployment_status(call.scope, subject, values)
    return shapes.deployment_status(call.world, call.repo, subject, status)


ROUTES = at(
    "/repos/<owner>/<repo>",
    Route("POST", "/statuses/<sha>", create_status, "statuses:write", 201),
    Route("GET", "/commits/<path:ref>/statuses", list_statuses, "statuses:read"),
    Route("GET", "/commits/<path:ref>/status", combined_status, "statuses:read"),
    Route("GET", "/deployments", list_deployments, "deployments:read"),
    Route("POST", "/deployments", create_deployment, "deployments:write", 201),
    Route("GET", "/deployments/<int:id>", get_deployment, "deployments:read"),
    Route("GET", "/deployments/<int:id>/statuses", list_deployment_statuses, "deployments:read"),
    Route("POST", "/deployments/<int:id>/statuses", create_deployment_status, "deployments:write", 201),
)
