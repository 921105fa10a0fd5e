"""Connect to Discord and stay connected, or say why Discord doesn't let the bot in."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import discord

from bot.discord_app.client import CareerBot
from bot.discord_app.rest.requests import TokenRefused

REFUSED_TOKEN = 4004
INVALID_SHARD = 4010
MORE_SHARDS_NEEDED = 4011
TIME_TO_FINISH = 5.0  # seconds; the rest of the time to stop is for the database


class DiscordRefuses(Exception):
    """Discord refuses the bot for good; the message says what the operator can do."""


async def run_until_closed(bot: CareerBot, token: str) -> None:
    """Log in and answer until canceled, waiting for as long as Discord can't be reached.

    On cancellation, finish what is in flight first.

    Raises:
        DiscordRefuses: Discord refuses the token, the intents or the connection.
    """
    try:
        async with bot:
            await bot.login(token)
            await _connected(bot)
    except discord.DiscordException as error:
        raise _refusal(error) from None


async def _connected(bot: CareerBot) -> None:
    """Answer until the connection ends for good, the token is refused, or the bot is told to stop."""
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
        await bot.close()  # first: discord.py takes a cancellation during a reconnect as a reason to go on
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)


def _refusal(error: discord.DiscordException) -> DiscordRefuses:
    """Say why Discord doesn't let the bot in, and what to do."""
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
    if code in {INVALID_SHARD, MORE_SHARDS_NEEDED}:
        return DiscordRefuses(
            f"Discord refuses the number of shards ({code}): it wants more for so many servers, or one that it has "
            "told you. Set SHARD_COUNT to that, the same in all processes, or remove it."
        )
    if status is not None:
        return DiscordRefuses(
            f"Discord refuses to let the bot in: HTTP status {status}, code {code}. If DISCORD_API_URL is set, see "
            "whether it is right."
        )
    return DiscordRefuses(f"Discord has closed the connection for good: {error}.")
