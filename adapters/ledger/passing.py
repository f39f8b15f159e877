"""A ledger for one run: where nothing has to be remembered, but the handlers ask all the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.database import Database
from adapters.ledger.ledger import Ledger
from adapters.ledger.models import Base


@contextmanager
def passing_ledger() -> Iterator[Ledger]:
    """An empty ledger that is gone afterwards."""
    with TemporaryDirectory(prefix="hotfix-guard-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'ledger.sqlite3'}")
        try:
            Base.metadata.create_all(database.engine)
            yield Ledger(database)
        finally:
            database.close()
