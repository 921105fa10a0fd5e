"""The secret key, servers' settings, votes, statistics and posts of the job description."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "secret_key",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_secret_key"),
        sa.CheckConstraint("id = 1", name="ck_secret_key_only_one"),
    )
    op.create_table(
        "server_settings",
        sa.Column("server_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("mention_channels", sa.JSON, nullable=False),
        sa.Column("forum_channels", sa.JSON, nullable=False),
        sa.Column("private_by_default", sa.Boolean, nullable=False),
        sa.Column("minimum_confidence", sa.Float),
        sa.PrimaryKeyConstraint("server_id", name="pk_server_settings"),
    )
    op.create_table(
        "votes",
        sa.Column("message_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("voter", sa.String(64), nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("topics", sa.JSON, nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("voted_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "voter", name="pk_votes"),
    )
    op.create_index("ix_votes_server_id", "votes", ["server_id"])
    op.create_index("ix_votes_voter", "votes", ["voter"])
    op.create_table(
        "statistics",
        sa.Column("server_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("event", sa.String(30), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("server_id", "topic", "event", "day", name="pk_statistics"),
    )
    op.create_table(
        "job_posts",
        sa.Column("message_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("posted_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_job_posts"),
    )
    op.create_index("ix_job_posts_server_id", "job_posts", ["server_id"])
