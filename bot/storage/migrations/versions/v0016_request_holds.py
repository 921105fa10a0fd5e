"""Until when all processes hold their requests to Discord."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "request_holds",
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("hold_until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("reason", name="pk_request_holds"),
    )
