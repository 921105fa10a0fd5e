"""Work that goes on as long as the bot does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

logger = logging.getLogger(__name__)


def begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Begin work that never ends by itself; a fault that ends it is logged at once."""
    task = asyncio.create_task(work)
    task.add_done_callback(_tell)
    return task


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """End work, and wait until it has ended."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s has ended, which it never should.", task.get_coro().__qualname__, exc_info=error)  # type: ignore[union-attr]
