"""Which check runs and statuses of a commit count, and what a suite's state follows from."""

from __future__ import annotations

from sandbox.model import CheckRun, CheckSuite, CommitStatus, Repository

#: Worst first: the conclusion of a suite is the first of these among its newest runs (docs.github.com, "Create a check
#: suite", names no order; this one is what the checks page shows).
_WORST_FIRST = ("failure", "timed_out", "action_required", "cancelled", "success", "neutral", "skipped", "stale")


def newest_runs(repository: Repository, sha: str) -> list[CheckRun]:
    """The newest check run of each name and App on a commit, oldest first."""
    newest = {(run.app_id, run.name): run for run in repository.check_runs.values() if run.head_sha == sha}
    return sorted(newest.values(), key=lambda run: run.id)


def newest_statuses(repository: Repository, sha: str) -> list[CommitStatus]:
    """The newest commit status of each context on a commit, newest first."""
    newest = {status.context: status for status in repository.statuses if status.sha == sha}
    return sorted(newest.values(), key=lambda status: -status.id)


def runs_of(repository: Repository, suite: CheckSuite) -> list[CheckRun]:
    """The newest check run of each name in a suite."""
    return [run for run in newest_runs(repository, suite.head_sha) if run.app_id == suite.app_id]


def suite_state(repository: Repository, suite: CheckSuite) -> tuple[str, str | None]:
    """Status and conclusion of a suite; after a rerequest it stays queued until the App writes again."""
    runs = runs_of(repository, suite)
    if suite.reset or not runs:
        return "queued", None
    if all(run.status == "completed" for run in runs):
        conclusions = {run.conclusion for run in runs}
        return "completed", next((word for word in _WORST_FIRST if word in conclusions), "neutral")
    return ("queued" if all(run.status == "queued" for run in runs) else "in_progress"), None
