"""The entries' table as a chain: rows are only ever added, each with the hash of the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.database import Database
from adapters.ledger.models import EntryRow
from adapters.ledger.upsert import insert
from domain.entry import NOTHING_BEFORE, ChainState, Entry, EntryKind, Link, checked, link_hash
from domain.pull_request import PullRequestRef

#: Rows that are held in memory at once while a chain is read.
_AT_ONCE = 500


def add_entry(database: Database, entry: Entry) -> bool:
    """Append an entry to its repository's chain; False where it stands there already.

    Two that append at once want the same place: one gets it, the other looks again.
    """
    stored = entry.storable
    while True:
        with database.write() as session:
            if _is_known(session, stored):
                return False
            if _append(session, stored):
                return True


def entries(database: Database, ref: PullRequestRef) -> Sequence[Entry]:
    """The entries on a pull request, in the order in which they were written."""
    query = select(EntryRow).filter_by(repository=ref.repository.lower(), number=ref.number)
    with database.read() as session:
        rows = session.scalars(query.order_by(EntryRow.position)).all()
    found = (_entry(row) for row in rows)
    return [replace(entry, repository=ref.repository) for entry in found if entry is not None]


def links(database: Database, repository: str) -> Iterator[Link]:
    """A repository's chain from its first link; read in pieces, for it grows for ever."""
    after = 0
    while True:
        query = select(EntryRow).filter_by(repository=repository.lower()).where(EntryRow.position > after)
        with database.read() as session:
            rows = session.scalars(query.order_by(EntryRow.position).limit(_AT_ONCE)).all()
        yield from (_link(row) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].position


def chained_repositories(database: Database) -> Sequence[str]:
    """The repositories that have entries, in lower case."""
    with database.read() as session:
        return session.scalars(select(EntryRow.repository).distinct().order_by(EntryRow.repository)).all()


def verify(database: Database, repository: str) -> ChainState:
    """Check a repository's chain from its first link to the first that is broken."""
    return checked(repository, links(database, repository))


def _is_known(session: Session, entry: Entry) -> bool:
    known = select(EntryRow.position).filter_by(repository=entry.repository, kind=entry.kind, source=entry.source)
    return session.scalar(known) is not None


def _append(session: Session, entry: Entry) -> bool:
    newest = select(EntryRow).filter_by(repository=entry.repository).order_by(EntryRow.position.desc()).limit(1)
    last = session.scalar(newest)
    previous = last.hash if last else NOTHING_BEFORE
    values = {
        "position": last.position + 1 if last else 1,
        "previous": previous,
        "hash": link_hash(previous, entry),
        **_values(entry),
    }
    made = insert(session, EntryRow).values(values).on_conflict_do_nothing().returning(EntryRow.position)
    return session.scalar(made) is not None


def _values(entry: Entry) -> dict[str, object]:
    return {
        "repository": entry.repository,
        "kind": str(entry.kind),
        "source": entry.source,
        "number": entry.number,
        "login": entry.login,
        "subjects": json.dumps(entry.subjects),
        "reason": entry.reason,
        "head_oid": entry.head_oid,
        "base": entry.base,
        "at": entry.at,
        "expires_at": entry.expires_at,
    }


def _link(row: EntryRow) -> Link:
    return Link(row.position, row.previous, row.hash, _entry(row))


def _entry(row: EntryRow) -> Entry | None:
    """What a row says, None where this program can't read it: a newer one wrote it, or somebody spoiled it."""
    try:
        kind, subjects = EntryKind(row.kind), json.loads(row.subjects)
    except ValueError:
        return None
    return Entry(
        kind=kind,
        repository=row.repository,
        number=row.number,
        login=row.login,
        source=row.source,
        at=row.at,
        subjects=tuple(subjects) if isinstance(subjects, list) else (),
        reason=row.reason,
        head_oid=row.head_oid,
        base=row.base,
        expires_at=row.expires_at,
    )
