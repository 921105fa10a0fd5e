"""Space out new sessions: Discord allows 1,000 a day, and resets the token of a bot that needs more."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque

logger = logging.getLogger(__name__)

_HOUR = 3600.0  # seconds


class IdentifyPace:
    """Let some sessions begin at once, then one every few minutes, so that a day has some hundreds at most.

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
