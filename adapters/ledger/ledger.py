"""What handlers remember and ask for, on SQLite and PostgreSQL; satisfies `handlers.ports.Ledger`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from adapters.database import Database
from adapters.ledger import branches, entries
from adapters.ledger.models import (
    AnswerRow,
    DeliveryRow,
    HeadRow,
    InstallationRow,
    OwedRow,
    PullRequestRow,
    PushRow,
    VerdictRow,
)
from adapters.ledger.upsert import insert
from domain.entry import ChainState, Entry
from domain.errors import UnreadableInputError
from domain.pull_request import PullRequestRef
from domain.record import PullRequestRecord, Push, Release, SavedVerdict, StoredDelivery
from domain.verdict import Conclusion


class Ledger:
    """Our durable record. Every method is one transaction of its own.

    Repository names compare without regard to case, as GitHub compares them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def store_delivery(self, delivery: StoredDelivery) -> bool:
        """Keep a delivery; False where one with this GUID is kept already."""
        with self._database.write() as session:
            return keep_delivery(session, delivery)

    def delivery(self, guid: str) -> StoredDelivery:
        """A kept delivery; raises `UnreadableInputError` where there is none."""
        with self._database.read() as session:
            row = session.get(DeliveryRow, guid)
        if row is None:
            raise UnreadableInputError(f"the ledger holds no delivery {guid}")
        return StoredDelivery(row.guid, row.event, row.payload, row.received_at)

    def pull_request(self, ref: PullRequestRef) -> PullRequestRecord:
        """What is remembered of a pull request; an empty record where nothing is."""
        with self._database.read() as session:
            row = session.get(PullRequestRow, _key(ref))
            head = _newest_head(session, ref)
        record = _record(row) if row else PullRequestRecord()
        return replace(record, head_oid=head.oid, base=head.base) if head else record

    def see_head(self, ref: PullRequestRef, head_oid: str, base: str, at: datetime) -> datetime:
        """Remember when a head was first seen towards a base; the earlier time counts where it was known before."""
        repository, number = _key(ref)
        values = {"repository": repository, "number": number, "oid": head_oid, "base": base, "first_seen_at": at}
        with self._database.write() as session:
            session.execute(insert(session, HeadRow).values(values).on_conflict_do_nothing())
            row = session.get_one(HeadRow, (repository, number, head_oid, base), with_for_update=True)
            row.first_seen_at = min(row.first_seen_at, at)
            return row.first_seen_at

    def ask_again(self, ref: PullRequestRef, *, rewrite: bool) -> None:
        """Forget what the newest verdict rested on; with `rewrite`, have the check run written even if unchanged."""
        with self._database.write() as session:
            row = _for_update(session, ref)
            row.fingerprint = ""
            row.asked += int(rewrite)

    def save_verdict(self, ref: PullRequestRef, verdict: SavedVerdict) -> None:
        """Remember what was decided and what it rested on; the verdict itself is kept for good."""
        with self._database.write() as session:
            _apply(_for_update(session, ref), verdict)
            session.add(_verdict_row(ref, verdict))

    def verdicts(self, ref: PullRequestRef) -> Sequence[SavedVerdict]:
        """Every verdict on a pull request, oldest first."""
        repository, number = _key(ref)
        query = select(VerdictRow).filter_by(repository=repository, number=number).order_by(VerdictRow.id)
        with self._database.read() as session:
            return [_saved_verdict(row) for row in session.scalars(query)]

    def release(self, ref: PullRequestRef, release: Release) -> None:
        """Take a pull request out of the hotfix lane for one head and one base."""
        with self._database.write() as session:
            _set_release(_for_update(session, ref), release)

    def add_entry(self, entry: Entry) -> bool:
        """Append an entry to its repository's chain; False where the same kind and source stand there already."""
        return entries.add_entry(self._database, entry)

    def entries(self, ref: PullRequestRef) -> Sequence[Entry]:
        """The entries on a pull request in the order in which they were written; number 0 for direct pushes."""
        return entries.entries(self._database, ref)

    def verify(self, repository: str) -> ChainState:
        """Check the chain of a repository's entries."""
        return entries.verify(self._database, repository)

    def verdict_on(self, ref: PullRequestRef, head_oid: str, base: str) -> SavedVerdict | None:
        """The newest verdict on a head towards a base, None where there is none."""
        repository, number = _key(ref)
        query = select(VerdictRow).filter_by(repository=repository, number=number, head_oid=head_oid, base=base)
        with self._database.read() as session:
            row = session.scalar(query.order_by(VerdictRow.id.desc()).limit(1))
        return _saved_verdict(row) if row else None

    def seen_tip(self, repository: str, branch: str) -> str:
        """Up to which commit a branch was examined, "" where it isn't watched."""
        return branches.seen_tip(self._database, repository, branch)

    def see_branch(self, repository: str, branch: str, oid: str) -> None:
        """Watch a branch from a commit on; one that is watched already goes on from where it stands."""
        branches.save_tip(self._database, repository, branch, oid, only_new=True)

    def save_tip(self, repository: str, branch: str, oid: str) -> None:
        """Remember up to which commit a branch was examined."""
        branches.save_tip(self._database, repository, branch, oid, only_new=False)

    def watched_branches(self, repository: str) -> Sequence[str]:
        """The names of the branches that are watched."""
        return branches.watched(self._database, repository)

    def close(self, ref: PullRequestRef) -> None:
        """Remember that a pull request is closed and that nothing more is owed to it."""
        with self._database.write() as session:
            _for_update(session, ref).is_open = False

    def note_push(self, push: Push) -> bool:
        """Remember who pushed; whether that says something new. Deliveries come in any order: the newest counts."""
        key = {"repository": _fold(push.repository), "oid": push.oid, "ref": push.ref}
        with self._database.write() as session:
            made = insert(session, PushRow).values(**key, login=push.login, at=push.at)
            newer = {"login": push.login, "at": push.at}
            changed = made.on_conflict_do_update(
                index_elements=["repository", "oid", "ref"],
                set_=newer,
                where=(PushRow.login != push.login) & (PushRow.at <= push.at),
            )
            return session.scalar(changed.returning(PushRow.oid)) is not None

    def pusher(self, repository: str, oid: str, refs: Collection[str]) -> str:
        """Who made one of these refs point at a commit last, "" where we weren't told."""
        query = select(PushRow.login).filter_by(repository=_fold(repository), oid=oid).where(PushRow.ref.in_(refs))
        with self._database.read() as session:
            return session.scalar(query.order_by(PushRow.at.desc()).limit(1)) or ""

    def headed_by(self, repository: str, oid: str) -> Sequence[int]:
        """The numbers of the open pull requests that were judged last with this head."""
        query = select(PullRequestRow.number).filter_by(repository=_fold(repository), head_oid=oid, is_open=True)
        with self._database.read() as session:
            return session.scalars(query.order_by(PullRequestRow.number)).all()

    def hotfixes_headed_by(self, repository: str, oid: str) -> Sequence[int]:
        """The numbers of the open hotfixes that were judged last with this head."""
        query = select(PullRequestRow.number).filter_by(repository=_fold(repository), head_oid=oid)
        with self._database.read() as session:
            return session.scalars(query.filter_by(is_hotfix=True, is_open=True).order_by(PullRequestRow.number)).all()

    def open_hotfixes(self, repository: str) -> Sequence[int]:
        """The numbers of the hotfixes that were open when we last looked: lost `closed` events are healed from it."""
        query = select(PullRequestRow.number).filter_by(repository=_fold(repository), is_hotfix=True, is_open=True)
        with self._database.read() as session:
            return session.scalars(query.order_by(PullRequestRow.number)).all()

    def save_installation(self, repository: str, installation_id: int) -> None:
        """Remember which installation serves a repository (0: none any more)."""
        with self._database.write() as session:
            session.execute(delete(InstallationRow).filter_by(repository=_fold(repository)))
            if installation_id:
                values = {"repository": _fold(repository), "name": repository, "installation_id": installation_id}
                made = insert(session, InstallationRow).values(values)
                session.execute(made.on_conflict_do_update(index_elements=["repository"], set_=values))

    def installation(self, repository: str) -> int:
        """Which installation serves a repository, 0 where we weren't told of any."""
        with self._database.read() as session:
            row = session.get(InstallationRow, _fold(repository))
        return row.installation_id if row else 0

    def repositories(self) -> Sequence[str]:
        """The repositories that an installation serves, as far as we were told."""
        with self._database.read() as session:
            return session.scalars(select(InstallationRow.name).order_by(InstallationRow.repository)).all()

    def recall(self, key: str, newer_than: datetime) -> str | None:
        """A remembered answer of the outside (a team membership), None where there is none that new."""
        with self._database.read() as session:
            row = session.get(AnswerRow, key)
        return row.value if row and row.at > newer_than else None

    def remember(self, key: str, value: str, at: datetime) -> None:
        """Keep an answer of the outside."""
        values = {"key": key, "value": value, "at": at}
        with self._database.write() as session:
            made = insert(session, AnswerRow).values(values)
            session.execute(made.on_conflict_do_update(index_elements=["key"], set_=values))

    def forget(self, prefix: str) -> None:
        """Forget the answers whose keys begin so."""
        with self._database.write() as session:
            session.execute(delete(AnswerRow).where(AnswerRow.key.startswith(prefix, autoescape=True)))

    def prune(self, older_than: datetime) -> None:
        """Delete what only served its time: finished deliveries, finished debts and remembered answers.

        Verdicts, heads and what is known of pull requests stay: they are the record.
        """
        finished = OwedRow.wanted <= OwedRow.done
        owed_guids = select(OwedRow.key).where(OwedRow.flow == "deliver", ~finished)
        old_delivery = DeliveryRow.received_at < older_than
        with self._database.write() as session:
            session.execute(delete(DeliveryRow).where(old_delivery, DeliveryRow.guid.not_in(owed_guids)))
            session.execute(delete(OwedRow).where(finished, OwedRow.updated_at < older_than))
            session.execute(delete(AnswerRow).where(AnswerRow.at < older_than))


