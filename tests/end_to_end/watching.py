"""What the tests see of the service from outside: its traffic at the sandbox, its log, and what its ledger owes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters.database import Database
from adapters.ledger.models import OwedRow
from cli.service import ServiceProcess
from sandbox.exchanges import Exchange
from sandbox.scenario import Worker
from sandbox.server import Sandbox
from tests.adapters.waiting import wait_until

#: What an App asks about itself is no request about a pull request: tokens, its installation, its deliveries.
_ABOUT_THE_APP = ("/api/v3/app", "/access_tokens", "/installation")


def by_the_service(exchange: Exchange) -> bool:
    """Whether the service asked, and not one of the people."""
    return exchange.installation is not None or exchange.request_headers.get("User-Agent") == "hotfix-guard"


def requests_since(sandbox: Sandbox, mark: int) -> list[str]:
    """The service's requests to the API since there were `mark` exchanges, without those about the App itself."""
    return [
        f"{each.method} {each.path}"
        for each in sandbox.exchanges[mark:]
        if each.kind in {"rest", "graphql"}
        and by_the_service(each)
        and not (each.path == _ABOUT_THE_APP[0] or each.path.startswith(f"{_ABOUT_THE_APP[0]}/"))
        and not each.path.endswith(_ABOUT_THE_APP[1:])
    ]


def owed(url: str) -> list[str]:
    """What a ledger owes, the healers' own turns aside: they are owed again and again."""
    database = Database(url)
    try:
        with database.read() as session:
            rows = session.scalars(select(OwedRow).where(OwedRow.wanted > OwedRow.done)).all()
            return [
                f"{row.flow} {row.key}: {row.attempts} attempts, {row.last_error or 'no error'}"
                for row in rows
                if not row.flow.startswith("every ")
            ]
    finally:
        database.close()


def healed_once(url: str) -> bool:
    """Whether the healers that run as soon as a service starts had their first turn."""
    database = Database(url)
    try:
        with database.read() as session:
            turns = select(OwedRow.flow).where(OwedRow.flow.like("every %"), OwedRow.done > 0)
            return {"every redeliver", "every sweep"} <= set(session.scalars(turns))
    finally:
        database.close()


def undelivered(sandbox: Sandbox) -> list[str]:
    """The deliveries of which no attempt arrived."""
    tried = list(sandbox.store.deliveries)
    arrived = {each.guid for each in tried if 200 <= each.status_code < 300}
    return [f"{each.event} {each.guid}" for each in tried if each.guid not in arrived]


def wait_until_settled(sandbox: Sandbox, url: str, seconds: float = 60.0) -> None:
    """Wait until everything was delivered and the ledger owes nothing."""

    def settled() -> bool:
        return sandbox.flush(1.0) and not undelivered(sandbox) and not owed(url)

    wait_until(settled, "everything is delivered and nothing is owed", seconds)


def our_runs(reader: Worker, repository: str, number: int) -> list[Any]:
    """All check runs of ours on a pull request's head for its base, newest first."""
    pull = reader.pull(repository, number)
    found = reader.get(f"/repos/{repository}/commits/{pull['head']['sha']}/check-runs?per_page=100&filter=all")
    named = [run for run in found["check_runs"] if run["name"] == f"hotfix: {pull['base']['ref']}"]
    return sorted(named, key=lambda run: int(run["id"]), reverse=True)


@dataclass(frozen=True)
class Attended:
    """One stretch of time in which a process attended to a pull request."""

    deed: str
    pull_request: int
    began: datetime
    ended: datetime


def lines(services: Sequence[ServiceProcess]) -> Iterator[Mapping[str, Any]]:
    """The lines of the services' logs; one that a kill broke off is passed over."""
    for log in {service.log for service in services}:
        yield from _lines(log)


def _lines(log: Path) -> Iterator[Mapping[str, Any]]:
    for line in log.read_text().splitlines():
        if line.startswith("{") and line.endswith("}"):
            yield json.loads(line)


def attended(services: Sequence[ServiceProcess], deed: str = "inspect_hotfix") -> list[Attended]:
    """When the services attended to which pull request, in the order in which they began."""
    found = [
        Attended(
            each["deed"],
            each["pull_request"],
            datetime.fromisoformat(each["began"]),
            datetime.fromisoformat(each["timestamp"]),
        )
        for each in lines(services)
        if each.get("event") == "attended to" and each["deed"] == deed
    ]
    return sorted(found, key=lambda each: each.began)


def overlaps(stretches: Sequence[Attended]) -> list[tuple[Attended, Attended]]:
    """Pairs of stretches in which the same deed was done for the same pull request at the same time."""
    newest: dict[tuple[str, int], Attended] = {}
    found = []
    for each in stretches:
        before = newest.get((each.deed, each.pull_request))
        if before is not None and each.began < before.ended:
            found.append((before, each))
        newest[each.deed, each.pull_request] = each
    return found
