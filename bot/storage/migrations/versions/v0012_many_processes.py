"""What several processes with shards of their own tell each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; `progress` stays, for what was seen until now."""
    op.create_table(
        "shard_progress",
        sa.Column("shard_count", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("shard_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("seen_until", sa.BigInteger, nullable=False),
        sa.Column("process", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("shard_count", "shard_id", name="pk_shard_progress"),
    )
    op.create_table(
        "identify_turns",
        sa.Column("bucket", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("bucket", name="pk_identify_turns"),
    )
    op.create_table(
        "registered_commands",
        sa.Column("application_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(64)),
        sa.Column("at_discord", sa.String(64)),
        sa.Column("claimed_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("application_id", name="pk_registered_commands"),
    )
    op.create_table(
        "claimed_clicks",
        sa.Column("interaction_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("claimed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_claimed_clicks"),
    )
    op.create_index("ix_claimed_clicks_claimed_at", "claimed_clicks", ["claimed_at"])
    op.create_table(
        "settings_changes",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_settings_changes_only_one"),
        sa.PrimaryKeyConstraint("id", name="pk_settings_changes"),
    )
