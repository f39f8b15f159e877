"""Check suites: one for each App on each pushed commit."""

from __future__ import annotations

from sandbox.model import App, CheckSuite
from sandbox.shapes.checks import check_suite
from sandbox.world import Scope


def request_suites(scope: Scope, branch: str, before: str | None, after: str) -> None:
    """Make a suite for every installed App that may write checks, and ask the App for its check runs."""
    for app in scope.store.apps.values():
        installation = scope.store.installation_for(app, scope.repository)
        if installation and installation.permissions.get("checks") == "write" and not _suite(scope, app, after):
            suite = _create(scope, app, after, branch)
            suite.before, suite.after = before, after
            announce_suite(scope, suite, "requested")


def suite_for(scope: Scope, app: App, sha: str) -> CheckSuite:
    """The App's suite of a commit, made if it isn't there."""
    found = _suite(scope, app, sha)
    if found:
        return found
    heads = scope.git.refs("refs/heads/").items()
    branch = next((name.removeprefix("refs/heads/") for name, tip in heads if tip == sha), None)
    return _create(scope, app, sha, branch)


def _suite(scope: Scope, app: App, sha: str) -> CheckSuite | None:
    suites = scope.repository.check_suites.values()
    return next((s for s in suites if (s.app_id, s.head_sha) == (app.id, sha)), None)


def _create(scope: Scope, app: App, sha: str, branch: str | None) -> CheckSuite:
    now = scope.store.now()
    suite = CheckSuite(scope.store.next_id(), scope.repository.id, app.id, sha, branch, now, now, after=sha)
    scope.repository.check_suites[suite.id] = suite
    return suite


def announce_suite(scope: Scope, suite: CheckSuite, action: str) -> None:
    """Send `check_suite`: `requested` and `rerequested` to the suite's own App alone."""
    shape = check_suite(scope.world, scope.repository, suite)
    shape = {key: value for key, value in shape.items() if key != "repository"}
    scope.announce("check_suite", action, check_suite=shape)


def rerequest_suite(scope: Scope, suite: CheckSuite) -> None:
    """Ask the App to check again; the suite is queued until it writes."""
    suite.reset, suite.updated_at = True, scope.store.now()
    announce_suite(scope, suite, "rerequested")
