"""Cache in memory what several processes may change, so that no answer waits for the database."""

from __future__ import annotations

import asyncio
import secrets
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import Table

from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

PAUSE_BETWEEN_LOOKS = 2.0  # seconds until other processes notice a change
_STAMPS = 2**62


class CachedStore(ABC):
    """A store in memory that is read again when a change of any process has left another stamp."""

    def __init__(self, *, database: Database, pause: float = PAUSE_BETWEEN_LOOKS) -> None:
        self._database = database
        self._pause = pause
        self._is_loaded = False

    @property
    def is_loaded(self) -> bool:
        """Whether it has been read; until then, nobody seems to have stored anything."""
        return self._is_loaded

    async def load_all(self) -> None:
        """Read it, unless it has been read.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        if not self._is_loaded:
            await self.refresh()

    @abstractmethod
    async def refresh(self) -> None:
        """Read what has changed.

        Raises:
            StorageUnavailable: The database can't be used now; what is in memory stays.
        """

    async def watch(self) -> None:
        """Follow what other processes change, until canceled."""
        while True:
            await asyncio.sleep(self._pause)
            with suppress(StorageUnavailable):  # whoever needs the database says so
                await self.refresh()

    async def _stamp_change(self, connection: AsyncConnection, stamps: Table, **key: int) -> None:
        """Leave another stamp as part of a change; whoever changes the same waits until that is done."""
        await connection.execute(self._database.upsert(stamps, **key, stamp=secrets.randbelow(_STAMPS)))
