"""Check runs: written by Apps, asked for again by people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.deeds.progress import advance
from sandbox.deeds.suites import announce_suite, rerequest_suite, suite_for
from sandbox.errors import RefusedError
from sandbox.model import App, CheckRun
from sandbox.shapes.checks import webhook_check_run
from sandbox.suites import suite_state
from sandbox.world import Scope


def own_app(scope: Scope) -> App:
    """The App that acts.

    Raises:
        RefusedError: a person acts; only Apps write checks (403).
    """
    if scope.viewer.app is None:
        raise RefusedError(403, "You must authenticate via a GitHub App.")
    return scope.viewer.app


def create_run(scope: Scope, name: str, sha: str, values: Mapping[str, Any]) -> CheckRun:
    """Create a check run on a commit, in the App's suite; `values` are further fields of the check run."""
    app = own_app(scope)
    suite = suite_for(scope, app, sha)
    number, now = scope.store.next_id(), scope.store.now()
    run = CheckRun(number, scope.repository.id, suite.id, app.id, name, sha, now)
    scope.repository.check_runs[run.id] = run
    suite.reset = False
    _write(scope, run, values)
    _announce(scope, run, "created")
    _after_write(scope, run)
    return run


def update_run(scope: Scope, run: CheckRun, values: Mapping[str, Any]) -> CheckRun:
    """Change a check run. Its annotations are appended to those that it has.

    Raises:
        RefusedError: the check run belongs to another App (403).
    """
    if own_app(scope).id != run.app_id:
        message = (
            f"Invalid app_id `{own_app(scope).id}` - check run can only be modified by the GitHub App that created it."
        )
        raise RefusedError(403, message)
    finished = run.status == "completed"
    scope.repository.check_suites[run.suite_id].reset = False
    _write(scope, run, values)
    if run.status != "completed" or not finished:
        _after_write(scope, run)
    else:
        advance(scope)
    return run


def _write(scope: Scope, run: CheckRun, values: Mapping[str, Any]) -> None:
    changes = dict(values)
    run.annotations.extend(changes.pop("annotations", ()))
    for key, value in changes.items():
        setattr(run, key, value)
    if run.status == "completed":
        run.completed_at = run.completed_at or scope.store.now()
    else:
        run.conclusion = run.completed_at = None
    scope.repository.check_suites[run.suite_id].updated_at = scope.store.now()


def _after_write(scope: Scope, run: CheckRun) -> None:
    if run.status == "completed":
        _announce(scope, run, "completed")
        suite = scope.repository.check_suites[run.suite_id]
        if suite_state(scope.repository, suite)[0] == "completed":
            announce_suite(scope, suite, "completed")
    advance(scope)


def rerequest_run(scope: Scope, run: CheckRun) -> None:
    """Press "Re-run": the run stays as it is, its suite is queued, and the App is asked to check again."""
    scope.repository.check_suites[run.suite_id].reset = True
    _announce(scope, run, "rerequested")


def request_action(scope: Scope, run: CheckRun, identifier: str) -> None:
    """Press one of the check run's own buttons.

    Raises:
        RefusedError: the check run has no such button (422).
    """
    if identifier not in {action.identifier for action in run.actions}:
        raise RefusedError(422, f"The check run has no action {identifier!r}.")
    shape = webhook_check_run(scope.world, scope.repository, run)
    scope.announce("check_run", "requested_action", check_run=shape, requested_action={"identifier": identifier})


def _announce(scope: Scope, run: CheckRun, action: str) -> None:
    scope.announce("check_run", action, check_run=webhook_check_run(scope.world, scope.repository, run))


__all__ = ["create_run", "own_app", "request_action", "rerequest_run", "rerequest_suite", "update_run"]