def keep_delivery(session: Session, delivery: StoredDelivery) -> bool:
    """Keep a delivery within a transaction of the caller's; whether it is new."""
    values = {
        "guid": delivery.guid,
        "event": delivery.event,
        "payload": delivery.payload,
        "received_at": delivery.received_at,
    }
    made = insert(session, DeliveryRow).values(values).on_conflict_do_nothing().returning(DeliveryRow.guid)
    return session.scalar(made) is not None


def _fold(repository: str) -> str:
    return repository.lower()


def _key(ref: PullRequestRef) -> tuple[str, int]:
    return _fold(ref.repository), ref.number


def _for_update(session: Session, ref: PullRequestRef) -> PullRequestRow:
    repository, number = _key(ref)
    made = insert(session, PullRequestRow).values(_blank(repository, number))
    session.execute(made.on_conflict_do_nothing())
    return session.get_one(PullRequestRow, (repository, number), with_for_update=True)


def _newest_head(session: Session, ref: PullRequestRef) -> HeadRow | None:
    repository, number = _key(ref)
    query = select(HeadRow).filter_by(repository=repository, number=number)
    return session.scalar(query.order_by(HeadRow.first_seen_at.desc()).limit(1))


def _blank(repository: str, number: int) -> dict[str, object]:
    words = dict.fromkeys(("fingerprint", "external_id", "name", "head_oid", "base", "conclusion"), "")
    flags = {"is_open": True, "is_hotfix": False, "asked": 0, "answered": 0}
    return {"repository": repository, "number": number, **words, **flags}


