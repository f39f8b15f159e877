"""Runs flows under a claim and decides how a failed one goes on."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from adapters.ledger.owed import Claim, Owed, Retry, Wake
from domain.errors import GitError, GitHubTroubleError

#: Works off one key; may be run again for the same key at any time, never twice at once.
Flow = Callable[[str], None]

#: Told of trouble at GitHub or in git: flow, key, error, and for how many seconds this key has been failing.
Trouble = Callable[[str, str, Exception, float], None]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How failed flows are retried.

    Attributes:
        first: seconds before the second attempt; each further wait is twice as long, up to `longest`.
        bug_limit: attempts after which a bug of ours is left to the sweep; trouble of others is retried for ever.
        seed: makes the jitter repeatable, None for a fresh one.
    """

    first: float = 2.0
    longest: float = 60.0
    bug_limit: int = 8
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the engine moves; the defaults suit a service, tests go faster.

    Attributes:
        slots: flows that run at a time in one process.
        poll: seconds between two looks for wake-ups from other processes and for expired timers.
        heartbeat: seconds between two signs of life; after `stale_after` without one a process counts as dead.
        sweep: seconds between two searches for what is owed but not awaited by any wake-up.
        given_up_for: after that long, what a bug of ours made hopeless is tried once more.
    """

    slots: int = 8
    poll: float = 1.0
    heartbeat: float = 3.0
    stale_after: float = 15.0
    sweep: float = 30.0
    given_up_for: timedelta = timedelta(hours=1)
    patience: Patience = field(default_factory=Patience)


class Runner:
    """Runs at most `slots` flows of this process at a time; what waits for a slot hasn't claimed anything yet.

    Args:
        me: this process, as the register of processes knows it.
        then: takes the wake-up that follows from a run.
    """

    def __init__(self, owed: Owed, me: str, pace: Pace, then: Callable[[Wake | None], None]) -> None:
        self._owed = owed
        self._me = me
        self._then = then
        self._patience = patience = pace.patience
        self._random = random.Random(patience.seed)  # noqa: S311  jitter, no secret
        self._slots = threading.BoundedSemaphore(pace.slots)
        self._threads = ThreadPoolExecutor(pace.slots, thread_name_prefix="hotfix-flow")
        self._changed = threading.Condition()
        self._present = 0
        self._waiting: set[str] = set()
        self._runs: set[str] = set()
        self._stopping = False
        self._flows: dict[str, Flow] = {}
        self._on_trouble: Trouble | None = None

    def register(self, flows: Mapping[str, Flow], on_trouble: Trouble | None = None) -> None:
        """Name the flows that may be wanted.

        Raises:
            ValueError: one of the names is taken.
        """
        taken = self._flows.keys() & flows.keys()
        if taken:
            raise ValueError(f"registered twice: {', '.join(sorted(taken))}")
        self._flows.update(flows)
        self._on_trouble = on_trouble or self._on_trouble

    @property
    def load(self) -> int:
        """How many wake-ups this process is busy with, those that wait for a slot included."""
        return self._present

    def submit(self, wake: Wake) -> None:
        """Run a wake-up soon, in a thread of ours; one that waits already needn't wait twice."""
        with self._changed:
            if wake.id in self._waiting:
                return
            self._waiting.add(wake.id)
        self._arrive()
        try:
            self._threads.submit(self._run_quietly, wake)
        except RuntimeError:
            self._depart()

    def run(self, wake: Wake) -> None:
        """Do what a wake-up asks for, if it is still owed, and hand on the wake-up that follows from it."""
        self._arrive()
        try:
            self._then(self._run(wake))
        finally:
            self._depart()

    def _run_quietly(self, wake: Wake) -> None:
        with self._changed:
            self._waiting.discard(wake.id)
        try:
            self._then(self._run(wake))
        except Exception as error:
            _log.warning("the ledger couldn't be read or written", flow=wake.flow, key=wake.key, error=str(error))
        finally:
            self._depart()

    def _run(self, wake: Wake) -> Wake | None:
        with self._slots, self._run_id() as run:
            if self._stopping:
                return None
            claim = self._owed.claim(wake, self._me, run)
            if claim is None:
                return None
            with structlog.contextvars.bound_contextvars(flow=claim.flow, key=claim.key):
                return self._attempt(claim)

    def free_lost_runs(self) -> int:
        """Free claims of ours whose run is over but whose end couldn't be written; how many there were."""
        return self._owed.forget_runs(self._me, self._alive)

    def _alive(self) -> frozenset[str]:
        with self._changed:
            return frozenset(self._runs)

    def stop(self, timeout: float) -> bool:
        """Begin nothing more and wait for what runs; whether all of it ended within `timeout` seconds."""
        self._stopping = True
        self._threads.shutdown(wait=False)
        with self._changed:
            return self._changed.wait_for(lambda: not self._present, timeout)

    def _attempt(self, claim: Claim) -> Wake | None:
        try:
            self._flow(claim.flow)(claim.key)
        except (GitHubTroubleError, GitError) as error:
            return self._trouble(claim, error)
        except Exception as error:
            return self._bug(claim, error)
        return self._owed.finish(claim)

    def _flow(self, name: str) -> Flow:
        if name not in self._flows:
            raise LookupError(f"no flow named {name!r} is registered")
        return self._flows[name]

    def _trouble(self, claim: Claim, error: GitHubTroubleError | GitError) -> Wake | None:
        asked_for = error.retry_after if isinstance(error, GitHubTroubleError) else 0.0
        delay = max(self._backoff(claim), asked_for * self._random.uniform(1.0, 1.1))
        _log.warning("trouble, to be retried", error=str(error), attempts=claim.attempts + 1, delay=round(delay, 1))
        self._tell(claim, error)
        return self._owed.fail(claim, Retry(str(error), delay))

    def _bug(self, claim: Claim, error: Exception) -> Wake | None:
        give_up = claim.attempts + 1 >= self._patience.bug_limit
        _log.error("a flow failed", attempts=claim.attempts + 1, gives_up=give_up, exc_info=error)
        return self._owed.fail(claim, Retry(f"{type(error).__name__}: {error}", self._backoff(claim), give_up))

    def _tell(self, claim: Claim, error: Exception) -> None:
        if self._on_trouble is None:
            return
        failing_for = _seconds_since(claim.first_failed_at)
        try:
            self._on_trouble(claim.flow, claim.key, error, failing_for)
        except Exception as failure:
            _log.warning("trouble couldn't be told", error=str(failure))

    def _backoff(self, claim: Claim) -> float:
        exponent = min(claim.attempts, 30)
        wait: float = min(self._patience.first * 2.0**exponent, self._patience.longest)
        return wait * self._random.uniform(0.75, 1.25)

    def _arrive(self) -> None:
        with self._changed:
            self._present += 1

    def _depart(self) -> None:
        with self._changed:
            self._present -= 1
            self._changed.notify_all()

    @contextmanager
    def _run_id(self) -> Iterator[str]:
        run = uuid.uuid4().hex
        with self._changed:
            self._runs.add(run)
        try:
            yield run
        finally:
            with self._changed:
                self._runs.discard(run)


def _seconds_since(moment: datetime | None) -> float:
    return 0.0 if moment is None else max(0.0, time.time() - moment.timestamp())
