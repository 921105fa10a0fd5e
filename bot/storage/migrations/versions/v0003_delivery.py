"""Claims, how far the bot has seen, and channels of direct messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "claims",
        sa.Column("message_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("face", sa.String(30), nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("server_id", sa.BigInteger),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sa.Column("fate", sa.String(30)),
        sa.Column("settled_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("message_id", "face", name="pk_claims"),
    )
    op.create_index("ix_claims_claimed_at", "claims", ["claimed_at"])
    op.create_table(
        "progress",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("seen_until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_progress"),
        sa.CheckConstraint("id = 1", name="ck_progress_only_one"),
    )
    op.create_table(
        "direct_channels",
        sa.Column("channel_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("used_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name="pk_direct_channels"),
    )
    op.create_index("ix_direct_channels_person", "direct_channels", ["person"])
    op.create_index("ix_direct_channels_used_at", "direct_channels", ["used_at"])
