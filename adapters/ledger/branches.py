"""The branches that are watched, and up to where."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from adapters.database import Database
from adapters.ledger.models import BranchRow
from adapters.ledger.upsert import insert


def seen_tip(database: Database, repository: str, branch: str) -> str:
    """Up to which commit a branch was examined, "" where it isn't watched."""
    with database.read() as session:
        row = session.get(BranchRow, (repository.lower(), branch))
    return row.tip_oid if row else ""


def save_tip(database: Database, repository: str, branch: str, oid: str, *, only_new: bool) -> None:
    """Remember up to which commit a branch was examined; with `only_new` a known branch stays as it is."""
    values = {"repository": repository.lower(), "name": branch, "tip_oid": oid}
    with database.write() as session:
        made = insert(session, BranchRow).values(values)
        update = made.on_conflict_do_update(index_elements=["repository", "name"], set_={"tip_oid": oid})
        session.execute(made.on_conflict_do_nothing() if only_new else update)


def watched(database: Database, repository: str) -> Sequence[str]:
    """The names of a repository's branches that are watched."""
    query = select(BranchRow.name).filter_by(repository=repository.lower()).order_by(BranchRow.name)
    with database.read() as session:
        return session.scalars(query).all()
