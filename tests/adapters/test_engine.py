from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from adapters.database import Database, engine_url, open_engine
from adapters.engine import Engine
from adapters.ledger.models import OwedRow, ProcessRow
from adapters.ledger.owed import Owed
from adapters.ledger.processes import Processes
from adapters.runner import Pace, Patience
from domain.errors import GitError, GitHubTroubleError
from domain.record import StoredDelivery
from handlers.ports import Tasks
from tests.adapters.flows import Recorder
from tests.adapters.waiting import wait_until

PATIENCE = Patience(first=0.05, longest=0.2, bug_limit=3, seed=20260504)
#: Quick, but nobody is declared dead while the machine that tests is busy.
QUICK = Pace(slots=4, poll=0.1, heartbeat=0.1, stale_after=60.0, sweep=0.2, patience=PATIENCE)

Start = Callable[..., Engine]


@pytest.fixture
def start(url: str) -> Iterator[Start]:
    """Launches engines on the fresh database and stops them in the end."""
    launched: list[Engine] = []

    def launch(*, pace: Pace = QUICK, worker: bool = True, **flows: Callable[[str], None]) -> Engine:
        engine = Engine(url, pace)
        engine.register(flows)
        engine.launch(worker=worker)
        launched.append(engine)
        return engine

    yield launch
    for engine in reversed(launched):
        engine.stop()


def a_delivery(guid: str = "guid-1") -> StoredDelivery:
    return StoredDelivery(guid, "pull_request", b"{}", datetime.now(UTC))


def owed(database: Database, flow: str, key: str = "k") -> OwedRow:
    with database.read() as session:
        return session.scalars(select(OwedRow).filter_by(flow=flow, key=key)).one()


def is_done(database: Database, flow: str, key: str = "k") -> bool:
    row = owed(database, flow, key)
    return row.done == row.wanted


def test_the_engine_is_what_the_handlers_ask_for(url: str) -> None:
    tasks: Tasks = Engine(url)
    assert tasks


def test_what_is_wanted_runs_with_its_key(start: Start) -> None:
    flow = Recorder()
    start(inspect=flow).want("inspect", "acme/shop#12")
    flow.wait_for_ends(1)
    assert flow.ended == ["acme/shop#12"]


def test_wanting_while_it_runs_runs_it_once_more(start: Start, database: Database) -> None:
    flow = Recorder()
    engine = start(f=flow)
    flow.hold()
    engine.want("f", "k")
    flow.wait_for_starts(1)
    for _ in range(5):
        engine.want("f", "k")
    assert len(flow.started) == 1
    flow.let_go()
    flow.wait_for_ends(2)
    wait_until(lambda: is_done(database, "f"), "nothing is owed")
    assert (flow.ended, flow.most_at_once) == (["k", "k"], 1)
    assert owed(database, "f").wanted == 6


def test_wants_before_the_run_begins_share_it(start: Start, database: Database) -> None:
    blocker, flow = Recorder(), Recorder()
    engine = start(pace=Pace(slots=1, poll=0.1, heartbeat=0.1, stale_after=60.0, sweep=0.2), blocker=blocker, f=flow)
    blocker.hold()
    engine.want("blocker", "")
    blocker.wait_for_starts(1)
    for _ in range(10):
        engine.want("f", "k")
    blocker.let_go()
    flow.wait_for_ends(1)
    wait_until(lambda: is_done(database, "f"), "nothing is owed")
    assert flow.started == ["k"]


def test_different_keys_run_side_by_side(start: Start) -> None:
    flow = Recorder()
    engine = start(f=flow)
    flow.hold()
    engine.want("f", "a")
    engine.want("f", "b")
    flow.wait_for_starts(2)
    flow.let_go()
    flow.wait_for_ends(2)


def test_forty_copies_of_a_delivery_run_once(start: Start, database: Database) -> None:
    flow = Recorder()
    engine = start(deliver=flow)
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(engine.intake(a_delivery()))) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: is_done(database, "deliver", "guid-1"), "the delivery is worked off")
    assert (len(answers), flow.started) == (40, ["guid-1"])
    assert engine.intake(a_delivery()) == "duplicate"
    assert flow.started == ["guid-1"]


def test_a_copy_of_a_delivery_that_failed_is_accepted_and_tried_again(start: Start, database: Database) -> None:
    flow = Recorder(*[RuntimeError("a bug")] * 3)
    engine = start(deliver=flow)
    assert engine.intake(a_delivery()) == "accepted"
    wait_until(lambda: owed(database, "deliver", "guid-1").given_up_at is not None, "it is given up")
    assert engine.intake(a_delivery()) == "accepted"
    flow.wait_for_ends(1)


