"""Which worker processes live: each counts its own row up, and watches whether the others' rows still move.

Death is told by the watcher's own clock, from a count that stood still: clocks of machines needn't agree, and a laptop
that slept wakes up without everybody being declared dead (Kubernetes' leader election observes its leases so, too).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, func, select, update

from adapters.database import Database
from adapters.ledger.models import ProcessRow


class Processes:
    """The register of living processes, as one of them sees it."""

    def __init__(self, database: Database, me: str, now: Callable[[], datetime]) -> None:
        self.me = me
        self._database = database
        self._now = now
        self._started_at = now()
        self._observed: dict[str, tuple[int, float]] = {}

    def beat(self) -> bool:
        """Show that we live; False where we had been declared dead and are back."""
        now = self._now()
        counted = update(ProcessRow).filter_by(id=self.me).values(beat=ProcessRow.beat + 1, seen_at=now)
        with self._database.write() as session:
            if session.scalars(counted.returning(ProcessRow.id)).first() is not None:
                return True
            session.add(ProcessRow(id=self.me, beat=1, started_at=self._started_at, seen_at=now))
            return False

    def leave(self) -> None:
        """Take ourselves off the register: nothing of ours runs any more."""
        with self._database.write() as session:
            session.execute(delete(ProcessRow).filter_by(id=self.me))

    def bury(self, stale_after: float) -> list[str]:
        """Declare those dead whose count stood still for `stale_after` seconds of our watching; their ids."""
        beats = self._beats()
        now = time.monotonic()
        before = self._observed
        self._observed = {
            process: before[process] if process in before and before[process][0] == beat else (beat, now)
            for process, beat in beats.items()
        }
        still = [process for process, (_, since) in self._observed.items() if now - since >= stale_after]
        return [process for process in still if process != self.me and self._declare_dead(process)]

    def are_we_alone(self) -> bool:
        """Whether we saw no other process when we looked last."""
        return not (self._observed.keys() - {self.me})

    def look_afresh(self) -> None:
        """Forget what was watched: we were held up ourselves, so the others may have been, too."""
        self._observed.clear()

    def leads(self) -> bool:
        """Whether we are the oldest living process: that one does what needs doing once."""
        oldest = select(ProcessRow.id).order_by(ProcessRow.started_at, ProcessRow.id).limit(1)
        with self._database.read() as session:
            return session.scalar(oldest) == self.me

    def living(self) -> frozenset[str]:
        """The ids of all processes on the register."""
        return frozenset(self._beats())

    def newest_beat(self) -> datetime | None:
        """When any process was seen last, None where none is on the register."""
        with self._database.read() as session:
            return session.scalar(select(func.max(ProcessRow.seen_at)))

    def _beats(self) -> dict[str, int]:
        with self._database.read() as session:
            rows = session.execute(select(ProcessRow.id, ProcessRow.beat)).all()
        return dict(rows)

    def _declare_dead(self, process: str) -> bool:
        beat = self._observed.pop(process)[0]
        gone = delete(ProcessRow).filter_by(id=process, beat=beat).returning(ProcessRow.id)
        with self._database.write() as session:
            return session.scalars(gone).first() is not None
