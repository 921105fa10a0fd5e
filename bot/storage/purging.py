"""Delete what has been kept long enough."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.storage.errors import StorageUnavailable

logger = logging.getLogger(__name__)

PAUSE_BETWEEN_PURGES = 600.0  # seconds


async def purge_repeatedly(*purges: Callable[[datetime], Awaitable[object]]) -> None:
    """Call each purge with the time, again and again, until canceled. What fails is tried again next time."""
    while True:
        for purge in purges:
            try:
                await purge(datetime.now(UTC))
            except StorageUnavailable as error:
                logger.warning("Expired data can't be deleted yet. %s", error)
        await asyncio.sleep(PAUSE_BETWEEN_PURGES)
