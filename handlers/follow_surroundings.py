"""What stands around a hotfix has changed: its verdict may rest on that, so it is judged anew.

Checks, deployments and issues come in storms, so only what the ledger knows as an open hotfix is looked at; wanting the
same inspection many times does it once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from domain.pull_request import PullRequestRef
from events.models import (
    CheckRunEvent,
    CheckSuiteEvent,
    DeploymentStatusEvent,
    IssuesEvent,
    PeopleEvent,
    ReviewThreadEvent,
    StatusEvent,
)
from handlers.ports import Ports


def follow_check(event: CheckRunEvent | CheckSuiteEvent, ports: Ports, _received_at: datetime) -> None:
    """A check of another App has changed; ours never wait for themselves."""
    check = event.check_run if isinstance(event, CheckRunEvent) else event.check_suite
    if check.app is None or check.app.id != ports.app_id:
        _want_headed_by(event.repository.full_name, check.head_sha, ports)


def follow_status(event: StatusEvent, ports: Ports, _received_at: datetime) -> None:
    """A commit status was set."""
    _want_headed_by(event.repository.full_name, event.sha, ports)


def follow_deployment(event: DeploymentStatusEvent, ports: Ports, _received_at: datetime) -> None:
    """A deployment goes on: of a head, or of another commit that takes a head's place."""
    repository = event.repository.full_name
    _want_again(repository, ports.ledger.open_hotfixes(repository), ports)


def follow_issue(event: IssuesEvent, ports: Ports, _received_at: datetime) -> None:
    """An issue was opened, closed or renamed: an incident may be meant."""
    repository = event.repository.full_name
    _want_again(repository, ports.ledger.open_hotfixes(repository), ports)


def follow_thread(event: ReviewThreadEvent, ports: Ports, _received_at: datetime) -> None:
    """A review thread was resolved, or taken up again."""
    repository, number = event.repository.full_name, event.pull_request.number
    if number in ports.ledger.open_hotfixes(repository):
        _want_again(repository, [number], ports)


def follow_people(event: PeopleEvent, ports: Ports, _received_at: datetime) -> None:
    """Somebody joined or left a team or a repository: what we remember of it no longer counts."""
    if event.team and event.team.slug and event.organization:
        _forget(ports, "membership", f"{event.organization.login}/{event.team.slug}")
        # Members of nested teams belong: which those are, no event says.
        if event.action in {"edited", "deleted"}:
            ports.ledger.forget(_opening("membership"))
    if event.repository is None:
        ports.ledger.forget(_opening("permission"))
        return
    repository = event.repository.full_name
    _forget(ports, "permission", repository)
    _want_again(repository, ports.ledger.open_hotfixes(repository), ports)


def _opening(kind: str) -> str:
    return json.dumps([kind])[:-1]


def _forget(ports: Ports, kind: str, name: str) -> None:
    ports.ledger.forget(json.dumps([kind, name.casefold()])[:-1] + ",")


def _want_headed_by(repository: str, oid: str, ports: Ports) -> None:
    _want_again(repository, ports.ledger.hotfixes_headed_by(repository, oid), ports)


def _want_again(repository: str, numbers: Iterable[int], ports: Ports) -> None:
    for number in numbers:
        ref = PullRequestRef(repository, number)
        # What the newest verdict rested on doesn't tell of what stands around: the same would be found unchanged.
        ports.ledger.ask_again(ref, rewrite=False)
        ports.tasks.want("inspect", str(ref))
