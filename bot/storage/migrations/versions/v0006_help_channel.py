"""The channel of a server that refusals point to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("server_settings", sa.Column("help_channel", sa.BigInteger))
