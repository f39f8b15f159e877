"""What people said that counts, in one hash chain a repository.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; releases from before stay where they were kept."""
    words = ("previous", "hash", "kind", "source", "login", "subjects", "reason", "head_oid", "base")
    op.create_table(
        "entries",
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("repository", "position", name=op.f("pk_entries")),
        sa.UniqueConstraint("repository", "previous", name=op.f("uq_entries_previous")),
        sa.UniqueConstraint("repository", "kind", "source", name=op.f("uq_entries_source")),
    )
    op.create_index("ix_entries_pull_request", "entries", ["repository", "number"])


def downgrade() -> None:
    """Refuse: the ledger is a record, and an older program must not run on a newer one."""
    raise NotImplementedError("the ledger only goes forward; restore a backup instead")
