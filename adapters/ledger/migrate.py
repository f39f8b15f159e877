"""Bringing a database to the ledger's newest shape, safely for several processes that start at once."""

from __future__ import annotations

import alembic.command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from adapters.database import Database
from domain.errors import SettingsError

VERSION_TABLE = "hotfix_guard_revision"

# Any number will do as long as nobody else in the database uses it ("hotfix" in ASCII).
_LOCK = 0x686F74666978


def migrate(url: str) -> None:
    """Bring the database to the newest revision; those who come second wait, then find nothing to do.

    Raises:
        SettingsError: the database was made by a newer program.
    """
    database = Database(url)
    try:
        with database.write() as session:
            connection = session.connection()
            if not database.is_sqlite:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            _refuse_newer(connection)
            config = _config()
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
    finally:
        database.close()


def at_head(connection: Connection) -> bool:
    """Whether the database has this program's newest revision."""
    return _current(connection) == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "adapters.ledger:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def _refuse_newer(connection: Connection) -> None:
    current = _current(connection)
    if current is None:
        return
    try:
        ScriptDirectory.from_config(_config()).get_revision(current)
    except (CommandError, ResolutionError):
        raise SettingsError(
            f"the database is at revision {current}, which this version of Hotfix Guard doesn't know: "
            "run the version that made it, or a newer one"
        ) from None
