"""The durable engine: DBOS carries wake-ups between processes and keeps timers; nothing else knows DBOS.

What is owed stands in the ledger (`adapters.ledger.owed`), so a lost or doubled wake-up is harmless: the engine makes
it fast, the ledger makes it right. docs/decisions/0002-engine.md says why.
"""

from __future__ import annotations

import itertools
import logging
import math
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus
from sqlalchemy.exc import DBAPIError

from adapters.database import Database, engine_url, open_engine, parse_url, reachable
from adapters.ledger import Ledger
from adapters.ledger.migrate import at_head
from adapters.ledger.migrate import migrate as migrate_ledger
from adapters.ledger.owed import Owed, Wake
from adapters.ledger.processes import Processes
from adapters.pulse import Periodic, Pulse
from adapters.runner import Flow, Pace, Runner, Trouble
from adapters.waker import Waker
from domain.errors import SettingsError
from domain.record import StoredDelivery

_NAME = "hotfix-guard"
# Part of DBOS's contract: work is only resumed by processes of the same version. Ours never differs, because a wake-up
# carries no more than a flow's name and key, and the ledger says the rest.
_VERSION = "1"
_QUEUE = "wake-ups"
_WAKE = "wake"
_WANT = "want"
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_BATCH = 500

#: GitHub lets people redeliver for 3 days ("Redelivering webhooks"); what is older can't come again.
_KEEP = timedelta(days=3)
_KEEP_DELIVERIES = _KEEP + timedelta(days=1)


def migrate(url: str) -> None:
    """Bring ledger and engine tables to their newest shape; several processes may do so at once.

    Raises:
        SettingsError: the URL can't be used, nothing answers there, or a newer program made the database.
    """
    try:
        migrate_ledger(url)
        tables = engine_url(parse_url(url))
        open_engine(tables).connect().close()
    except (DBAPIError, OSError) as error:
        said = (str(getattr(error, "orig", error)).splitlines() or [""])[0]
        raise SettingsError(f"the database that DATABASE_URL names can't be used: {said}") from error
    _quieten()
    DBOS.migrate(tables.render_as_string(hide_password=False))