def test_trouble_at_github_is_retried_no_sooner_than_github_asks(start: Start, database: Database) -> None:
    flow = Recorder(GitHubTroubleError("rate limited", retry_after=1.0))
    engine = start(f=flow)
    engine.want("f", "k")
    flow.wait_for_starts(1)
    wait_until(lambda: owed(database, "f").attempts == 1, "the failure is noted")
    engine.want("f", "k")
    flow.wait_for_ends(1)
    wait_until(lambda: is_done(database, "f"), "nothing is owed")
    row = owed(database, "f")
    assert flow.at[1] - flow.at[0] >= 1.0
    assert (row.attempts, row.first_failed_at, row.last_error) == (0, None, "")


def test_trouble_is_told_with_how_long_it_lasts(url: str, start: Start) -> None:
    flow = Recorder(GitHubTroubleError("bad gateway"), GitError("time limit"), GitHubTroubleError("bad gateway"))
    told: list[tuple[str, str, str, float]] = []
    engine = start(f=flow)
    engine.register({}, on_trouble=lambda name, key, error, lasts: told.append((name, key, str(error), lasts)))
    engine.want("f", "k")
    flow.wait_for_ends(1)
    assert [entry[:3] for entry in told] == [
        ("f", "k", "bad gateway"),
        ("f", "k", "time limit"),
        ("f", "k", "bad gateway"),
    ]
    assert told[0][3] == 0.0 < told[1][3] < told[2][3]


def test_a_bug_is_retried_and_then_left_to_the_sweep(start: Start, database: Database) -> None:
    flow = Recorder(*[RuntimeError("a bug")] * 3)
    pace = Pace(4, 0.1, 0.1, 60.0, 0.2, given_up_for=timedelta(seconds=2), patience=PATIENCE)
    start(pace=pace, f=flow).want("f", "k")
    wait_until(lambda: owed(database, "f").given_up_at is not None, "it is given up")
    assert (len(flow.started), flow.ended) == (3, [])
    assert owed(database, "f").last_error == "RuntimeError: a bug"
    flow.wait_for_ends(1)
    assert flow.at[3] - flow.at[2] >= 2.0


def test_a_new_want_gives_a_hopeless_key_all_its_tries_again(start: Start, database: Database) -> None:
    flow = Recorder(*[RuntimeError("a bug")] * 5)
    engine = start(f=flow)
    engine.want("f", "k")
    wait_until(lambda: owed(database, "f").given_up_at is not None, "it is given up")
    engine.want("f", "k")
    flow.wait_for_ends(1)
    assert len(flow.started) == 6


def test_an_unknown_flow_is_kept_for_a_version_that_knows_it(start: Start, database: Database) -> None:
    start().want("from-the-future", "k")
    wait_until(lambda: owed(database, "from-the-future").given_up_at is not None, "it is given up")
    row = owed(database, "from-the-future")
    assert row.wanted > row.done
    assert "no flow named 'from-the-future'" in row.last_error


def test_what_was_owed_before_a_crash_is_found_by_the_sweep(start: Start, database: Database) -> None:
    flow = Recorder()
    Owed(database, lambda: datetime.now(UTC)).want("f", "k")
    start(f=flow)
    flow.wait_for_ends(1)
    wait_until(lambda: is_done(database, "f"), "nothing is owed")


def test_looking_for_lost_runs_takes_nothing_from_a_run_that_begins_meanwhile(
    url: str, start: Start, database: Database
) -> None:
    flow = Recorder()
    engine = start(pace=replace(QUICK, heartbeat=0.001, sweep=0.0), f=flow)
    keys = [str(number) for number in range(100)]
    for key in keys:
        engine.want("f", key)
    wait_until(lambda: all(is_done(database, "f", key) for key in keys), "nothing is owed")
    assert sorted(flow.started) == sorted(keys)


def test_a_process_that_does_not_lead_frees_a_run_whose_end_was_lost(start: Start, database: Database) -> None:
    flow, debts = Recorder(), Owed(database, lambda: datetime.now(UTC))
    Processes(database, "the leader", lambda: datetime.now(UTC) - timedelta(hours=1)).beat()
    start(f=flow)
    with database.read() as session:
        me = session.scalars(select(ProcessRow.id).where(ProcessRow.id != "the leader")).one()
    wake = debts.want("f", "k")
    assert wake
    assert debts.claim(wake, me, "a run that is over")
    flow.wait_for_ends(1)


