"""Which programs can use the schema: during a rollout, older ones go on beside newer ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Programs that don't know it refuse every newer schema."""
    op.create_table(
        "oldest_program",
        sa.Column("revision", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("revision", name="pk_oldest_program"),
    )
    op.execute("INSERT INTO oldest_program (revision) VALUES ('0015')")
