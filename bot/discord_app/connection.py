"""Reach Discord and keep reaching it, with growing pauses and a line of log for each."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.settings import ConfigurationError

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

logger = logging.getLogger(__name__)

first_pause = 1.0  # seconds
longest_pause = 120.0  # seconds
refused_token = 4004
refused_intents = 4014

UNREACHABLE = (OSError, aiohttp.ClientError, asyncio.TimeoutError, discord.DiscordServerError, discord.GatewayNotFound)


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


async def run_until_closed(build: Callable[[], CareerBot], token: str) -> None:
    """Log in and answer until the bot is closed; wait for as long as Discord can't be reached.

    Raises:
        ConfigurationError: Discord refuses the token or the intents.
    """
    try:
        async with await _logged_in(build, token) as bot:
            await bot.connect()
    except discord.LoginFailure:
        raise _token_refused() from None
    except discord.PrivilegedIntentsRequired:
        raise _intents_refused() from None
    except discord.ConnectionClosed as error:
        if error.code == refused_token:
            raise _token_refused() from None
        raise ConfigurationError(f"Discord closed the connection for good with code {error.code}.") from None


async def _logged_in(build: Callable[[], CareerBot], token: str) -> CareerBot:
    """Return a bot that is logged in. A failed one can't be used again, so each attempt has its own."""
    for pause in growing_pauses():
        bot = build()
        try:
            await bot.login(token)
        except UNREACHABLE as error:
            await bot.close()
            logger.warning("Discord can't be reached (%s). Next attempt in %.0f s.", type(error).__name__, pause)
            await asyncio.sleep(pause)
        except BaseException:
            await bot.close()
            raise
        else:
            return bot
    raise AssertionError("the pauses never end")


def _token_refused() -> ConfigurationError:
    return ConfigurationError(
        "Discord refuses the bot's token. Make a new one at https://discord.com/developers/applications "
        "(your application, Bot, Reset Token) and put it into DISCORD_TOKEN or the file that DISCORD_TOKEN_FILE names."
    )


def _intents_refused() -> ConfigurationError:
    return ConfigurationError(
        "Discord refuses the bot's intents. It asks for no privileged one, so look at "
        "https://discord.com/developers/applications (your application, Bot) whether the application is in order."
    )
