"""Space out new sessions, within a day and between all processes."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque

from bot.storage.errors import StorageUnavailable
from bot.storage.identify_turns import INTERVAL, IdentifyTurns

logger = logging.getLogger(__name__)

PATIENCE = 30.0  # seconds without the database, after which sessions start anyway
PAUSE_BETWEEN_ATTEMPTS = 1.0  # seconds
_HOUR = 3600.0  # seconds


class IdentifyPace:
    """Let some sessions begin at once, then one every few minutes, so that a day has some hundreds at most.

    Discord allows 1,000 a day, and resets the token of a bot that needs more.

    Args:
        most: sessions that may begin within an hour without a pause; with many shards, one for each and a quarter more.
        pause: seconds between further ones.
    """

    def __init__(self, *, most: int = 20, pause: float = 300.0) -> None:
        self._most = most
        self._pause = pause
        self._begun: deque[float] = deque()

    async def keep(self, *, shards: int = 1) -> None:
        """Wait until the next session may begin. Someone who gives up and comes back doesn't start over."""
        most = max(self._most, shards + self._most // 4)
        now = time.monotonic()
        while len(self._begun) > most or (self._begun and now - self._begun[0] >= _HOUR):
            self._begun.popleft()
        left = self._begun[-1] + self._pause - now if len(self._begun) >= most else 0.0
        if left > 0:
            logger.warning("%d sessions have begun within an hour. The next one waits %.0f s.", most, left)
            await asyncio.sleep(left)
        self._begun.append(time.monotonic())


class IdentifyQueue:
    """Start the sessions of all processes in turn, by the database; without it, one every few seconds, at random.

    Discord allows one every 5 seconds in each of its buckets.

    If a process still comes too early, Discord turns it away, and it tries again.

    Args:
        turns: of all processes.
        patience: seconds to wait for the database.
        interval: seconds between the sessions of this process without it.
    """

    def __init__(self, *, turns: IdentifyTurns, patience: float = PATIENCE, interval: float = INTERVAL) -> None:
        self._turns = turns
        self._patience = patience
        self._interval = interval
        self._away_since: float | None = None

    async def wait(self, bucket: int) -> None:
        """Wait until a session may start."""
        await asyncio.sleep(await self._pause(bucket))

    async def _pause(self, bucket: int) -> float:
        while True:
            try:
                pause = await self._turns.take(bucket)
            except StorageUnavailable as error:
                if self._away_since is None:
                    self._away_since = time.monotonic()
                    logger.warning("Starting sessions without a turn in %.0f s. %s", self._patience, error)
                if time.monotonic() - self._away_since >= self._patience:
                    return self._interval * random.uniform(1.0, 2.0)  # noqa: S311 - protects nothing
                await asyncio.sleep(PAUSE_BETWEEN_ATTEMPTS)
            else:
                self._away_since = None
                return pause
