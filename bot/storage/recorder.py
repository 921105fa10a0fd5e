"""Count what happens without making anyone wait for the database."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter as Amounts
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self

from bot.storage.errors import StorageUnavailable
from bot.storage.statistics import NO_TOPIC, Counter, Event, Statistics
from bot.storage.write_behind import Pace, WriteBehind

logger = logging.getLogger(__name__)

PACE = Pace()
LOG_INTERVAL = 60.0  # seconds between two log lines about failures


def _today() -> date:
    return datetime.now(UTC).date()


class Recorder:
    """Gather counts in memory and write them in batches, in a task that lives as long as the `async with` block.

    While the database is away, counts stay in memory and are retried. When memory is full, events that need a new
    counter are dropped, and a log line, at most one a minute, says how many. A write that may or may not have
    succeeded is repeated, so its counts may be stored twice.

    Args:
        statistics: where to write the counts.
        capacity: how many counters to keep in memory at most.
        pace: when to write.
        today: returns the day to count an event on.
    """

    def __init__(
        self,
        *,
        statistics: Statistics,
        capacity: int = 10_000,
        pace: Pace = PACE,
        today: Callable[[], date] = _today,
    ) -> None:
        self._statistics = statistics
        self._capacity = capacity
        self._writer = WriteBehind(self._write, pace=pace)
        self._today = today
        self._amounts: Amounts[Counter] = Amounts()
        self._in_flight: Amounts[Counter] = Amounts()
        self._dropped = 0
        self._dropped_and_logged = 0
        self._next_log_line = float("-inf")

    @property
    def dropped(self) -> int:
        """How many events were lost since the start."""
        return self._dropped

    @property
    def waiting(self) -> int:
        """How many events are known to be unwritten."""
        return self._amounts.total() + self._in_flight.total()

    def record(self, event: Event, *, server_id: int, topic: str = NO_TOPIC) -> None:
        """Count an event without waiting. Don't use it for votes, which `Votes` counts."""
        counter = Counter(server_id=server_id, topic=topic, event=event, day=self._today())
        has_room = counter in self._amounts or len(self._amounts) + len(self._in_flight) < self._capacity
        if has_room:
            self._amounts[counter] += 1
            self._writer.wake()
        else:
            self._dropped += 1
            self._log_faults("Memory for counts is full")

    async def __aenter__(self) -> Self:
        await self._writer.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._writer.__aexit__(kind, error, traceback)
        if self.waiting:
            logger.warning("%d events could not be written before shutdown.", self.waiting)

    async def _write(self) -> bool:
        """Write all counts and tell whether that worked; keep them if not."""
        if not self._amounts:
            return True
        self._in_flight, self._amounts = self._amounts, Amounts()
        try:
            await self._statistics.add(self._in_flight)
        except Exception as error:  # noqa: BLE001 - whatever it is, keep this task alive
            is_expected = isinstance(error, StorageUnavailable)
            self._log_faults(str(error).removesuffix(".") if is_expected else f"Unexpected {type(error).__name__}")
            return False
        else:
            self._in_flight = Amounts()
            return True
        finally:
            self._amounts.update(self._in_flight)
            self._in_flight = Amounts()

    def _log_faults(self, reason: str) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._next_log_line:
            return
        logger.warning(
            "%s. %d events are waiting to be written, %d were dropped.",
            reason,
            self.waiting,
            self._dropped - self._dropped_and_logged,
        )
        self._dropped_and_logged = self._dropped
        self._next_log_line = now + LOG_INTERVAL
