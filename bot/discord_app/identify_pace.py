"""How long to wait from one session to the next."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque

logger = logging.getLogger(__name__)

_HOUR = 3600.0  # seconds


class IdentifyPace:
    """Spread new sessions: a few at once, then one in a while, so that a day has room for some hundreds at most.

    Args:
        most: sessions that may begin within an hour without a pause; with many shards, one of each and a quarter more.
        pause: seconds from one to the next of those beyond.
    """

    def __init__(self, *, most: int = 20, pause: float = 300.0) -> None:
        self._most = most
        self._pause = pause
        self._begun: deque[float] = deque()

    async def keep(self, *, shards: int = 1) -> None:
        """Wait until the next session may begin. Whoever gives up and comes again doesn't wait from the start."""
        most = max(self._most, shards + self._most // 4)
        now = time.monotonic()
        while len(self._begun) > most or (self._begun and now - self._begun[0] >= _HOUR):
            self._begun.popleft()
        left = self._begun[-1] + self._pause - now if len(self._begun) >= most else 0.0
        if left > 0:
            logger.warning("%d sessions have begun within an hour. The next one waits %.0f s.", most, left)
            await asyncio.sleep(left)
        self._begun.append(time.monotonic())
