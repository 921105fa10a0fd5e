"""Stop sending requests while Cloudflare, in front of Discord, blocks them."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

import aiohttp
import discord

from bot.discord_app.rest.retrying import is_page, retry_after

logger = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_PAUSE = 30.0  # seconds before the first probe, unless the refusal names a time
MAX_PAUSE = 600.0  # seconds


class Circuit:
    """Let requests through. After one is blocked, only probe, one at a time, until Discord itself answers.

    Cloudflare bans an address for an hour or more after 10,000 refusals within 10 minutes.

    Args:
        first_pause: seconds before the first probe; twice as many before each further one.

    Attributes:
        is_open: whether requests are being held back.
        opened: how many times it has opened since the start.
        heard_until: when to probe after Cloudflare blocked a request of this process itself, by the event loop's clock.
    """

    def __init__(self, *, first_pause: float = FIRST_PAUSE) -> None:
        self._first_pause = first_pause
        self._pause = first_pause
        self.is_open = False
        self.opened = 0
        self._next_probe = 0.0
        self.heard_until = 0.0
        self._probing = asyncio.Lock()

    def hold(self, seconds: float) -> None:
        """Hold requests back, because Cloudflare blocks those of another process for so long.

        It blocks addresses, and this process may have another one. So don't wait for long before the first probe.
        """
        if not self.is_open:
            spread = random.uniform(1.0, 1.25)  # noqa: S311 - so that not all processes probe at once
            self._open(min(seconds, self._first_pause) * spread)

    async def call(self, request: Callable[[], Awaitable[T]]) -> T:
        """Make a request now, as a probe when it's time for one, or once a probe got through."""
        if not self.is_open:
            return await self._tried(request)
        async with self._probing:
            if self.is_open:
                await asyncio.sleep(self._next_probe - asyncio.get_running_loop().time())
                return await self._probe(request)
        return await self._tried(request)

    async def _tried(self, request: Callable[[], Awaitable[T]]) -> T:
        try:
            return await request()
        except discord.HTTPException as error:
            if is_blocked(error) and not self.is_open:
                self._open(retry_after(error) or self._first_pause)
                self.heard_until = self._next_probe
            raise

    async def _probe(self, request: Callable[[], Awaitable[T]]) -> T:
        try:
            result = await request()
        except discord.HTTPException as error:
            if is_blocked(error):
                self._pause = min(self._pause * 2, MAX_PAUSE)
                self._open(retry_after(error) or self._pause)
            else:
                self._close()
            raise
        except (OSError, aiohttp.ClientError):  # no answer says nothing about the block
            self._next_probe = asyncio.get_running_loop().time() + self._pause
            raise
        self._close()
        return result

    def _open(self, pause: float) -> None:
        if not self.is_open:
            self.is_open = True
            self.opened += 1
            self._pause = self._first_pause
        self._next_probe = asyncio.get_running_loop().time() + pause
        logger.warning("Cloudflare blocks requests to Discord. All of them are held back. Next probe in %.0f s.", pause)

    def _close(self) -> None:
        self.is_open = False
        logger.info("Discord answers again.")


def is_blocked(error: discord.HTTPException) -> bool:
    """Return whether Cloudflare refused a request; discord.py handles Discord's own rate limits."""
    if error.status == HTTPStatus.FORBIDDEN:
        return is_page(error)
    return error.status == HTTPStatus.TOO_MANY_REQUESTS and not error.response.headers.get("Via")
