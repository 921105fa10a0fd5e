"""People who had their questions deleted, so that none of them comes back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "forgotten",
        sa.Column("asker", sa.String(64), nullable=False),
        sa.Column("forgotten_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("asker", name="pk_forgotten"),
    )
    op.create_index("ix_forgotten_forgotten_at", "forgotten", ["forgotten_at"])
