"""Branches that are watched for what is merged around the gate.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; a branch is watched from where it stands when it is first seen."""
    op.create_table(
        "branches",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("repository", "name", "tip_oid")),
        sa.PrimaryKeyConstraint("repository", "name", name=op.f("pk_branches")),
    )


def downgrade() -> None:
    """Refuse: the ledger is a record, and an older program must not run on a newer one."""
    raise NotImplementedError("the ledger only goes forward; restore a backup instead")
