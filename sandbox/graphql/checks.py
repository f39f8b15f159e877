"""Check suites, check runs, statuses and deployments, as GraphQL tells them."""

from __future__ import annotations

from typing import Any

from sandbox.graphql.access import demand
from sandbox.graphql.connections import listed
from sandbox.graphql.nodes import (
    AnnotationNode,
    CommitNode,
    CommitStatusesNode,
    DeploymentNode,
    DeploymentStatusNode,
    Fields,
    Info,
    RefNode,
    RollupNode,
    StatusNode,
    account,
    context,
    repository_of,
    upper,
)
from sandbox.graphql.objects import find_ref
from sandbox.model import Account, CheckRun, CheckSuite, PullRequest, Repository
from sandbox.rules import gate_of
from sandbox.rules import rollup as state_of
from sandbox.store import node_id
from sandbox.suites import newest_runs, newest_statuses, runs_of, suite_state

#: From REST's states of a deployment's newest status to GraphQL's of the deployment.
_DEPLOYMENT_STATES = {"success": "ACTIVE"}


def _suites(source: CommitNode, info: Info, filterBy: dict[str, Any] | None = None) -> list[CheckSuite]:  # noqa: N803 -- GitHub's name
    demand(info, source.repository, "checks:read")
    wanted = filterBy or {}
    return [
        suite
        for suite in source.repository.check_suites.values()
        if suite.head_sha == source.oid
        and wanted.get("appId") in (None, suite.app_id)
        and (wanted.get("checkName") is None or _has_run(source.repository, suite, wanted["checkName"]))
    ]


def _has_run(repository: Repository, suite: CheckSuite, name: str) -> bool:
    return any(run.name == name and run.suite_id == suite.id for run in repository.check_runs.values())


def _runs(source: CheckSuite, info: Info, filterBy: dict[str, Any] | None = None) -> list[CheckRun]:  # noqa: N803 -- GitHub's name
    wanted = filterBy or {}
    repository = repository_of(info, source)
    newest = runs_of(repository, source)
    all_runs = [run for run in repository.check_runs.values() if run.suite_id == source.id]
    runs = all_runs if wanted.get("checkType") == "ALL" else newest
    return [
        run
        for run in runs
        if wanted.get("appId") in (None, run.app_id)
        and wanted.get("checkName") in (None, run.name)
        and wanted.get("status") in (None, run.status.upper())
    ]


def rollup(repository: Repository, sha: str) -> RollupNode | None:
    """What machines say about a commit; None while they say nothing."""
    node = RollupNode(repository, sha)
    return node if rollup_contexts(node) else None


def rollup_contexts(source: RollupNode) -> list[CheckRun | StatusNode]:
    """The newest run of each name and the newest status of each context."""
    return [*newest_runs(source.repository, source.sha), *statuses(source)]


def statuses(source: RollupNode) -> list[StatusNode]:
    """The newest status of each context."""
    return [StatusNode(source.repository, value) for value in newest_statuses(source.repository, source.sha)]


def _rollup_state(source: RollupNode, _: Info) -> str | None:
    return state_of(source.repository, source.sha)


def _status_state(source: RollupNode, _: Info) -> str:
    states = [each.value.state.upper() for each in statuses(source)]
    return next((state for state in ("FAILURE", "ERROR", "PENDING") if state in states), "SUCCESS")


def _commit_rollup(source: CommitNode, info: Info) -> RollupNode | None:
    demand(info, source.repository, "checks:read")
    return rollup(source.repository, source.oid)


def _commit_status(source: CommitNode, info: Info) -> CommitStatusesNode | None:
    demand(info, source.repository, "statuses:read")
    node = CommitStatusesNode(source.repository, source.oid)
    return node if statuses(node) else None


def _named_status(source: RollupNode, _: Info, name: str) -> StatusNode | None:
    return next((each for each in statuses(source) if each.value.context == name), None)


def _commit_deployments(source: CommitNode, info: Info, **filters: Any) -> list[DeploymentNode]:
    return [each for each in deployments(source.repository, info, **filters) if each.value.sha == source.oid]


def deployments(source: Repository, info: Info, **filters: Any) -> list[DeploymentNode]:
    """The deployments of a repository, oldest first unless ordered otherwise."""
    demand(info, source, "deployments:read")
    wanted = filters.get("environments")
    found = [each for each in source.deployments.values() if not wanted or each.environment in wanted]
    newest_first = (filters.get("orderBy") or {}).get("direction") == "DESC"
    ordered = sorted(found, key=lambda each: (each.created_at, each.id), reverse=newest_first)
    return [DeploymentNode(source, each) for each in ordered]


def _deployment_state(source: DeploymentNode, _: Info) -> str:
    if not source.value.statuses:
        return "PENDING"
    state = source.value.statuses[-1].state
    return _DEPLOYMENT_STATES.get(state, state.upper())


def _deployment_statuses(source: DeploymentNode, _: Info) -> list[DeploymentStatusNode]:
    return [DeploymentStatusNode(source.repository, each) for each in reversed(source.value.statuses)]


def _latest_status(source: DeploymentNode, info: Info) -> DeploymentStatusNode | None:
    return next(iter(_deployment_statuses(source, info)), None)


def _creator(source: Any, info: Info) -> Account | None:
    return account(info, source.value.creator)


