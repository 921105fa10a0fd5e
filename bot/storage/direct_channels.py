"""In which channels people have lately written to the bot directly: Discord doesn't list them to a bot.

Who it is stands there as a keyed hash, only so that it can be forgotten.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.storage.database import Database
from bot.storage.erasing import Erasing
from bot.storage.schema import direct_channels

KEPT_FOR = timedelta(days=30)
MAX_CHANNELS = 1000  # then the oldest go


class DirectChannels:
    """The channels of direct messages.

    What is deleted is gone from an SQLite file, too, when the call has returned.
    """

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._erasing = Erasing(database=database, table=direct_channels)

    async def remember(self, channel_id: int, person: str, at: datetime) -> None:
        """Store when somebody, by their keyed hash, has last written in a channel; the time has its zone.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        values = {"person": person, "used_at": at}
        insert = self._database.insert_into(direct_channels).values(channel_id=channel_id, **values)
        newest_first = (direct_channels.c.used_at.desc(), direct_channels.c.channel_id.desc())
        too_many = select(direct_channels.c.channel_id).order_by(*newest_first).offset(MAX_CHANNELS).limit(100)
        async with self._database.writing() as connection:
            await connection.execute(insert.on_conflict_do_update(index_elements=["channel_id"], set_=values))
            gone = await connection.execute(delete(direct_channels).where(direct_channels.c.channel_id.in_(too_many)))
        self._erasing.note(gone.rowcount)

    async def recent(self, limit: int) -> tuple[int, ...]:
        """Return the ids of the channels that were used last, the newest first.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        newest_first = (direct_channels.c.used_at.desc(), direct_channels.c.channel_id.desc())
        query = select(direct_channels.c.channel_id).order_by(*newest_first).limit(limit)
        async with self._database.reading() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def forget_person(self, person: str) -> int:
        """Delete somebody's channels; return how many there were.

        Raises:
            StorageUnavailable: As `Erasing.delete`.
        """
        return await self._erasing.delete(direct_channels.c.person == person)

    async def forget_before(self, when: datetime) -> int:
        """Delete the channels that were last used before a time, such as `kept_for` ago; return how many.

        Raises:
            StorageUnavailable: As `Erasing.delete`.
        """
        return await self._erasing.delete(direct_channels.c.used_at < when)
