"""From an event to the inspections that it asks for. A delivery says which pull request, never how it stands."""

from __future__ import annotations

from datetime import datetime

from domain.pull_request import PullRequestRef
from events.models import (
    CheckRunEvent,
    CheckSuiteEvent,
    MergeGroupEvent,
    NumberedPullRequest,
    PullRequestEvent,
    PullRequestReviewEvent,
    PushEvent,
)
from handlers.inspect_merge_group import MergeGroupRef
from handlers.look import BRANCH
from handlers.ports import Ports
from policies import POLICY_FILE


def want_inspection(event: PullRequestEvent | PullRequestReviewEvent, ports: Ports, received_at: datetime) -> None:
    """Something about a pull request changed."""
    ref = PullRequestRef(event.repository.full_name, event.pull_request.number)
    if event.pull_request.head.sha:
        ports.ledger.see_head(ref, event.pull_request.head.sha, event.pull_request.base.ref, received_at)
    ports.tasks.want("inspect", str(ref))


def want_last_words(event: PullRequestEvent, ports: Ports, _received_at: datetime) -> None:
    """A pull request was closed: merged ones go on as backports, the others are done."""
    ref = PullRequestRef(event.repository.full_name, event.pull_request.number)
    ports.tasks.want("backport", str(ref))
    ports.tasks.want("review-override", str(ref))
    ports.tasks.want("keep-promises", str(ref))


def want_rerun(event: CheckRunEvent, ports: Ports, _received_at: datetime) -> None:
    """Somebody pressed "Re-run" on our check run."""
    if event.check_run.app is not None and event.check_run.app.id == ports.app_id:
        run = event.check_run
        if not _want_group_again(event, run.check_suite.head_branch, run.head_sha, ports):
            _want_again(event, run.head_sha, run.pull_requests, ports)


def want_suite_rerun(event: CheckSuiteEvent, ports: Ports, _received_at: datetime) -> None:
    """Somebody pressed "Re-run all checks"."""
    if event.check_suite.app is not None and event.check_suite.app.id == ports.app_id:
        suite = event.check_suite
        if not _want_group_again(event, suite.head_branch, suite.head_sha, ports):
            _want_again(event, suite.head_sha, suite.pull_requests, ports)


def _want_group_again(event: CheckRunEvent | CheckSuiteEvent, branch: str | None, head_oid: str, ports: Ports) -> bool:
    """Want a merge group's inspection again; False where the branch is no merge group's."""
    group = MergeGroupRef.of_branch(event.repository.full_name, branch or "", head_oid)
    if group is not None:
        ports.tasks.want("inspect-group", str(group))
    return group is not None


def _want_again(
    event: CheckRunEvent | CheckSuiteEvent, head_oid: str, named: tuple[NumberedPullRequest, ...], ports: Ports
) -> None:
    repository = event.repository.full_name
    # For pull requests from forks the payload names none: ask which ones the commit heads.
    numbers = {each.number for each in named} or set(ports.github(repository).pull_requests_of(head_oid))
    for number in sorted(numbers):
        ref = PullRequestRef(repository, number)
        ports.ledger.ask_again(ref, rewrite=True)
        ports.tasks.want("inspect", str(ref))


def want_recheck(event: CheckRunEvent, ports: Ports, _received_at: datetime) -> None:
    """Somebody pressed a button of ours."""
    ours = event.check_run.app is not None and event.check_run.app.id == ports.app_id
    if not ours or event.requested_action is None or event.requested_action.identifier != "recheck":
        return
    repository = event.repository.full_name
    for number in ports.github(repository).pull_requests_of(event.check_run.head_sha):
        ref = PullRequestRef(repository, number)
        ports.ledger.ask_again(ref, rewrite=False)
        ports.tasks.want("inspect", str(ref))


def want_group_inspection(event: MergeGroupEvent, ports: Ports, _received_at: datetime) -> None:
    """A merge group asks for its checks."""
    group = event.merge_group
    ref = MergeGroupRef(
        event.repository.full_name,
        group.base_ref.removeprefix(BRANCH),
        group.head_ref.removeprefix(BRANCH),
        group.head_sha,
    )
    ports.tasks.want("inspect-group", str(ref))


def want_inspections_of_base(event: PushEvent, ports: Ports, _received_at: datetime) -> None:
    """A push changed the policy file of a branch: everything that goes into that branch is judged anew."""
    touched = {path for commit in event.commits for path in (*commit.added, *commit.modified, *commit.removed)}
    if POLICY_FILE not in touched or not event.ref.startswith(BRANCH):
        return
    repository, base = event.repository.full_name, event.ref.removeprefix(BRANCH)
    for standing in ports.github(repository).open_pull_requests():
        if standing.base == base:
            ports.tasks.want("inspect", str(PullRequestRef(repository, standing.number)))
