"""What the tests see of the service from outside: its traffic at the sandbox, its log, and what its ledger owes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters.database import Database
from adapters.ledger.models import OwedRow, ProcessRow
from cli.service import ServiceProcess
from sandbox.exchanges import Exchange
from sandbox.scenario import Worker
from sandbox.server import Sandbox
from tests.adapters.waiting import wait_until_nothing_is_missing

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


@dataclass(frozen=True)
class Standing:
    """What is still to come: what the sandbox has to send, of what no attempt arrived, and what the ledger owes."""

    unsent: int
    undelivered: Sequence[str]
    owed: Sequence[str]

    @property
    def missing(self) -> int:
        """How many things are still to come."""
        return self.unsent + len(self.undelivered) + len(self.owed)

    def __str__(self) -> str:
        return "\n".join([f"still to be sent: {self.unsent}", "undelivered:", *self.undelivered, "owed:", *self.owed])


def owed(database: Database) -> list[str]:
    """What a ledger owes and why it still does, the healers' own turns aside: they are owed again and again."""
    with database.read() as session:
        rows = session.scalars(select(OwedRow).where(OwedRow.wanted > OwedRow.done)).all()
        living = set(session.scalars(select(ProcessRow.id)))
    return [_debt(row, living) for row in rows if not row.flow.startswith("every ")]


def _debt(row: OwedRow, living: Collection[str]) -> str:
    runs = f"run by {row.running_by} ({'alive' if row.running_by in living else 'dead'})"
    parts = [
        f"{row.flow} {row.key}: {row.wanted - row.done} of {row.wanted} wanted",
        runs if row.running_by else f"wake-up {row.wake_id}" if row.wake_id else "nobody runs or wakes it",
        f"{row.attempts} failed attempts ({row.last_error or 'no error'})",
        f"not before {row.not_before}" if row.not_before else "due",
        f"given up at {row.given_up_at}" if row.given_up_at else "not given up",
        f"touched at {row.updated_at}",
    ]
    return ", ".join(parts)


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


def wait_until_settled(sandbox: Sandbox, url: str) -> None:
    """Wait until everything was delivered and the ledger owes nothing, as long as ever less is missing."""
    database = Database(url)

    def look() -> Standing:
        # In the order in which things go their way, so that nothing slips from one look to the next.
        unsent = 0 if sandbox.flush(1.0) else sandbox.outbox.waiting
        return Standing(unsent, undelivered(sandbox), owed(database))

    try:
        wait_until_nothing_is_missing(look, "everything is delivered and nothing is owed")
    finally:
        database.close()


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
