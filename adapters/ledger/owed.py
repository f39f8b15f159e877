"""What is owed: the one mechanism behind "at least once after the last want, never twice at once".

Each flow and key has a row with two counters. Wanting counts `wanted` up; a run that began at revision n and ended
well sets `done` to n. The row also says which process runs the flow now, checked and set under the row's lock: whatever
wakes a flow up, and however often, a second run can't begin before the first ended or its process was declared dead.
A wake-up is only a hint that the engine carries; the sweep sends a lost one again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, null, or_, select, update
from sqlalchemy.orm import Session

from adapters.database import Database
from adapters.ledger.ledger import keep_delivery
from adapters.ledger.models import OwedRow, ProcessRow
from adapters.ledger.upsert import insert
from domain.record import StoredDelivery

#: The flow that works a stored delivery off; its key is the GUID.
DELIVER = "deliver"

_ERROR_LENGTH = 2_000
_IDLE = OwedRow.wake_id.is_(None) & OwedRow.running_by.is_(None)


@dataclass(frozen=True, slots=True)
class Wake:
    """A hint to look at a row, to be carried by the engine; `delay` in seconds."""

    flow: str
    key: str
    id: str
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a flow now.

    Attributes:
        run: this run's own id; `revision` what it works off.
        attempts: failures in a row before it; `first_failed_at` the first of them.
    """

    flow: str
    key: str
    run: str
    revision: int
    attempts: int
    first_failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Retry:
    """How a failed attempt goes on: again in `delay` seconds, or given up until the sweep's hour."""

    error: str
    delay: float
    give_up: bool = False