def _required(source: CheckRun | StatusNode, info: Info, **arguments: Any) -> bool:
    name, app = (source.name, source.app_id) if isinstance(source, CheckRun) else (source.value.context, None)
    repository = repository_of(info, source) if isinstance(source, CheckRun) else source.repository
    pull = repository.issues.get(arguments.get("pullRequestNumber") or 0)
    if not isinstance(pull, PullRequest):
        return False
    wanted = gate_of(repository, pull.base_ref).checks
    return any(check.context == name and check.app_id in (None, -1, app) for check in wanted)


def _run_url(source: CheckRun, info: Info) -> str:
    return f"{context(info).world.html(repository_of(info, source))}/runs/{source.id}"


def _annotations(source: CheckRun, _: Info) -> list[AnnotationNode]:
    return [AnnotationNode(source, index, value) for index, value in enumerate(source.annotations)]


def _annotation_place(source: AnnotationNode, _: Info) -> dict[str, Any]:
    value = source.value
    return {
        "start": {"line": value.start_line, "column": value.start_column},
        "end": {"line": value.end_line, "column": value.end_column},
    }


def _blob_url(source: AnnotationNode, info: Info) -> str:
    repository = repository_of(info, source.run)
    return f"{context(info).world.html(repository)}/blob/{source.run.head_sha}/{source.value.path}"


def _suite_branch(source: CheckSuite, info: Info) -> RefNode | None:
    name = source.head_branch
    return find_ref(repository_of(info, source), info, f"refs/heads/{name}") if name else None


def _suite_commit(source: CheckSuite, info: Info) -> CommitNode:
    return CommitNode(repository_of(info, source), source.head_sha)


def _suite_field(index: int) -> Any:
    return lambda source, info: upper(suite_state(repository_of(info, source), source)[index])


FIELDS: dict[str, Fields] = {
    "Commit": {
        "checkSuites": listed(_suites),
        "statusCheckRollup": _commit_rollup,
        "status": _commit_status,
        "deployments": listed(_commit_deployments),
    },
    "Repository": {"deployments": listed(deployments)},
    "CheckSuite": {
        "id": lambda source, _: node_id("CS", source.repository_id, source.id),
        "databaseId": lambda source, _: source.id,
        "app": lambda source, info: context(info).store.apps.get(source.app_id),
        "branch": _suite_branch,
        "commit": _suite_commit,
        "status": _suite_field(0),
        "conclusion": _suite_field(1),
        "checkRuns": listed(_runs),
        "repository": lambda source, info: repository_of(info, source),
        "url": lambda source, info: (
            f"{context(info).world.html(repository_of(info, source))}/commit/{source.head_sha}/checks"
        ),
    },
    "CheckRun": {
        "id": lambda source, _: node_id("CR", source.repository_id, source.id),
        "databaseId": lambda source, _: source.id,
        "status": lambda source, _: source.status.upper(),
        "conclusion": lambda source, _: upper(source.conclusion),
        "externalId": lambda source, _: source.external_id,
        "url": _run_url,
        "permalink": _run_url,
        "detailsUrl": lambda source, info: source.details_url or _run_url(source, info),
        "annotations": listed(_annotations),
        "checkSuite": lambda source, info: repository_of(info, source).check_suites[source.suite_id],
        "isRequired": _required,
        "repository": lambda source, info: repository_of(info, source),
    },
    "CheckAnnotation": {
        "annotationLevel": lambda source, _: source.value.annotation_level.upper(),
        "databaseId": lambda source, _: source.run.id * 1000 + source.index,
        "location": _annotation_place,
        "blobUrl": _blob_url,
    },
    "StatusCheckRollup": {
        "id": lambda source, _: node_id("SCR", source.repository.id, source.sha),
        "state": _rollup_state,
        "contexts": listed(lambda source, _: rollup_contexts(source)),
        "commit": lambda source, _: CommitNode(source.repository, source.sha),
    },
    "Status": {
        "id": lambda source, _: node_id("S", source.repository.id, source.sha),
        "state": _status_state,
        "contexts": lambda source, _: statuses(source),
        "context": _named_status,
        "commit": lambda source, _: CommitNode(source.repository, source.sha),
    },
    "StatusContext": {
        "id": lambda source, _: node_id("SC", source.repository.id, source.value.id),
        "state": lambda source, _: source.value.state.upper(),
        "creator": _creator,
        "isRequired": _required,
        "commit": lambda source, _: CommitNode(source.repository, source.value.sha),
    },
    "Deployment": {
        "id": lambda source, _: node_id("DE", source.repository.id, source.value.id),
        "databaseId": lambda source, _: source.value.id,
        "state": _deployment_state,
        "latestStatus": _latest_status,
        "statuses": listed(_deployment_statuses),
        "creator": _creator,
        "commit": lambda source, _: CommitNode(source.repository, source.value.sha),
        "commitOid": lambda source, _: source.value.sha,
        "ref": lambda source, info: find_ref(source.repository, info, source.value.ref),
        "originalEnvironment": lambda source, _: source.value.environment,
        "latestEnvironment": lambda source, _: source.value.environment,
    },
    "DeploymentStatus": {
        "id": lambda source, _: node_id("DES", source.repository.id, source.value.id),
        "state": lambda source, _: source.value.state.upper(),
        "creator": _creator,
        "updatedAt": lambda source, _: source.value.created_at,
    },
}
