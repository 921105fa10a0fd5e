"""Up to when each shard has seen everything, so that its next process knows what it may have missed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.schema import progress, shard_progress


@dataclass(frozen=True, slots=True)
class ShardProgress:
    """Up to when a shard, one of `count`, has seen everything, and which process said so."""

    count: int
    shard: int
    seen_until: datetime
    process: str


class Progress:
    """The times up to which everything has been seen, by shard.

    Args:
        database: where they are kept.
        process: names this process, among those with the same database.
    """

    def __init__(self, *, database: Database, process: str = "") -> None:
        self._database = database
        self.process = process[:100]

    async def read(self, shards: Collection[int], *, count: int) -> dict[int, datetime]:
        """Return the times of some of `count` shards, with their zone, leaving out those of which nothing is known.

        A shard that is new, because there were more or fewer until now, has seen what each of those has seen.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(shard_progress))).all()
            before = (await connection.execute(select(progress.c.seen_until))).scalar_one_or_none()
        own = {row.shard_id: row.seen_until for row in rows if row.shard_count == count}
        others = [row for row in rows if row.shard_count != count]
        if others:
            latest = max(others, key=lambda row: row.seen_until).shard_count
            before = min(row.seen_until for row in others if row.shard_count == latest)
        found = {shard: own.get(shard, before) for shard in shards}
        return {shard: seen_until for shard, seen_until in found.items() if seen_until is not None}

    async def all(self) -> list[ShardProgress]:
        """Return what every process has written, of former numbers of shards, too.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        rows = await self._database.rows(select(shard_progress))
        return [ShardProgress(row.shard_count, row.shard_id, row.seen_until, row.process) for row in rows]

    async def write(self, seen_until: Mapping[int, datetime], *, count: int) -> None:
        """Store the times of some of `count` shards, with their zone, in place of the former ones.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        insert = self._database.insert_into(shard_progress)
        upsert = insert.on_conflict_do_update(
            index_elements=list(shard_progress.primary_key),
            set_={name: insert.excluded[name] for name in ("seen_until", "process")},
        )
        values = [
            {"shard_count": count, "shard_id": shard, "seen_until": when, "process": self.process}
            for shard, when in sorted(seen_until.items())  # in one order, so that no two processes wait for each other
        ]
        if values:
            async with self._database.writing() as connection:
                await connection.execute(upsert, values)