class Owed:
    """The ledger's debts. Every method is one transaction."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def want(self, flow: str, key: str) -> Wake | None:
        """Owe one more run; the wake-up to send, None where one is on its way or the running one sees to it."""
        wake = Wake(flow, key, uuid.uuid4().hex)
        with self._database.write() as session:
            row = self._upsert(session, wake, {"wanted": OwedRow.wanted + 1, **_woken(wake, _IDLE)})
        return wake if row.wake_id == wake.id else None

    def intake(self, delivery: StoredDelivery) -> tuple[bool, Wake | None]:
        """Keep a delivery and owe its working off, in one transaction.

        Returns:
            whether it was accepted (False: a copy of one that is done), and the wake-up to send.
        """
        wake = Wake(DELIVER, delivery.guid, uuid.uuid4().hex)
        with self._database.write() as session:
            keep_delivery(session, delivery)
            row = self._upsert(session, wake, _woken(wake, _IDLE & (OwedRow.wanted > OwedRow.done)))
        return row.wanted > row.done, wake if row.wake_id == wake.id else None

    def claim(self, wake: Wake, process: str, run: str) -> Claim | None:
        """Take the right to run, None where nothing is owed, it is too early, or a living process runs it."""
        now = self._now()
        # The awaited wake-up comes when it is due, whatever this machine's clock says; any other may be early.
        due = or_(OwedRow.wake_id == wake.id, OwedRow.not_before.is_(None), OwedRow.not_before <= now)
        claimed = (
            update(OwedRow)
            .where(_is(wake), OwedRow.wanted > OwedRow.done, _run_by_nobody(), due)
            .values(wake_id=None, running_by=process, run_id=run, updated_at=now)
            .returning(OwedRow.wanted, OwedRow.attempts, OwedRow.first_failed_at)
        )
        with self._database.write() as session:
            # Locked, so that nobody declares us dead between the look and the claim.
            me = select(ProcessRow.id).filter_by(id=process).with_for_update(read=True)
            if session.scalar(me) is None:
                return None
            row = session.execute(claimed).first()
        return Claim(wake.flow, wake.key, run, *row) if row else None

    def finish(self, claim: Claim) -> Wake | None:
        """Note that a run ended well; the wake-up to send where more was wanted meanwhile."""
        wake = Wake(claim.flow, claim.key, uuid.uuid4().hex)
        more = OwedRow.wanted > claim.revision
        ended = {"running_by": None, "run_id": None, "updated_at": self._now()}
        forgotten = {"attempts": 0, "first_failed_at": None, "last_error": "", "not_before": None, "given_up_at": None}
        done = update(OwedRow).where(_is(claim), OwedRow.run_id == claim.run)
        wake_id = case((more, wake.id), else_=null())
        kept = done.values(done=claim.revision, wake_id=wake_id, **ended, **forgotten).returning(OwedRow.wake_id)
        with self._database.write() as session:
            return wake if session.scalar(kept) == wake.id else None

    def fail(self, claim: Claim, retry: Retry) -> Wake | None:
        """Note a failed attempt and leave it owed; the wake-up of the next one, None where it is given up."""
        now = self._now()
        with self._database.write() as session:
            row = _claimed(session, claim)
            if row is None:
                return None
            row.attempts += 1
            row.first_failed_at = row.first_failed_at or now
            row.last_error = retry.error[:_ERROR_LENGTH]
            row.running_by = row.run_id = None
            row.updated_at = now
            if retry.give_up and row.wanted <= claim.revision:
                row.given_up_at, row.not_before = now, None
                return None
            row.not_before, row.wake_id = now + timedelta(seconds=retry.delay), uuid.uuid4().hex
            return Wake(row.flow, row.key, row.wake_id, retry.delay)

    def forget_runs(self, process: str, alive: Callable[[], Collection[str]]) -> int:
        """Free what a process claimed for runs that it no longer has (their end couldn't be written); how many.

        Args:
            process: whose claims.
            alive: the runs that it has. Asked only once the claims are read: a run that claims after that isn't among
                them, and one that claimed before is alive or over.
        """
        claimed = select(OwedRow.run_id).where(OwedRow.running_by == process)
        with self._database.write() as session:
            runs = {run for run in session.scalars(claimed) if run is not None}
            lost = runs.difference(alive()) if runs else runs
            if not lost:
                return 0
            freed = update(OwedRow).where(OwedRow.run_id.in_(lost)).values(running_by=None, run_id=None)
            return len(session.scalars(freed.returning(OwedRow.key)).all())

    def overdue(self, given_up_for: timedelta) -> Sequence[Wake]:
        """Everything that is owed, due, and run by no living process; `id` is "" where no wake-up is on its way."""
        now = self._now()
        query = select(OwedRow.flow, OwedRow.key, OwedRow.wake_id).where(
            OwedRow.wanted > OwedRow.done,
            or_(OwedRow.not_before.is_(None), OwedRow.not_before <= now),
            or_(OwedRow.given_up_at.is_(None), OwedRow.given_up_at <= now - given_up_for),
            _run_by_nobody(),
        )
        with self._database.read() as session:
            return [Wake(flow, key, wake_id or "") for flow, key, wake_id in session.execute(query)]

    def wake_again(self, lost: Wake) -> Wake | None:
        """Replace a wake-up that was lost or spent; None where somebody else did so first."""
        with self._database.write() as session:
            row = session.get(OwedRow, (lost.flow, lost.key), with_for_update=True)
            if row is None or (row.wake_id or "") != lost.id or row.wanted <= row.done:
                return None
            row.wake_id, row.given_up_at = uuid.uuid4().hex, None
            return Wake(row.flow, row.key, row.wake_id)

    def _upsert(self, session: Session, wake: Wake, change: dict[str, Any]) -> Row[str | None, int, int]:
        first = {"wanted": 1, "done": 0, "attempts": 0, "last_error": "", "updated_at": self._now()}
        made = insert(session, OwedRow).values(flow=wake.flow, key=wake.key, wake_id=wake.id, **first)
        kept = made.on_conflict_do_update(index_elements=["flow", "key"], set_=change)
        return session.execute(kept.returning(OwedRow.wake_id, OwedRow.wanted, OwedRow.done)).one()


def _woken(wake: Wake, condition: ColumnElement[bool]) -> dict[str, Any]:
    return {
        "wake_id": case((condition, wake.id), else_=OwedRow.wake_id),
        # What is asked for anew may well succeed: the state that our bug stumbled over is likely another by now.
        "attempts": case((OwedRow.given_up_at.is_not(None), 0), else_=OwedRow.attempts),
        "given_up_at": null(),
    }


def _is(one: Wake | Claim) -> ColumnElement[bool]:
    return (OwedRow.flow == one.flow) & (OwedRow.key == one.key)


def _run_by_nobody() -> ColumnElement[bool]:
    return or_(OwedRow.running_by.is_(None), OwedRow.running_by.not_in(select(ProcessRow.id)))


def _claimed(session: Session, claim: Claim) -> OwedRow | None:
    row = session.get(OwedRow, (claim.flow, claim.key), with_for_update=True)
    return row if row is not None and row.run_id == claim.run else None
