"""Let all processes with the same token hold their requests when Discord tells one of them to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress

from bot.discord_app.rest.circuit import Circuit
from bot.discord_app.rest.global_limit import GlobalLimit
from bot.storage.cached import PAUSE_BETWEEN_LOOKS
from bot.storage.errors import StorageUnavailable
from bot.storage.request_holds import HoldReason, RequestHolds

logger = logging.getLogger(__name__)

_SAME = 0.5  # seconds; ends that are no farther apart are those of one hold, told of to several processes


Gate = Circuit | GlobalLimit
"""What holds requests back in this process."""


class SharedHolds:
    """Tell the other processes what Discord told this one, and do as they say.

    Without the database, each process only knows what it was told itself. Holds that are over before the others would
    look aren't passed on.

    Args:
        store: what all processes see.
        gates: what holds requests back in this process, for each reason.
        pause: seconds between two looks.
    """

    def __init__(
        self, *, store: RequestHolds, gates: Mapping[HoldReason, Gate], pause: float = PAUSE_BETWEEN_LOOKS
    ) -> None:
        self._store = store
        self._gates = gates
        self._pause = pause
        self._known_until = dict.fromkeys(gates, 0.0)  # by the event loop's clock
        self._seen = dict.fromkeys(gates, 0)  # by the database's

    async def keep_up(self) -> None:
        """Tell and look, until canceled."""
        while True:
            with suppress(StorageUnavailable):  # whoever needs the database says so
                await self._tell()
                await self._look()
            await asyncio.sleep(self._pause)

    async def _tell(self) -> None:
        now = asyncio.get_running_loop().time()
        for reason, gate in self._gates.items():
            until = gate.heard_until
            if until > max(now + self._pause, self._known_until[reason] + _SAME):
                hold = await self._store.extend(reason, until - now)
                self._known_until[reason] = until
                if hold.seconds <= until - now + _SAME:  # else another process was told to wait for longer
                    self._seen[reason] = hold.until

    async def _look(self) -> None:
        for reason, hold in (await self._store.current()).items():
            if abs(hold.until - self._seen[reason]) <= _SAME * 1000:
                continue
            self._seen[reason] = hold.until
            self._known_until[reason] = asyncio.get_running_loop().time() + hold.seconds
            logger.warning("Another process says that %s for another %.0f s.", _NEWS[reason], hold.seconds)
            self._gates[reason].hold(hold.seconds)


_NEWS = {
    HoldReason.limited: "Discord limits all requests",
    HoldReason.blocked: "Cloudflare blocks its requests",
}
