"""The tags of forum posts that a server doesn't want answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("server_settings", sa.Column("skipped_tags", sa.JSON))
