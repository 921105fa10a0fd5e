"""Reach Discord and keep reaching it, with growing pauses and a line of log for each."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

logger = logging.getLogger(__name__)

first_pause = 1.0  # seconds
longest_pause = 120.0  # seconds
refused_token = 4004


class DiscordRefuses(Exception):
    """Say what Discord refuses for good, and what the operator can do about it."""


def use_addresses(*, api: str, gateway: str | None) -> None:
    """Send discord.py to these addresses. It keeps them in class attributes, so this holds for the whole process."""
    Route.BASE = api.rstrip("/")
    if gateway is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


def growing_pauses() -> Iterator[float]:
    """Yield seconds to wait between attempts: twice as long each time up to `longest_pause`, with some chance in it."""
    pause = first_pause
    while True:
        yield pause * random.uniform(0.75, 1.25)  # noqa: S311 - spreads attempts, protects nothing
        pause = min(pause * 2, longest_pause)


def is_passing(error: BaseException | None) -> bool:
    """Tell an error that time heals from one that somebody has to."""
    if isinstance(error, discord.GatewayNotFound):
        return is_passing(error.__cause__)
    if isinstance(error, discord.HTTPException):
        return error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status == HTTPStatus.TOO_MANY_REQUESTS
    return isinstance(error, (OSError, aiohttp.ClientError))


async def run_until_closed(build: Callable[[], CareerBot], token: str) -> None:
    """Log in and answer until the bot is closed; wait for as long as Discord can't be reached.

    Raises:
        DiscordRefuses: Discord refuses the token, the intents or the connection as such.
    """
    try:
        async with await _logged_in(build, token) as bot:
            await bot.connect()
    except discord.DiscordException as error:
        raise _refusal(error) from None


async def _logged_in(build: Callable[[], CareerBot], token: str) -> CareerBot:
    """Return a bot that is logged in. A failed one can't be used again, so each attempt has its own."""
    for pause in growing_pauses():
        bot = build()
        try:
            await bot.login(token)
        except BaseException as error:
            await bot.close()
            if not is_passing(error):
                raise
            logger.warning("Discord can't be reached (%s). Next attempt in %.0f s.", type(error).__name__, pause)
        else:
            return bot
        await asyncio.sleep(pause)
    raise AssertionError("the pauses never end")


def _refusal(error: discord.DiscordException) -> DiscordRefuses:
    """Put into words why Discord doesn't let the bot in."""
    if isinstance(error, discord.GatewayNotFound) and isinstance(error.__cause__, discord.HTTPException):
        error = error.__cause__
    status = error.status if isinstance(error, discord.HTTPException) else None
    code = error.code if isinstance(error, (discord.HTTPException, discord.ConnectionClosed)) else None
    if isinstance(error, discord.LoginFailure) or status == HTTPStatus.UNAUTHORIZED or code == refused_token:
        return DiscordRefuses(
            "Discord refuses the bot's token. Make a new one at https://discord.com/developers/applications "
            "(your application, Bot, Reset Token) and put it into DISCORD_TOKEN or the file that DISCORD_TOKEN_FILE "
            "names."
        )
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return DiscordRefuses(
            "Discord refuses the bot's intents (4014), although it asks for no privileged one. See at "
            "https://discord.com/developers/applications (your application, Bot) whether the application is in order, "
            "or use the token of another one."
        )
    if status is not None:
        return DiscordRefuses(
            f"Discord refuses to let the bot in: HTTP status {status}, code {code}. If DISCORD_API_URL is set, see "
            "whether it is right."
        )
    return DiscordRefuses(f"Discord has closed the connection for good: {error}.")