class Engine:
    """Runs what is owed; satisfies `handlers.ports.Tasks`. One per process, as DBOS is.

    Order of calls: `migrate(url)`, `Engine(url)`, `register` and `every`, `launch`, … `stop`.
    """

    def __init__(self, url: str, pace: Pace | None = None, now: Callable[[], datetime] | None = None) -> None:
        self._pace = pace or Pace()
        self._now = now or _utc_now
        me = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self._database = Database(url)
        self.ledger = Ledger(self._database)
        self._owed = Owed(self._database, self._now)
        self._processes = Processes(self._database, me, self._now)
        self._waker = Waker(self._send)
        self._runner = Runner(self._owed, me, self._pace, self._waker.give)
        self._pulse = Pulse(self._processes, self._pace.heartbeat, self._pace.stale_after, self._died)
        self._tables = open_engine(engine_url(self._database.url))
        self._calendar: list[Periodic] = []
        self._client: DBOSClient | None = None
        self._is_worker = False

    def register(self, flows: Mapping[str, Flow], on_trouble: Trouble | None = None) -> None:
        """Name the flows that may be wanted, and who is told of trouble; before `launch`.

        Args:
            flows: plain callables that take a key. One that raises `GitHubTroubleError` or `GitError` is retried for
                ever; after any other exception a few times, then hourly.
            on_trouble: called as (flow, key, error, seconds since the first failure in a row) before each retry.
        """
        self._runner.register(flows, on_trouble)

    def every(self, name: str, seconds: float, deed: Callable[[], None]) -> None:
        """Do something in one of the processes every so many seconds, the first time at once; before `launch`.

        It is a flow like any other ("every NAME"): retried on trouble, never running twice at once.
        """
        flow = f"every {name}"
        self._runner.register({flow: lambda _key: deed()})
        self._calendar.append(Periodic(seconds, lambda: self.want(flow, "")))

    def launch(self, *, worker: bool = True) -> None:
        """Start to work; with `worker=False` only to accept what other processes will do."""
        serializer = DBOSPortableJSONSerializer()
        self._client = DBOSClient(system_database_engine=self._tables, serializer=serializer, application_name=_NAME)
        if worker:
            self._launch_worker()
        self._waker.start()

    def stop(self, timeout: float = 20.0) -> None:
        """End: what runs may finish within `timeout` seconds; the rest stays owed."""
        ended = self._runner.stop(timeout)
        self._waker.stop()
        if self._is_worker:
            DBOS.destroy(destroy_registry=True)
            self._pulse.stop()
            if ended:
                self._processes.leave()
        if self._client is not None:
            self._client.destroy()
        self._tables.dispose()
        self._database.close()

    def want(self, flow: str, key: str, *, delay: float = 0.0) -> None:
        """Owe a run of a flow for a key that begins after now, or after `delay` seconds.

        Wants that come before the run begins share it. A delayed one is a timer of its own: runs in between don't
        use it up.
        """
        if delay > 0:
            self._want_later(flow, key, delay)
        else:
            self._waker.give(self._owed.want(flow, key))

    def intake(self, delivery: StoredDelivery) -> Literal["accepted", "duplicate"]:
        """Keep a delivery and owe the flow "deliver" for its GUID, durably before this returns.

        A copy of one that is worked off is a duplicate; a copy of one that isn't makes sure that it will be.
        """
        accepted, wake = self._owed.intake(delivery)
        self._waker.give(wake)
        return "accepted" if accepted else "duplicate"

    def sweep(self) -> None:
        """Wake everything that is owed and due but that no living process runs or will be woken for."""
        living = self._processes.living()
        self._resume_dead(living)
        for batch in _batches(self._owed.overdue(self._pace.given_up_for)):
            sent = self._sent([wake.id for wake in batch if wake.id])
            for wake in batch:
                self._wake_if_lost(wake, sent.get(wake.id), living)

    def tidy(self) -> None:
        """Delete what is finished and past GitHub's days of redelivery; the record of verdicts stays."""
        self.ledger.prune(self._now() - _KEEP_DELIVERIES)
        before = (self._now() - _KEEP).isoformat()
        while old := self._finished(before):
            self._connected().delete_workflows(old)

    def unready(self) -> str:
        """Why this process shouldn't be sent anything, one sentence; "" when all is well."""
        if not reachable(self._database):
            return "the database can't be reached"
        with self._database.read() as session:
            if not at_head(session.connection()):
                return "the database isn't at this program's revision"
        if not self._worker_is_fresh():
            return "no worker has shown a sign of life lately"
        return ""

    def _worker_is_fresh(self) -> bool:
        if self._is_worker:
            return self._pulse.is_fresh()
        beat = self._processes.newest_beat()
        return beat is not None and (self._now() - beat).total_seconds() < self._pace.stale_after

    def _launch_worker(self) -> None:
        self.every("tidy", 3600.0, self.tidy)
        self._calendar.append(Periodic(self._pace.sweep, self.sweep))
        self._calendar.append(Periodic(self._pace.sweep, self._free_lost_runs, everywhere=True))
        # The others must know us before we hold anything, or they would take it from us.
        self._pulse.start(self._calendar)
        try:
            self._launch_dbos()
        except BaseException:
            self._pulse.stop()
            self._processes.leave()
            raise
        self._is_worker = True

    def _launch_dbos(self) -> None:
        _quieten()
        DBOS(config=self._config())

        @DBOS.workflow(name=_WAKE)
        def wake(flow: str, key: str, wake_id: str) -> None:
            self._runner.run(Wake(flow, key, wake_id))

        @DBOS.workflow(name=_WANT)
        def want(flow: str, key: str) -> None:
            self.want(flow, key)

        DBOS.launch()
        DBOS.register_queue(_QUEUE, worker_concurrency=self._room(), polling_interval_sec=self._pace.poll)

    def _config(self) -> DBOSConfig:
        return {
            "name": _NAME,
            "application_version": _VERSION,
            "executor_id": self._processes.me,
            "system_database_engine": self._tables,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "enable_otlp": False,
            "run_migrations": False,
            # Neither events nor messages nor schedules of DBOS are used: let its threads for them sleep.
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": self._pace.poll,
            "scheduler_polling_interval_sec": 3600.0,
        }

    def _room(self) -> int:
        # More than there are slots, so that a slot never waits for the next poll while there is work.
        return 4 * self._pace.slots

    def _send(self, wake: Wake) -> None:
        if wake.delay <= 0 and self._is_worker and (self._runner.load < self._room() or self._processes.are_we_alone()):
            self._runner.submit(wake)
            return
        options = _options(_WAKE, wake.id, wake.delay)
        self._connected().enqueue(options, wake.flow, wake.key, wake.id)

    def _want_later(self, flow: str, key: str, delay: float) -> None:
        # Named by its second: asking for the same moment again and again makes one timer.
        due = math.ceil(time.time() + delay)
        options = _options(_WANT, f"{_WANT}:{flow}:{key}:{due}", delay)
        self._connected().enqueue(options, flow, key)

    def _connected(self) -> DBOSClient:
        if self._client is None:
            raise RuntimeError("the engine isn't launched")
        return self._client

    def _died(self, _dead: list[str]) -> None:
        self.sweep()

    def _free_lost_runs(self) -> None:
        # Nobody else can tell: to the others a claim of ours is good while we live.
        if self._runner.free_lost_runs():
            self.sweep()

    def _resume_dead(self, living: frozenset[str]) -> None:
        pending = self._connected().list_workflows(status="PENDING", load_input=False, load_output=False)
        orphans = [flow.workflow_id for flow in pending if flow.executor_id not in living]
        if orphans:
            self._connected().resume_workflows(orphans, queue_name=_QUEUE)

    def _sent(self, wake_ids: list[str]) -> dict[str, WorkflowStatus]:
        if not wake_ids:
            return {}
        found = self._connected().list_workflows(workflow_ids=wake_ids, load_input=False, load_output=False)
        return {flow.workflow_id: flow for flow in found}

    def _wake_if_lost(self, wake: Wake, sent: WorkflowStatus | None, living: frozenset[str]) -> None:
        if wake.id and sent is None:
            self._waker.give(wake)
        elif sent is None or not _is_coming(sent, living):
            self._waker.give(self._owed.wake_again(wake))

    def _finished(self, before: str) -> list[str]:
        found = self._connected().list_workflows(
            status=_FINISHED, completed_before=before, limit=_BATCH, load_input=False, load_output=False
        )
        return [flow.workflow_id for flow in found]


def _options(workflow: str, workflow_id: str, delay: float) -> EnqueueOptions:
    options: EnqueueOptions = {
        "workflow_name": workflow,
        "workflow_id": workflow_id,
        "queue_name": _QUEUE,
        "app_version": _VERSION,
    }
    if delay > 0:
        options["delay_seconds"] = delay
    return options


def _is_coming(sent: WorkflowStatus, living: frozenset[str]) -> bool:
    if sent.status == "PENDING":
        return sent.executor_id in living
    return sent.status in {"ENQUEUED", "DELAYED"}


def _batches(wakes: Sequence[Wake]) -> Iterable[Sequence[Wake]]:
    remaining = iter(wakes)
    while batch := list(itertools.islice(remaining, _BATCH)):
        yield batch


def _quieten() -> None:
    # DBOS brings a console handler of its own unless there is one, and greets with an advertisement at INFO.
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)


def _utc_now() -> datetime:
    return datetime.now(UTC)
