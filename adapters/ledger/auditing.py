"""The ledger for auditors: opened to be read, whatever service runs beside it, and never made or migrated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from adapters.database import Database, parse_url
from adapters.ledger import entries
from adapters.ledger.migrate import at_head
from domain.entry import ChainState, Link, checked
from domain.errors import UnreadableInputError


@dataclass(frozen=True, slots=True)
class Audit:
    """What auditors ask of the ledger."""

    database: Database

    def repositories(self) -> Sequence[str]:
        """The repositories that have entries, in lower case."""
        return entries.chained_repositories(self.database)

    def links(self, repository: str) -> Iterator[Link]:
        """A repository's entries in their chain, oldest first."""
        return entries.links(self.database, repository)

    def verify(self, repository: str) -> ChainState:
        """Check a repository's chain."""
        return checked(repository, self.links(repository))


@contextmanager
def audited(url: str) -> Iterator[Audit]:
    """Open a ledger for auditors.

    Raises:
        SettingsError: the URL is none.
        UnreadableInputError: there is no ledger of this version, or it can't be read.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).is_file():
        raise UnreadableInputError(f"there is no ledger at {parsed.database}: set DATABASE_URL as the service has it")
    database = Database(url)
    try:
        with database.read() as session:
            if not at_head(session.connection()):
                raise UnreadableInputError(
                    "the ledger is another version's: use the program of the service that keeps it"
                )
        yield Audit(database)
    except SQLAlchemyError as error:
        raise UnreadableInputError(f"the ledger can't be read ({type(error).__name__})") from error
    finally:
        database.close()
