"""Notice wrong settings: shards that two processes have, or none has, and processes that count shards differently."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.storage.errors import StorageUnavailable
from bot.storage.progress import Progress, ShardProgress

logger = logging.getLogger(__name__)

PAUSE_BETWEEN_LOOKS = 60.0  # seconds; also before the first look, when a process may have just been replaced
IS_THERE = timedelta(seconds=15)  # since a process last wrote; it does so every 5 s
IS_MISSED = timedelta(minutes=5)  # since any process did


class ShardWatch:
    """Warn once of each thing that is wrong with how the shards are divided.

    Args:
        now: the time by Discord's clock, as the processes write it.
        own: the shards of this process, and how many there are in all.
        progress: what the processes write.
    """

    def __init__(
        self, *, now: Callable[[], datetime], own: Callable[[], tuple[Collection[int], int]], progress: Progress
    ) -> None:
        self._now = now
        self._own = own
        self._progress = progress

    async def keep_up(self) -> None:
        """Look again and again, until canceled."""
        told: tuple[str, ...] = ()
        while True:
            await asyncio.sleep(PAUSE_BETWEEN_LOOKS)
            with suppress(StorageUnavailable):  # whoever needs the database says so
                own, count = self._own()
                rows = await self._progress.all()
                found = complaints(rows, own=own, count=count, process=self._progress.process, now=self._now())
                for complaint in found:
                    if complaint not in told:
                        logger.warning("%s", complaint)
                told = found


def complaints(
    rows: Iterable[ShardProgress], *, own: Collection[int], count: int, process: str, now: datetime
) -> tuple[str, ...]:
    """Return what is wrong, as sentences for the operator."""
    rows = tuple(rows)
    active = [row for row in rows if now - row.seen_until < IS_THERE]
    seen = {row.shard for row in rows if row.count == count and now - row.seen_until < IS_MISSED}
    found = [
        f"This process counts {count} shards, and another one {other}. Some servers may get no answers. Start all "
        "processes with the same SHARD_COUNT."
        for other in sorted({row.count for row in active} - {count})
    ]
    twice = [row for row in active if row.count == count and row.shard in own and row.process != process]
    for name in sorted({row.process for row in twice}):
        shards = _listed(row.shard for row in twice if row.process == name)
        found.append(
            f"The process {name} also has {shards}. Questions are still answered once, but both do the work. Unless "
            "one is about to replace the other, change SHARD_IDS or SHARD_PROCESS of one of them, or stop it."
        )
    if missed := [shard for shard in range(count) if shard not in seen and shard not in own]:
        found.append(
            f"For {IS_MISSED.seconds // 60} minutes, no process has kept up with {_listed(missed)} of {count}. Servers "
            "there get no answers. See whether a process has them, and whether it runs."
        )
    return tuple(found)


def _listed(shards: Iterable[int]) -> str:
    numbers = sorted(shards)
    return f"shard{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
