"""Up to when the bot has seen everything, so that after a restart it knows what it may have missed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.schema import progress


class Progress:
    """The time up to which everything has been seen."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def read(self) -> datetime | None:
        """Return the time, with its zone; None: nothing has been seen yet.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.reading() as connection:
            return (await connection.execute(select(progress.c.seen_until))).scalar_one_or_none()

    async def write(self, seen_until: datetime) -> None:
        """Store a time, with its zone, in place of the former one.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        insert = self._database.insert_into(progress).values(id=1, seen_until=seen_until)
        async with self._database.writing() as connection:
            await connection.execute(
                insert.on_conflict_do_update(index_elements=["id"], set_={"seen_until": seen_until})
            )
