"""The messages of FAQ boards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "board_messages",
        sa.Column("channel_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("claimed_until", sa.BigInteger),
        sa.PrimaryKeyConstraint("channel_id", "position", name="pk_board_messages"),
    )
    op.create_index("ix_board_messages_message_id", "board_messages", ["message_id"])
    op.create_index("ix_board_messages_server_id", "board_messages", ["server_id"])
