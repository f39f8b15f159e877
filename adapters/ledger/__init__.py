"""The ledger: our durable record of what was received, what is owed and what was decided."""

from adapters.ledger.ledger import Ledger
from adapters.ledger.passing import passing_ledger

# `migrate` is a module of its own: what keeps no ledger for good needn't wait for alembic.
__all__ = ["Ledger", "passing_ledger"]
