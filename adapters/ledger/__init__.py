"""The ledger: our durable record of what was received, what is owed and what was decided."""

from adapters.ledger.ledger import Ledger
from adapters.ledger.migrate import migrate

__all__ = ["Ledger", "migrate"]
