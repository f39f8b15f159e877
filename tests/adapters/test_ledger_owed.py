from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from adapters.database import Database
from adapters.ledger.migrate import migrate
from adapters.ledger.models import AnswerRow
from adapters.ledger.owed import Owed, Retry, Wake
from adapters.ledger.processes import Processes
from domain.record import StoredDelivery

NOW = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANY = "a wake-up of old"


class Clock:
    """A clock that goes when told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def owed(database: Database, clock: Clock) -> Owed:
    for process in ("one", "two"):
        Processes(database, process, clock).beat()
    return Owed(database, clock)


def wanted(owed: Owed) -> Wake:
    wake = owed.want("f", "k")
    assert wake
    return wake


def bury(database: Database, process: str) -> None:
    Processes(database, process, lambda: NOW).leave()


def test_one_wake_up_serves_all_wants_before_the_run(owed: Owed) -> None:
    first = wanted(owed)
    assert owed.want("f", "k") is None
    claim = owed.claim(first, "one", "run-1")
    assert claim
    assert claim.revision == 2
    assert owed.finish(claim) is None


def test_nobody_runs_what_a_living_process_runs(owed: Owed) -> None:
    wake = wanted(owed)
    assert owed.claim(wake, "one", "run-1")
    assert owed.claim(wake, "two", "run-2") is None
    assert owed.claim(wake, "one", "run-3") is None


def test_of_many_claims_at_once_one_wins(owed: Owed) -> None:
    for round_ in range(10):
        wake = wanted(owed)
        with ThreadPoolExecutor(8) as threads:
            processes = ["one", "two"] * 4
            tries = [threads.submit(owed.claim, wake, who, f"{round_}-{n}") for n, who in enumerate(processes)]
            claims = [claim for claim in (one.result() for one in tries) if claim]
        assert len(claims) == 1
        owed.finish(claims[0])


def test_of_many_wants_at_once_none_is_lost(owed: Owed) -> None:
    with ThreadPoolExecutor(8) as threads:
        wakes = [wake for wake in threads.map(lambda _: owed.want("f", "k"), range(40)) if wake]
    assert len(wakes) == 1
    claim = owed.claim(wakes[0], "one", "run-1")
    assert claim
    assert claim.revision == 40


def test_a_want_during_a_run_is_woken_when_the_run_ends(owed: Owed) -> None:
    claim = owed.claim(wanted(owed), "one", "run-1")
    assert claim
    assert owed.want("f", "k") is None
    again = owed.finish(claim)
    assert again
    second = owed.claim(again, "two", "run-2")
    assert second
    assert second.revision == 2


def test_what_is_done_is_claimed_by_nobody(owed: Owed) -> None:
    wake = wanted(owed)
    claim = owed.claim(wake, "one", "run-1")
    assert claim
    owed.finish(claim)
    assert owed.claim(wake, "two", "run-2") is None
    assert owed.claim(Wake("f", "never wanted", ANY), "two", "run-2") is None


def test_a_process_that_was_declared_dead_claims_nothing(owed: Owed, database: Database) -> None:
    bury(database, "one")
    wake = wanted(owed)
    assert owed.claim(wake, "one", "run-1") is None
    assert owed.claim(wake, "two", "run-2")


def test_a_run_that_was_taken_over_can_end_nothing(owed: Owed, database: Database) -> None:
    wake = wanted(owed)
    lost = owed.claim(wake, "one", "run-1")
    bury(database, "one")
    taken = owed.claim(wake, "two", "run-2")
    assert lost
    assert taken
    assert owed.finish(lost) is None
    assert owed.fail(lost, Retry("late", 1.0)) is None
    assert owed.claim(wake, "two", "run-3") is None, "the second run still holds it"
    owed.finish(taken)
    assert owed.overdue(HOUR) == []


def test_only_the_awaited_wake_up_may_come_before_its_time(owed: Owed, clock: Clock) -> None:
    claim = owed.claim(wanted(owed), "one", "run-1")
    assert claim
    later = owed.fail(claim, Retry("trouble", 10.0))
    assert later
    assert later.delay == 10.0
    assert owed.want("f", "k") is None, "a new want waits with it"
    assert owed.claim(replace(later, id=ANY), "two", "run-2") is None
    assert owed.overdue(HOUR) == []
    assert owed.claim(later, "two", "run-2")


def test_failures_in_a_row_are_counted_from_the_first(owed: Owed, clock: Clock) -> None:
    wake: Wake | None = wanted(owed)
    for attempt in range(3):
        assert wake
        claim = owed.claim(wake, "one", f"run-{attempt}")
        assert claim
        assert claim.attempts == attempt
        assert claim.first_failed_at == (NOW if attempt else None)
        wake = owed.fail(claim, Retry("trouble", 10.0))
        clock.forward(20)


def test_the_sweep_sees_what_is_due_and_run_by_nobody_alive(owed: Owed, database: Database) -> None:
    wake = wanted(owed)
    assert owed.overdue(HOUR) == [wake]
    owed.claim(wake, "one", "run-1")
    assert owed.overdue(HOUR) == []
    bury(database, "one")
    assert owed.overdue(HOUR) == [replace(wake, id="")]


def test_what_is_given_up_is_overdue_after_its_hour(owed: Owed, clock: Clock) -> None:
    claim = owed.claim(wanted(owed), "one", "run-1")
    assert claim
    assert owed.fail(claim, Retry("a bug", 1.0, give_up=True)) is None
    clock.forward(3599)
    assert owed.overdue(HOUR) == []
    clock.forward(1)
    lost = owed.overdue(HOUR)
    assert len(lost) == 1
    assert owed.wake_again(lost[0])


def test_what_is_wanted_during_its_last_attempt_is_not_given_up(owed: Owed) -> None:
    claim = owed.claim(wanted(owed), "one", "run-1")
    assert claim
    owed.want("f", "k")
    assert owed.fail(claim, Retry("a bug", 1.0, give_up=True))


def test_a_lost_wake_up_is_replaced_once(owed: Owed) -> None:
    lost = wanted(owed)
    assert owed.wake_again(lost)
    assert owed.wake_again(lost) is None


def test_claims_of_runs_that_are_over_are_freed(owed: Owed) -> None:
    wake = wanted(owed)
    owed.claim(wake, "one", "run-1")
    assert owed.forget_runs("one", lambda: {"run-1"}) == 0
    assert owed.forget_runs("two", set) == 0
    assert owed.overdue(HOUR) == []
    assert owed.forget_runs("one", set) == 1
    assert len(owed.overdue(HOUR)) == 1


def test_a_copy_of_a_delivery_on_its_way_sends_no_second_wake_up(owed: Owed) -> None:
    delivery = StoredDelivery("guid-1", "push", b"{}", NOW)
    accepted, wake = owed.intake(delivery)
    assert accepted
    assert wake
    assert owed.intake(delivery) == (True, None)
    claim = owed.claim(wake, "one", "run-1")
    assert claim
    assert owed.intake(delivery) == (True, None)
    owed.finish(claim)
    assert owed.intake(delivery) == (False, None)


def test_a_foreign_lock_on_sqlite_delays_a_delivery_but_loses_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    migrate(url)
    database = Database(url)
    backup = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None, check_same_thread=False)
    backup.execute("BEGIN IMMEDIATE")
    release = threading.Timer(1.0, backup.rollback)
    release.start()
    begun = time.monotonic()
    accepted, _ = Owed(database, lambda: NOW).intake(StoredDelivery("guid-1", "push", b"{}", NOW))
    assert accepted
    assert time.monotonic() - begun >= 0.9
    release.join()
    backup.close()
    database.close()


def test_errors_of_the_database_name_no_contents(database: Database) -> None:
    def keep() -> None:
        with database.write() as session:
            session.add(AnswerRow(key="k", value="private code", at=NOW))

    keep()
    with pytest.raises(IntegrityError) as caught:
        keep()
    assert "private code" not in str(caught.value)


def test_a_process_whose_count_stands_still_is_declared_dead(database: Database, clock: Clock) -> None:
    me, other = Processes(database, "one", clock), Processes(database, "two", clock)
    me.beat()
    other.beat()
    assert me.bury(stale_after=0.0001) == []
    other.beat()
    assert me.bury(stale_after=0.0001) == [], "it moved"
    assert me.bury(stale_after=0.0) == ["two"]
    assert me.living() == {"one"}
    assert not other.beat(), "it learns of its death"
    assert me.living() == {"one", "two"}


def test_one_process_leads_and_the_next_follows(database: Database, clock: Clock) -> None:
    first = Processes(database, "b", clock)
    clock.forward(1)
    second = Processes(database, "a", clock)
    first.beat()
    second.beat()
    assert (first.leads(), second.leads()) == (True, False)
    first.leave()
    assert second.leads()
