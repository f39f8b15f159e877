"""The worker's heartbeat: it shows that the process lives, buries the dead, and lets the oldest keep the calendar."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from adapters.ledger.processes import Processes

_log = structlog.get_logger(__name__)

#: A beat that took this many heartbeats was held up, by the database or by a sleeping machine.
_HELD_UP = 2.0


@dataclass(frozen=True, slots=True)
class Periodic:
    """Something that the leading process asks for every `seconds`, the first time at once; or each, for itself."""

    seconds: float
    ask: Callable[[], None]
    everywhere: bool = False


class Pulse:
    """One thread that beats until it is stopped.

    Args:
        heartbeat: seconds between two beats.
        stale_after: seconds without a beat after which a process is declared dead.
        on_death: what to do for processes that were just declared dead.
    """

    def __init__(
        self, processes: Processes, heartbeat: float, stale_after: float, on_death: Callable[[list[str]], None]
    ) -> None:
        self._processes = processes
        self._heartbeat = heartbeat
        self._stale_after = stale_after
        self._on_death = on_death
        self._calendar: Sequence[Periodic] = ()
        self._due: dict[int, float] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hotfix-pulse", daemon=True)
        self.last_beat = 0.0

    def start(self, calendar: Sequence[Periodic]) -> None:
        """Write the first beat, then go on beating in a thread of our own."""
        self._calendar = calendar
        self._processes.beat()
        self.last_beat = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Stop beating; the process stays on the register until it leaves."""
        self._stopping.set()
        self._thread.join(timeout=10.0)

    def is_fresh(self) -> bool:
        """Whether the newest beat is young enough for the others to let us live."""
        return time.monotonic() - self.last_beat < self._stale_after

    def _run(self) -> None:
        while not self._stopping.wait(self._heartbeat):
            try:
                self._tick()
            except Exception as error:
                _log.warning("the heartbeat failed", error=str(error))

    def _tick(self) -> None:
        if not self._processes.beat():
            _log.error("this process was declared dead by another, and is back", process=self._processes.me)
        now = time.monotonic()
        if now - self.last_beat > self._heartbeat * (1 + _HELD_UP):
            self._processes.look_afresh()
        self.last_beat = now
        dead = self._processes.bury(self._stale_after)
        if dead:
            _log.warning("processes died", processes=dead)
            self._on_death(dead)
        self._ask(now, self._processes.leads())

    def _ask(self, now: float, leads: bool) -> None:
        for entry, periodic in enumerate(self._calendar):
            if not (leads or periodic.everywhere):
                self._due.pop(entry, None)
            elif self._due.get(entry, now) <= now:
                periodic.ask()
                self._due[entry] = now + periodic.seconds
