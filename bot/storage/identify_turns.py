"""Whose turn it is to begin a session with Discord, among all processes with the same database."""

from __future__ import annotations

from sqlalchemy import func

from bot.storage.database import Database
from bot.storage.schema import identify_turns
from bot.storage.server_clock import milliseconds, server_time

INTERVAL = 5.5  # seconds; Discord asks for 5, and not every request takes the same time to arrive
LONGEST_QUEUE = 3600.0  # seconds; more means that the database's clock was set back


class IdentifyTurns:
    """Turns in the order of asking, one every few seconds for each of Discord's buckets.

    A turn is taken by one short statement in the database's own time, so no process holds a lock, whatever the
    processes' clocks say and whatever becomes of them. For PostgreSQL: an SQLite file has one process.
    """

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def take(self, bucket: int) -> float:
        """Take the next turn in a bucket, and return in how many seconds it is.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        now, interval, longest = server_time(), milliseconds(INTERVAL), milliseconds(LONGEST_QUEUE)
        turns = identify_turns.c.next_at
        take = (
            self._database.insert_into(identify_turns)
            .values(bucket=bucket, next_at=now + interval)
            .on_conflict_do_update(
                index_elements=["bucket"],
                set_={"next_at": func.greatest(now, func.least(turns, now + longest)) + interval},
            )
            .returning(turns - interval - now)
        )
        async with self._database.writing() as connection:
            left: int = (await connection.execute(take)).scalar_one()
        return max(0.0, left / 1000)
