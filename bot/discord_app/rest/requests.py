"""The one way of all requests that carry the bot's token."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any

import aiohttp
import discord
from discord.http import Route

from bot.discord_app.rest.circuit import Circuit
from bot.discord_app.rest.retrying import Retrying
from bot.operations.metrics import RetryReason

logger = logging.getLogger(__name__)

Send = Callable[..., Awaitable[Any]]  # discord.py's HTTPClient.request

TIME_FOR_ANSWER = aiohttp.ClientTimeout(total=8.0)  # discord.py would wait for 300 s
DEADLINE = 60.0  # seconds for all attempts, with what Discord's rate limits make them wait
FIRST_PAUSE = 0.5  # seconds

_TRIED_BY_CALLER = {"/users/@me", "/gateway/bot"}  # with a line of log for each attempt


class TokenRefused(discord.DiscordException):
    """Say that Discord has refused the bot's token, so that nothing can be asked of it any more."""


class GlobalLimit(asyncio.Event):
    """Discord's limit on all routes, in place of discord.py's own event: set while there is none.

    Whichever request meets the limit clears it, waits, and sets it again. One that is interrupted meanwhile would hold
    back every later request for ever.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waits_for_all: asyncio.Task[Any] | None = None
        self.set()

    def clear(self) -> None:
        """Hold requests back, for the one that is being made."""
        self._waits_for_all = asyncio.current_task()
        super().clear()

    def give_up(self) -> None:
        """Let requests go on if the one that is being interrupted waits for all; the next one meets the limit anew."""
        if self._waits_for_all is asyncio.current_task():
            self.set()


class Requests:
    """Ask Discord, with a time-out; again where discord.py doesn't; and not at all once the token has been refused.

    A request is made again only if it may be made twice: one that posts a message must carry a nonce, by which Discord
    knows it again.

    Args:
        send: makes one request, as discord.py does.
        circuit: holds requests back while Cloudflare blocks them.
        note_retry: told why before a request is made again.
        limit: on all routes, as discord.py keeps it.
    """

    def __init__(
        self, send: Send, *, circuit: Circuit, note_retry: Callable[[RetryReason], None], limit: GlobalLimit
    ) -> None:
        self._send = send
        self._circuit = circuit
        self._limit = limit
        self._retrying = Retrying(deadline=DEADLINE, first_pause=FIRST_PAUSE, note=note_retry)
        self.token_refused = asyncio.Event()

    async def __call__(self, route: Route, **parameters: Any) -> Any:
        """Make a request and return what Discord says to it.

        Raises:
            TokenRefused: The token had been refused before.
            discord.HTTPException: Discord refuses the request.
            OSError, aiohttp.ClientError: Discord couldn't be reached in all that time (TimeoutError is an OSError).
        """
        attempt = partial(self._circuit.call, partial(self._once, route, **parameters))
        async with asyncio.timeout(DEADLINE + TIME_FOR_ANSWER.total if TIME_FOR_ANSWER.total else None):
            if not _may_be_repeated(route, parameters):
                return await attempt()
            return await self._retrying(attempt)

    async def _once(self, route: Route, **parameters: Any) -> Any:
        if self.token_refused.is_set():
            raise TokenRefused
        try:
            return await self._send(route, timeout=TIME_FOR_ANSWER, **parameters)
        except discord.HTTPException as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                self.token_refused.set()
            raise
        except asyncio.CancelledError:
            self._limit.give_up()
            raise


def _may_be_repeated(route: Route, parameters: dict[str, Any]) -> bool:
    if route.path in _TRIED_BY_CALLER:
        return False
    posts_message = route.method == "POST" and route.path == "/channels/{channel_id}/messages"
    return not posts_message or bool(parameters.get("json", {}).get("enforce_nonce"))
