"""The ledger: our durable record of what was received, what is owed and what was decided."""

from adapters.ledger.ledger import Ledger
from adapters.ledger.migrate import migrate
from adapters.ledger.passing import passing_ledger

__all__ = ["Ledger", "migrate", "passing_ledger"]
