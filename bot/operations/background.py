"""Run background tasks for as long as the bot runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

logger = logging.getLogger(__name__)


def begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start work that never ends on its own, and log an error that ends it."""
    task = asyncio.create_task(work)
    task.add_done_callback(_tell)
    return task


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks and wait until they end."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s ended unexpectedly.", task.get_coro().__qualname__, exc_info=error)  # type: ignore[union-attr]
