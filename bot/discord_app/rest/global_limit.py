"""Hold the requests that carry the bot's token while Discord limits them all."""

from __future__ import annotations

import asyncio
import random
from typing import Literal

from bot.discord_app.patches import seconds_to_wait
from bot.storage.request_holds import LONGEST_HOLD

SPREAD = 0.25  # of the time that requests were held back, over which they are sent afterwards
LONGEST_SPREAD = 5.0  # seconds


class GlobalLimit(asyncio.Event):
    """Discord's limit on all routes, in place of discord.py's own event: set while there is none.

    discord.py clears its event when a request hits the limit, and sets it once that request has waited, but not if the
    request is canceled first. This one ends by itself. The requests that it held back don't all go out at once, or
    they would hit the limit again. Responses to interactions don't wait for it: they don't count toward the limit.

    Attributes:
        heard_until: until when Discord told this process itself to wait, by the event loop's clock.
    """

    def __init__(self) -> None:
        super().__init__()
        self._until = 0.0
        self.heard_until = 0.0
        self._spread = 0.0
        self._ending: asyncio.TimerHandle | None = None
        super().set()

    def clear(self) -> None:
        """Hold requests back for as long as Discord has just told the current task."""
        seconds = min(seconds_to_wait.get(), LONGEST_HOLD)
        self.hold(seconds)
        self.heard_until = max(self.heard_until, asyncio.get_running_loop().time() + seconds)

    def set(self) -> None:
        """Do nothing: the limit ends by itself, and another process may have been told of a longer one."""

    def hold(self, seconds: float) -> None:
        """Hold requests back for so long, if they aren't held back for longer already."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        if until <= self._until:
            return
        self._until = until
        self._spread = min(seconds * SPREAD, LONGEST_SPREAD)
        if self._ending is not None:
            self._ending.cancel()
        self._ending = loop.call_at(until, super().set)
        super().clear()

    async def wait(self) -> Literal[True]:
        """Wait until there is no limit, and then for a moment of one's own."""
        while not self.is_set():
            await super().wait()
            await asyncio.sleep(random.uniform(0.0, self._spread))  # noqa: S311 - protects nothing
        return True
