"""Check suites, check runs, commit statuses and deployments as JSON."""

from __future__ import annotations

from urllib.parse import quote

from sandbox.model import (
    Annotation,
    CheckRun,
    CheckSuite,
    CommitStatus,
    Deployment,
    DeploymentStatus,
    PullRequest,
    Repository,
)
from sandbox.shapes.commits import simple_commit
from sandbox.shapes.people import app, optional_app, simple_user
from sandbox.shapes.pulls import pull_minimal
from sandbox.shapes.repositories import repository
from sandbox.store import node_id
from sandbox.suites import runs_of, suite_state
from sandbox.world import Json, World, stamp


def pulls_headed_by(owner: Repository, sha: str) -> list[PullRequest]:
    """The open pull requests that a check run lists: those of this repository's own branches, none from forks."""
    own = [pull for pull in owner.pulls if pull.head_repository_id == owner.id]
    return [pull for pull in own if pull.head_sha == sha and pull.state == "open"]


def check_run(world: World, owner: Repository, value: CheckRun) -> Json:
    """A `check-run`."""
    api = f"{world.rest(owner)}/check-runs/{value.id}"
    html = f"{world.html(owner)}/runs/{value.id}"
    return {
        "id": value.id,
        "node_id": node_id("CR", owner.id, value.id),
        "name": value.name,
        "head_sha": value.head_sha,
        "external_id": value.external_id,
        "url": api,
        "html_url": html,
        "details_url": value.details_url or html,
        "status": value.status,
        "conclusion": value.conclusion,
        "started_at": stamp(value.started_at),
        "completed_at": stamp(value.completed_at),
        "output": {
            "title": value.title,
            "summary": value.summary,
            "text": value.text,
            "annotations_count": len(value.annotations),
            "annotations_url": f"{api}/annotations",
        },
        "check_suite": {"id": value.suite_id},
        "app": optional_app(world, value.app_id),
        "pull_requests": [pull_minimal(world, owner, each) for each in pulls_headed_by(owner, value.head_sha)],
    }


def webhook_check_run(world: World, owner: Repository, value: CheckRun) -> Json:
    """A check run in a webhook: with its suite written out."""
    suite = owner.check_suites[value.suite_id]
    status, conclusion = suite_state(owner, suite)
    inside = {
        "id": suite.id,
        "node_id": node_id("CS", owner.id, suite.id),
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": status,
        "conclusion": conclusion,
        "url": f"{world.rest(owner)}/check-suites/{suite.id}",
        "before": suite.before,
        "after": suite.after,
        "pull_requests": [pull_minimal(world, owner, each) for each in pulls_headed_by(owner, suite.head_sha)],
        "app": app(world, world.store.apps[suite.app_id]),
        "created_at": stamp(suite.created_at),
        "updated_at": stamp(suite.updated_at),
    }
    return {**check_run(world, owner, value), "check_suite": inside}


def check_suite(world: World, owner: Repository, value: CheckSuite) -> Json:
    """A `check-suite`."""
    status, conclusion = suite_state(owner, value)
    api = f"{world.rest(owner)}/check-suites/{value.id}"
    return {
        "id": value.id,
        "node_id": node_id("CS", owner.id, value.id),
        "head_branch": value.head_branch,
        "head_sha": value.head_sha,
        "status": status,
        "conclusion": conclusion,
        "url": api,
        "before": value.before,
        "after": value.after,
        "pull_requests": [pull_minimal(world, owner, each) for each in pulls_headed_by(owner, value.head_sha)],
        "app": optional_app(world, value.app_id),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "head_commit": simple_commit(world.store.git(owner).commit(value.head_sha)),
        "repository": repository(world, owner),
        "latest_check_runs_count": len(runs_of(owner, value)),
        "check_runs_url": f"{api}/check-runs",
        "rerequestable": True,
        "runs_rerequestable": True,
    }


def annotation(world: World, owner: Repository, run: CheckRun, value: Annotation) -> Json:
    """A `check-annotation`."""
    return {
        "path": value.path,
        "blob_href": f"{world.html(owner)}/blob/{run.head_sha}/{quote(value.path)}",
        "start_line": value.start_line,
        "start_column": value.start_column,
        "end_line": value.end_line,
        "end_column": value.end_column,
        "annotation_level": value.annotation_level,
        "title": value.title,
        "message": value.message,
        "raw_details": value.raw_details,
    }


def status(world: World, owner: Repository, value: CommitStatus) -> Json:
    """A `status`."""
    return {**simple_status(world, owner, value), "creator": simple_user(world, value.creator)}


def simple_status(world: World, owner: Repository, value: CommitStatus) -> Json:
    """A `simple-commit-status`, as the combined status lists it."""
    return {
        "url": f"{world.rest(owner)}/statuses/{value.sha}",
        "avatar_url": f"{world.url}/avatars/{value.creator}",
        "id": value.id,
        "node_id": node_id("SC", owner.id, value.id),
        "state": value.state,
        "description": value.description,
        "target_url": value.target_url,
        "context": value.context,
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.created_at),
    }


def combined_status(world: World, owner: Repository, sha: str, newest: list[CommitStatus]) -> Json:
    """A `combined-commit-status`: `failure` if any failed, `pending` if any waits or none is there, else `success`."""
    states = {value.state for value in newest}
    state = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
    return {
        "state": state,
        "statuses": [simple_status(world, owner, value) for value in newest],
        "sha": sha,
        "total_count": len(newest),
        "repository": repository(world, owner),
        "commit_url": f"{world.rest(owner)}/commits/{sha}",
        "url": f"{world.rest(owner)}/commits/{sha}/status",
    }


def deployment(world: World, owner: Repository, value: Deployment) -> Json:
    """A `deployment`."""
    api = f"{world.rest(owner)}/deployments/{value.id}"
    return {
        "url": api,
        "id": value.id,
        "node_id": node_id("DE", owner.id, value.id),
        "sha": value.sha,
        "ref": value.ref,
        "task": value.task,
        "payload": value.payload,
        "original_environment": value.environment,
        "environment": value.environment,
        "description": value.description,
        "creator": simple_user(world, value.creator),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.updated_at),
        "statuses_url": f"{api}/statuses",
        "repository_url": world.rest(owner),
        "transient_environment": value.transient_environment,
        "production_environment": value.production_environment,
        "performed_via_github_app": None,
    }


def deployment_status(world: World, owner: Repository, subject: Deployment, value: DeploymentStatus) -> Json:
    """A `deployment-status`."""
    api = f"{world.rest(owner)}/deployments/{subject.id}"
    return {
        "url": f"{api}/statuses/{value.id}",
        "id": value.id,
        "node_id": node_id("DES", owner.id, value.id),
        "state": value.state,
        "creator": simple_user(world, value.creator),
        "description": value.description,
        "environment": value.environment,
        "target_url": value.target_url,
        **({"log_url": value.log_url} if value.log_url else {}),
        **({"environment_url": value.environment_url} if value.environment_url else {}),
        "created_at": stamp(value.created_at),
        "updated_at": stamp(value.created_at),
        "deployment_url": api,
        "repository_url": world.rest(owner),
        "performed_via_github_app": None,
    }
