"""Use the database as soon as it can be used."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.retrying import Retrying
from bot.storage.errors import StorageUnavailable

T = TypeVar("T")

logger = logging.getLogger(__name__)

MAX_PAUSE = 30.0  # seconds between two attempts


async def once_available(use: Callable[[], Awaitable[T]], *, otherwise: str) -> T:
    """Return what `use` returns, retrying while the database can't be used.

    `otherwise` says in the log what can't be done yet, once for each reason.
    """
    told: set[str] = set()

    def tell(error: BaseException, _pause: float) -> None:
        if str(error) not in told:
            told.add(str(error))
            logger.warning("%s %s", otherwise, error)

    retrying = Retrying(passes=lambda error: isinstance(error, StorageUnavailable), tell=tell, max_pause=MAX_PAUSE)
    return await retrying(use)
