"""Votes on entries, one per person, entry, and server; those cast so far are taken over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and let each person's last vote on an entry be their vote on it."""
    made = op.create_table(
        "entry_votes",
        sa.Column("server_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("voter", sa.String(64), nullable=False),
        sa.Column("helpful", sa.Boolean, nullable=False),
        sa.Column("voted_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("server_id", "topic", "voter", name="pk_entry_votes"),
    )
    op.create_index("ix_entry_votes_voter", "entry_votes", ["voter"])
    votes = sa.table("votes", *map(sa.column, ("server_id", "voter", "voted_at")), sa.column("topics", sa.JSON))
    votes.append_column(sa.column("helpful", sa.Boolean))
    last = {
        (vote.server_id, topic, vote.voter): {"helpful": vote.helpful, "voted_at": vote.voted_at}
        for vote in op.get_bind().execute(sa.select(votes).order_by(votes.c.voted_at))
        for topic in vote.topics or [""]
    }
    op.bulk_insert(
        made,
        [{"server_id": server, "topic": topic, "voter": who, **vote} for (server, topic, who), vote in last.items()],
    )
