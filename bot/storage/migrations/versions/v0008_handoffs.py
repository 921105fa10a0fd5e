"""The role that people can ask instead of the bot, and which questions were handed to it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the settings and the table."""
    op.add_column("server_settings", sa.Column("handoff_role", sa.BigInteger))
    op.add_column("server_settings", sa.Column("handoff_channel", sa.BigInteger))
    op.add_column("server_settings", sa.Column("handoff_pings", sa.Integer, nullable=False, server_default="5"))
    op.create_table(
        "handoffs",
        sa.Column("question_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("asker", sa.String(64), nullable=False),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sa.Column("pinged_at", sa.BigInteger),
        sa.Column("thread_id", sa.BigInteger),
        sa.Column("replied_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("question_id", name="pk_handoffs"),
    )
    for column in ("server_id", "asker", "claimed_at", "thread_id"):
        op.create_index(f"ix_handoffs_{column}", "handoffs", [column])
