"""What Alembic runs; the caller brings an open transaction that holds the lock."""

from __future__ import annotations

from alembic import context

from adapters.ledger.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table="hotfix_guard_revision",
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
