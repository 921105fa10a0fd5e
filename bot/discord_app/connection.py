"""Reach Discord and keep reaching it, with growing pauses and a line of log for each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from http import HTTPStatus

import discord
import yarl
from discord import shard
from discord.backoff import ExponentialBackoff
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import Route

from bot.discord_app.client import CareerBot
from bot.discord_app.pauses import growing_pauses
from bot.discord_app.rest.requests import TokenRefused
from bot.discord_app.rest.retrying import passing_failure

logger = logging.getLogger(__name__)

MAX_PAUSE_TO_RECONNECT = 30.0  # seconds
REFUSED_TOKEN = 4004
TIME_TO_FINISH = 5.0  # seconds; whoever stops the bot gives it 10 s for everything


class DiscordRefuses(Exception):
    """Say what Discord refuses for good, and what the operator can do about it."""


def prepare_discord_py(*, api: str, gateway: str | None) -> None:
    """Let discord.py go to these addresses, and reconnect with pauses that are neither too short nor too long.

    It keeps both globally, so this holds for the whole process.
    """
    Route.BASE = api.rstrip("/")
    if gateway is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    shard.Shard = _PatientShard  # type: ignore[misc]
    shard.ExponentialBackoff = _SoonerBack  # type: ignore[attr-defined, assignment]


class _PatientShard(shard.Shard):
    """discord.py's shard, with a pause where it would connect again at once, or end the program."""

    async def reidentify(self, exc: ReconnectWebSocket) -> None:
        former = self.ws
        await super().reidentify(exc)
        if self.ws is former and not self._client.is_closed():  # it didn't come about
            await asyncio.sleep(self._backoff.delay())

    async def reconnect(self) -> None:
        await self.reidentify(ReconnectWebSocket(self.id, resume=False))


class _SoonerBack(ExponentialBackoff[bool]):
    """discord.py's pauses before it reconnects, which would grow up to 17 minutes."""

    def delay(self) -> float:
        return super().delay() % MAX_PAUSE_TO_RECONNECT


async def run_until_closed(build: Callable[[], CareerBot], token: str) -> None:
    """Log in and answer until cancelled; wait for as long as Discord can't be reached.

    When it is cancelled, what is in flight is seen through first.

    Raises:
        DiscordRefuses: Discord refuses the token, the intents or the connection as such.
    """
    try:
        async with await _logged_in(build, token) as bot:
            await _connected(bot)
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
            if passing_failure(error) is None:
                raise
            logger.warning("Discord can't be reached (%s). Next attempt in %.0f s.", type(error).__name__, pause)
        else:
            return bot
        await asyncio.sleep(pause)
    raise AssertionError("the pauses never end")


async def _connected(bot: CareerBot) -> None:
    """Answer until the connection ends for good, the token is refused, or it is time to stop."""
    ends = [asyncio.create_task(bot.connect()), asyncio.create_task(bot.requests.token_refused.wait())]
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if bot.requests.token_refused.is_set():
            raise TokenRefused
        for end in done:
            await end
    except asyncio.CancelledError:
        await bot.finish(within=TIME_TO_FINISH)
        raise
    finally:
        await bot.close()  # first: discord.py takes a cancellation while it reconnects for a reason to go on
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)


def _refusal(error: discord.DiscordException) -> DiscordRefuses:
    """Put into words why Discord doesn't let the bot in."""
    if isinstance(error, discord.GatewayNotFound) and isinstance(error.__cause__, discord.HTTPException):
        error = error.__cause__
    status = error.status if isinstance(error, discord.HTTPException) else None
    code = error.code if isinstance(error, (discord.HTTPException, discord.ConnectionClosed)) else None
    is_token_refused = isinstance(error, (discord.LoginFailure, TokenRefused)) or status == HTTPStatus.UNAUTHORIZED
    if is_token_refused or code == REFUSED_TOKEN:
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
