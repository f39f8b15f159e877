"""The database behind ledger and engine: SQLite in WAL mode on one machine, PostgreSQL through psycopg 3 on many."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from domain.errors import SettingsError

#: Milliseconds that SQLite waits for somebody else's lock. GitHub gives a delivery 10 seconds, so our own writers must
#: be far below; the rest is for a foreign program (a backup) that holds the file.
_BUSY_TIMEOUT = 30_000
_WAL_PATIENCE = 10.0
_WRITES = "hotfix_writes"


class Database:
    """One database, with transactions that know beforehand whether they write.

    SQLite has one writer at a time and no queue for it: a transaction that reads first and writes later fails at once
    when somebody else wrote in between, and waiting connections poll with growing pauses. So writers take the lock at
    the start (`BEGIN IMMEDIATE`), and those of one process wait for each other in memory.
    """

    def __init__(self, url: str) -> None:
        self.url = parse_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = open_engine(self.url)
        if self.is_sqlite:
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writing = self.engine.execution_options(**{_WRITES: True})
        self._turn: threading.Lock | nullcontext[None] = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that writes; commits at the end, rolls back on any error. Not to be nested."""
        with self._turn, Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def parse_url(url: str) -> URL:
    """Read a DATABASE_URL.

    Raises:
        SettingsError: it is no URL of a SQLite file or of a PostgreSQL database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError("DATABASE_URL can't be read: use sqlite:///path/to/file or postgresql://…") from None
    if parsed.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise SettingsError(f"DATABASE_URL names {parsed.drivername}: only SQLite and PostgreSQL are supported")
    if parsed.database in {None, "", ":memory:"}:
        raise SettingsError("DATABASE_URL must name a file for SQLite: what is received must survive a restart")
    return parsed


def engine_url(url: URL) -> URL:
    """Where the engine keeps its own tables: a schema of the same PostgreSQL database, or a second SQLite file.

    The second file has its own write lock: what a worker notes never delays the acceptance of a delivery.
    """
    if url.get_backend_name() != "sqlite":
        return url
    path = Path(str(url.database))
    return url.set(database=str(path.with_name(f"{path.stem}-engine{path.suffix}")))


def open_engine(url: URL) -> Engine:
    """Open a connection pool; a SQLite file is made, readable by its owner only, where there is none.

    Parameters stay out of error messages: they hold payloads of private repositories.
    """
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=10, connect_args={"connect_timeout": 5}
        )
    path = Path(str(url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, pool_size=10, max_overflow=40)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Without a statement of our own, Python's module begins before the first write, and then with the lock: a later
    # upgrade from reading to writing would fail at once when another connection wrote in between.
    connection.isolation_level = "IMMEDIATE"
    connection.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT}")
    connection.execute("PRAGMA foreign_keys=ON")
    # FULL: what we told GitHub that we have must survive a power cut, not only a crash of ours.
    connection.execute("PRAGMA synchronous=FULL")
    _use_wal(connection)


def _use_wal(connection: Any) -> None:
    deadline = time.monotonic() + _WAL_PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except Exception as error:
            # The busy timeout doesn't cover the change of mode, which two processes may attempt at once.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def reachable(database: Database) -> bool:
    """Whether the database answers."""
    try:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except OperationalError:
        return False
    return True
