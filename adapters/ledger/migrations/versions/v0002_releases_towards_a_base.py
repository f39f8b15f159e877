"""A release speaks of one base: towards another branch a pull request is another proposal.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the base; releases from before have none and count no more, so that somebody looks at them again."""
    op.add_column("pull_requests", sa.Column("released_base", sa.Text(), nullable=True))


def downgrade() -> None:
    """Refuse: the ledger is a record, and an older program must not run on a newer one."""
    raise NotImplementedError("the ledger only goes forward; restore a backup instead")
