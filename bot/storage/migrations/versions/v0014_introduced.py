"""Whether a hand-off's asker was introduced in its thread, and the role called."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Earlier threads count as introduced."""
    op.add_column("handoffs", sa.Column("introduced_at", sa.BigInteger))
    op.execute("UPDATE handoffs SET introduced_at = claimed_at WHERE thread_id IS NOT NULL")
