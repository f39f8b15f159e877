from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from adapters.database import Database, engine_url, parse_url
from adapters.engine import migrate as migrate_all
from adapters.ledger.migrate import VERSION_TABLE, at_head, migrate
from adapters.ledger.models import Base
from domain.errors import SettingsError

ROOT = Path(__file__).parents[2]
MIGRATE = "import sys; from adapters.engine import migrate; migrate(sys.argv[1])"


def test_the_migrations_lead_to_the_models(database: Database) -> None:
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"version_table": VERSION_TABLE})
        differences = [entry for entry in compare_metadata(context, Base.metadata) if entry[0] != "remove_table"]
        assert differences == []
        assert at_head(session.connection())


def test_an_empty_database_is_not_at_head(empty_url: str) -> None:
    database = Database(empty_url)
    with database.read() as session:
        assert not at_head(session.connection())
    database.close()


def test_processes_that_migrate_at_once_all_succeed(empty_url: str) -> None:
    command = [sys.executable, "-c", MIGRATE, empty_url]
    running = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate(timeout=60)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], errors


def test_migrating_again_changes_nothing(url: str) -> None:
    migrate_all(url)
    migrate_all(url)


def test_a_ledger_of_a_newer_program_is_refused_in_one_sentence(url: str, database: Database) -> None:
    with database.write() as session:
        session.connection().exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(SettingsError, match="revision 9999, which this version of Hotfix Guard doesn't know"):
        migrate(url)


@pytest.mark.parametrize("wrong", ["sqlite://", "sqlite:///:memory:", "mysql://a/b", "no url at all", ""])
def test_a_database_that_cannot_hold_the_ledger_is_refused(wrong: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        parse_url(wrong)


def test_the_common_spellings_of_postgresql_all_use_psycopg_3() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        assert parse_url(f"{scheme}://me@db/x").drivername == "postgresql+psycopg"


def test_the_engine_has_a_sqlite_file_of_its_own() -> None:
    assert engine_url(parse_url("sqlite:////data/ledger.sqlite")).database == "/data/ledger-engine.sqlite"
    assert engine_url(parse_url("postgresql://me@db/x")).database == "x"


def test_a_sqlite_ledger_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    migrate_all(f"sqlite:///{tmp_path / 'deep' / 'ledger.sqlite'}")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "deep").iterdir()}
    assert modes == {"ledger.sqlite": 0o600, "ledger-engine.sqlite": 0o600}
