"""The channels where people recently sent the bot direct messages; Discord doesn't list them to a bot.

Each person is kept as a keyed hash, only so that they can be forgotten.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.storage.database import Database
from bot.storage.schema import direct_channels

KEPT_FOR = timedelta(days=30)
MAX_CHANNELS = 1000  # then the oldest are deleted

_NEWEST_FIRST = select(direct_channels.c.channel_id).order_by(
    direct_channels.c.used_at.desc(), direct_channels.c.channel_id.desc()
)


class DirectChannels:
    """The channels of direct messages. Deleted ones are gone from an SQLite file, too, when the call returns."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def remember(self, channel_id: int, person: str, at: datetime) -> None:
        """Store when a person, given as a keyed hash, last wrote in a channel.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        upsert = self._database.upsert(direct_channels, channel_id=channel_id, person=person, used_at=at)
        too_many = _NEWEST_FIRST.offset(MAX_CHANNELS).limit(100)
        async with self._database.writing() as connection:
            await connection.execute(upsert)
            gone = await connection.execute(delete(direct_channels).where(direct_channels.c.channel_id.in_(too_many)))
        self._database.note_deleted(gone.rowcount)

    async def recent(self, limit: int) -> tuple[int, ...]:
        """Return the ids of the channels used last, the newest first.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return tuple(row.channel_id for row in await self._database.rows(_NEWEST_FIRST.limit(limit)))

    async def forget_person(self, person: str) -> int:
        """Delete a person's channels and return how many.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        return await self._database.erase(delete(direct_channels).where(direct_channels.c.person == person))

    async def forget_expired(self, now: datetime) -> int:
        """Delete the channels that haven't been used for long and return how many.

        Raises:
            StorageUnavailable: As `Database.erase`.
        """
        return await self._database.erase(delete(direct_channels).where(direct_channels.c.used_at < now - KEPT_FOR))
