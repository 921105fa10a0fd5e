"""Unanswered questions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "unanswered",
        sa.Column("message_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("asker", sa.String(64), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("reason", sa.String(30), nullable=False),
        sa.Column("nearest", sa.String(100)),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_unanswered"),
    )
    op.create_index("ix_unanswered_server_id", "unanswered", ["server_id"])
    op.create_index("ix_unanswered_asker", "unanswered", ["asker"])
    op.create_index("ix_unanswered_asked_at", "unanswered", ["asked_at"])
