"""What moderators teach the bot in place, the drafts of it, and whether it waits for approval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the setting; nothing waits in the servers there are."""
    op.create_table(
        "taught",
        sa.Column("item_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("entry_id", sa.String(100), nullable=False),
        sa.Column("question", sa.String(300), nullable=False),
        sa.Column("answer", sa.String(1500)),
        sa.Column("taught_by", sa.BigInteger),
        sa.Column("taught_at", sa.BigInteger, nullable=False),
        sa.Column("waits", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("item_id", name="pk_taught"),
    )
    op.create_index("ix_taught_server_id", "taught", ["server_id"])
    op.create_table(
        "taught_changes",
        sa.Column("server_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("server_id", name="pk_taught_changes"),
    )
    op.create_table(
        "drafts",
        sa.Column("draft_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("server_id", sa.BigInteger, nullable=False),
        sa.Column("person_id", sa.BigInteger, nullable=False),
        sa.Column("entry_id", sa.String(100)),
        sa.Column("question", sa.String(4000), nullable=False),
        sa.Column("answer", sa.String(4000), nullable=False),
        sa.Column("item_id", sa.BigInteger),
        sa.Column("item_version", sa.Integer),
        sa.Column("had_it", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("draft_id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_server_id", "drafts", ["server_id"])
    op.create_index("ix_drafts_person_id", "drafts", ["person_id"])
    op.create_index("ix_drafts_created_at", "drafts", ["created_at"])
    op.add_column(
        "server_settings", sa.Column("taught_items_wait", sa.Boolean, nullable=False, server_default=sa.false())
    )
