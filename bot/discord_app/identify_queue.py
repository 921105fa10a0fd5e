"""Space out the new sessions of all processes together: Discord allows one every 5 seconds in each of its buckets."""

from __future__ import annotations

import asyncio
import logging
import random
import time

from bot.storage.errors import StorageUnavailable
from bot.storage.identify_turns import INTERVAL, IdentifyTurns

logger = logging.getLogger(__name__)

PATIENCE = 30.0  # seconds without the database, after which sessions start anyway
PAUSE_BETWEEN_ATTEMPTS = 1.0  # seconds


class IdentifyQueue:
    """Start sessions in turn, by the database; without it, one every few seconds, at random.

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