def test_a_run_of_a_process_that_is_no_more_is_taken_over(start: Start, database: Database) -> None:
    now = lambda: datetime.now(UTC)  # noqa: E731
    debts, dead = Owed(database, now), Processes(database, "dead", now)
    dead.beat()
    wake = debts.want("f", "k")
    assert wake
    assert debts.claim(wake, "dead", "run")
    flow = Recorder()
    start(pace=Pace(4, 0.1, 0.1, 2.0, 0.2, patience=PATIENCE), f=flow)
    flow.wait_for_ends(1)


def test_a_delayed_want_is_not_used_up_by_an_earlier_run(start: Start) -> None:
    flow = Recorder()
    engine = start(f=flow)
    engine.want("f", "k", delay=1.5)
    asked = time.monotonic()
    engine.want("f", "k")
    flow.wait_for_ends(2)
    assert flow.at[0] - asked < 1.5 <= flow.at[1] - asked + 0.1


def test_a_process_that_only_accepts_leaves_the_work_to_others(start: Start) -> None:
    flow = Recorder()
    web = start(worker=False)
    assert web.unready() == "no worker has shown a sign of life lately"
    assert web.intake(a_delivery()) == "accepted"
    start(deliver=flow)
    flow.wait_for_ends(1)
    wait_until(lambda: not web.unready(), "the worker is seen")


def test_periodic_work_begins_at_once_and_comes_again(url: str) -> None:
    flow = Recorder()
    engine = Engine(url, QUICK)
    engine.every("sweep", 0.3, lambda: flow("now"))
    engine.launch()
    try:
        flow.wait_for_ends(3)
    finally:
        engine.stop()


def test_stopping_lets_a_run_end(url: str, start: Start, database: Database) -> None:
    flow = Recorder()
    engine = start(f=flow)
    flow.hold()
    engine.want("f", "k")
    flow.wait_for_starts(1)
    threading.Timer(0.2, flow.let_go).start()
    engine.stop()
    assert flow.ended == ["k"]
    assert is_done(database, "f")


def test_what_cannot_end_before_the_stop_stays_owed(start: Start, database: Database) -> None:
    flow = Recorder()
    engine = start(f=flow)
    flow.hold()
    engine.want("f", "k")
    flow.wait_for_starts(1)
    engine.stop(timeout=0.1)
    assert not is_done(database, "f")
    flow.let_go()


def test_a_name_is_registered_once(url: str) -> None:
    engine = Engine(url)
    engine.register({"f": Recorder()})
    with pytest.raises(ValueError, match="registered twice: f"):
        engine.register({"f": Recorder()})


def test_readiness_names_what_is_missing(empty_url: str) -> None:
    engine = Engine(empty_url)
    assert engine.unready() == "the database isn't at this program's revision"


def test_a_lost_database_is_named() -> None:
    engine = Engine("postgresql://nobody@127.0.0.1:1/nothing")
    assert engine.unready() == "the database can't be reached"


def test_a_working_engine_is_ready(start: Start) -> None:
    assert start().unready() == ""


def test_nothing_in_the_engines_tables_can_run_code(start: Start, database: Database) -> None:
    flow = Recorder()
    start(f=flow).want("f", "k", delay=0.1)
    flow.wait_for_ends(1)
    schema = "" if database.is_sqlite else "dbos."
    status, inputs = f"{schema}workflow_status AS status", f"{schema}workflow_input AS input"
    query = f"SELECT status.serialization, input.inputs FROM {status} JOIN {inputs} USING (workflow_uuid)"
    with open_engine(engine_url(database.url)).connect() as connection:
        rows = connection.execute(text(query)).all()
    kept = [(kind, json.loads(inputs)) for kind, inputs in rows]
    assert kept == [("portable_json", {"positionalArgs": ["f", "k"], "namedArgs": {}})]


def test_what_ended_days_ago_is_deleted(url: str, start: Start, database: Database) -> None:
    flow = Recorder()
    start(f=flow).want("f", "k", delay=0.1)
    flow.wait_for_ends(1)
    wait_until(lambda: is_done(database, "f"), "nothing is owed")
    in_five_days = Engine(url, QUICK, now=lambda: datetime.now(UTC) + timedelta(days=5))
    in_five_days.launch(worker=False)
    in_five_days.tidy()
    table = "workflow_status" if database.is_sqlite else "dbos.workflow_status"
    with open_engine(engine_url(database.url)).connect() as connection:
        assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    with database.read() as session:
        assert session.scalars(select(OwedRow.flow).filter_by(flow="f")).all() == []
    in_five_days.stop()
