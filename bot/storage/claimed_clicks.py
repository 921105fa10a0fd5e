"""Which process carries out a click that more than one of them received."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from bot.storage.database import Database
from bot.storage.schema import claimed_clicks

KEPT_FOR = timedelta(hours=1)  # Discord accepts no response to a click after 15 minutes


class ClaimedClicks:
    """The clicks that change something: during an update, Discord sends each to the old process and to the new one."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def claim(self, interaction_id: int) -> bool:
        """Claim a click; return whether no process has claimed it before.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        insert = self._database.insert_into(claimed_clicks)
        claim = insert.values(interaction_id=interaction_id, claimed_at=datetime.now(UTC)).on_conflict_do_nothing()
        async with self._database.writing(outlives_power_loss=False) as connection:
            return (await connection.execute(claim)).rowcount > 0

    async def forget_expired(self, now: datetime) -> None:
        """Delete the claims that have been kept long enough.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._database.execute(delete(claimed_clicks).where(claimed_clicks.c.claimed_at <= now - KEPT_FOR))