def _apply(row: PullRequestRow, verdict: SavedVerdict) -> None:
    row.is_open = True
    # Only a release takes a pull request out of the lane: else taking the label off would be the way around the gate.
    row.is_hotfix = row.is_hotfix or verdict.is_hotfix
    if verdict.ended is not None and verdict.ended == _release(row):
        _set_release(row, None)
    row.fingerprint, row.fingerprint_at = verdict.fingerprint, verdict.at
    row.external_id, row.name = verdict.external_id, verdict.name
    row.head_oid, row.base = verdict.head_oid, verdict.base
    row.conclusion = verdict.conclusion.value
    row.answered = max(row.answered, verdict.answered)


def _record(row: PullRequestRow) -> PullRequestRecord:
    return PullRequestRecord(
        is_hotfix=row.is_hotfix,
        release=_release(row),
        fingerprint=row.fingerprint,
        fingerprint_at=row.fingerprint_at,
        external_id=row.external_id,
        asked=row.asked,
        answered=row.answered,
        head_oid=row.head_oid,
        base=row.base,
        judged_oid=row.head_oid,
        is_open=row.is_open,
    )


def _release(row: PullRequestRow) -> Release | None:
    if row.released_at is None:
        return None
    return Release(
        head_oid=row.released_head_oid or "",
        base=row.released_base or "",
        login=row.released_by or "",
        reason=row.released_reason or "",
        at=row.released_at,
    )


def _set_release(row: PullRequestRow, release: Release | None) -> None:
    row.released_head_oid = release.head_oid if release else None
    row.released_base = release.base if release else None
    row.released_by = release.login if release else None
    row.released_reason = release.reason if release else None
    row.released_at = release.at if release else None


def _verdict_row(ref: PullRequestRef, verdict: SavedVerdict) -> VerdictRow:
    repository, number = _key(ref)
    return VerdictRow(
        repository=repository,
        number=number,
        head_oid=verdict.head_oid,
        base=verdict.base,
        conclusion=verdict.conclusion.value,
        is_hotfix=verdict.is_hotfix,
        fingerprint=verdict.fingerprint,
        external_id=verdict.external_id,
        name=verdict.name,
        report=verdict.report,
        at=verdict.at,
        answered=verdict.answered,
    )


def _saved_verdict(row: VerdictRow) -> SavedVerdict:
    return SavedVerdict(
        head_oid=row.head_oid,
        base=row.base,
        conclusion=Conclusion(row.conclusion),
        is_hotfix=row.is_hotfix,
        fingerprint=row.fingerprint,
        external_id=row.external_id,
        report=row.report,
        at=row.at,
        name=row.name,
        answered=row.answered,
    )
