"""The ledger's tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Index, LargeBinary, MetaData, Text, UniqueConstraint, types
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(types.TypeDecorator[datetime]):
    """An aware time in UTC on both databases; SQLite forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC; a naive one is a bug of ours and refused."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Put the zone back."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Words(types.TypeDecorator[str]):
    """Text from the outside: NUL, which PostgreSQL refuses, and lone surrogates become replacement characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Make the text storable."""
        if value is None:
            return None
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


class Base(DeclarativeBase):
    """All tables of the ledger."""

    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(column_0_label)s"})
    type_annotation_map = {datetime: Moment, str: Words, bytes: LargeBinary}  # noqa: RUF012  SQLAlchemy's own hook


class DeliveryRow(Base):
    """A delivery as GitHub sent it."""

    __tablename__ = "deliveries"

    guid: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str]
    payload: Mapped[bytes]
    received_at: Mapped[datetime] = mapped_column(index=True)


class OwedRow(Base):
    """What is owed: done up to revision `done`, wanted up to `wanted`.

    Attributes:
        wake_id: the newest wake-up on its way, None where none is: more wants needn't send another.
        running_by: the process that runs the flow now; `run_id` that run.
        attempts: failures in a row; `first_failed_at` the first of them.
        not_before: when the next attempt may start, None for at once.
        given_up_at: when a bug of ours had failed too often; only the sweep or a new want tries again.
    """

    __tablename__ = "owed"

    flow: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    wanted: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    wake_id: Mapped[str | None]
    running_by: Mapped[str | None]
    run_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    first_failed_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    not_before: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


# The sweep looks every few seconds for the few rows that are owed among many that are done.
Index("ix_owed_due", OwedRow.flow, OwedRow.key, sqlite_where=OwedRow.wanted > OwedRow.done,
      postgresql_where=OwedRow.wanted > OwedRow.done)  # fmt: skip


class ProcessRow(Base):
    """A living worker process; `beat` counts up while it lives."""

    __tablename__ = "processes"

    id: Mapped[str] = mapped_column(primary_key=True)
    beat: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class PullRequestRow(Base):
    """What is remembered of a pull request; `repository` in lower case, as GitHub compares names."""

    __tablename__ = "pull_requests"

    repository: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    is_hotfix: Mapped[bool] = mapped_column(default=False)
    released_head_oid: Mapped[str | None]
    released_base: Mapped[str | None]
    released_by: Mapped[str | None]
    released_reason: Mapped[str | None]
    released_at: Mapped[datetime | None]
    fingerprint: Mapped[str] = mapped_column(default="")
    fingerprint_at: Mapped[datetime | None]
    external_id: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    head_oid: Mapped[str] = mapped_column(default="")
    base: Mapped[str] = mapped_column(default="")
    conclusion: Mapped[str] = mapped_column(default="")
    asked: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)


class HeadRow(Base):
    """When a head of a pull request was first seen towards a base."""

    __tablename__ = "heads"

    repository: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    oid: Mapped[str] = mapped_column(primary_key=True)
    base: Mapped[str] = mapped_column(primary_key=True)
    first_seen_at: Mapped[datetime]


class PushRow(Base):
    """Who made a ref point at a commit last."""

    __tablename__ = "pushes"

    repository: Mapped[str] = mapped_column(primary_key=True)
    oid: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str]
    at: Mapped[datetime]


class VerdictRow(Base):
    """One decision; rows are only ever added."""

    __tablename__ = "verdicts"
    __table_args__ = (Index("ix_verdicts_pull_request", "repository", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    repository: Mapped[str]
    number: Mapped[int]
    head_oid: Mapped[str]
    base: Mapped[str]
    conclusion: Mapped[str]
    is_hotfix: Mapped[bool]
    fingerprint: Mapped[str]
    external_id: Mapped[str]
    name: Mapped[str]
    report: Mapped[str]
    at: Mapped[datetime]
    answered: Mapped[int]


class EntryRow(Base):
    """One link of a repository's chain; rows are only ever added.

    Attributes:
        position: its place in the chain, from 1: of two that append at once only one gets it.
        previous: the hash of the link before it.
        subjects: a list of texts as JSON.
    """

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("repository", "previous", name="uq_entries_previous"),
        UniqueConstraint("repository", "kind", "source", name="uq_entries_source"),
        Index("ix_entries_pull_request", "repository", "number"),
    )

    repository: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    previous: Mapped[str]
    hash: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]
    login: Mapped[str]
    subjects: Mapped[str]
    reason: Mapped[str]
    head_oid: Mapped[str]
    base: Mapped[str]
    number: Mapped[int]
    at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class InstallationRow(Base):
    """Which installation serves a repository; `name` as GitHub writes it."""

    __tablename__ = "installations"

    repository: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    installation_id: Mapped[int] = mapped_column(types.BigInteger)


class AnswerRow(Base):
    """An answer of the outside that is worth keeping for a while."""

    __tablename__ = "answers"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    at: Mapped[datetime]


class BranchRow(Base):
    """A branch that is watched, and the commit up to which it was examined."""

    __tablename__ = "branches"

    repository: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    tip_oid: Mapped[str]
