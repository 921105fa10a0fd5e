"""What uses of a database complain of, and what they come to once it is back."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from bot.storage.errors import StorageUnavailable
from bot.storage.votes import Vote

Result = TypeVar("Result")

TIMEOUT = 0.5
LONGER = 3.0  # where an error must not come from a busy machine
NOT_FOREVER = 60.0  # seconds: only something that never ends takes this long


def vote(number: int = 1) -> Vote:
    return Vote(
        message_id=number,
        server_id=7,
        topics=("coding",),
        voter=f"{number:064}",
        helpful=True,
        cast_at=datetime(2026, 11, 22, tzinfo=UTC),
    )


async def complaint_of(use: Awaitable[object]) -> str:
    """Return the error that a use of the database ends with."""
    with pytest.raises(StorageUnavailable) as complaint:
        async with asyncio.timeout(NOT_FOREVER):
            await use
    return str(complaint.value)


async def recovered(use: Callable[[], Awaitable[Result]]) -> Result:
    """Return what a use comes to once the database is back; a busy machine may need several attempts."""
    async with asyncio.timeout(NOT_FOREVER):
        while True:
            with contextlib.suppress(StorageUnavailable):
                return await use()
