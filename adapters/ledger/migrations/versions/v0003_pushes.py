"""Who pushed which commit: GitHub tells it by webhook alone.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; of pushes from before nothing is known."""
    op.create_table(
        "pushes",
        sa.Column("repository", sa.Text(), nullable=False),
        sa.Column("oid", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("repository", "oid", "ref", name=op.f("pk_pushes")),
    )


def downgrade() -> None:
    """Refuse: the ledger is a record, and an older program must not run on a newer one."""
    raise NotImplementedError("the ledger only goes forward; restore a backup instead")
