"""The least that a bot can do: reply "pong" to whoever mentions it. What ours costs is measured against this.

It reads the same environment variables as ours, asks for the same intents and caches as little.
"""

from __future__ import annotations

import asyncio
import os
import sys

import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route


class Pong(commands.AutoShardedBot):
    """Reply to each message of a person that mentions the bot."""

    def __init__(self) -> None:
        super().__init__(
            command_prefix=(),
            help_command=None,
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
        )

    async def on_ready(self) -> None:
        """Say that all servers are known, as ours does."""
        print("Ready as pong.", file=sys.stderr, flush=True)

    async def on_message(self, message: discord.Message, /) -> None:
        """Reply."""
        if not message.author.bot and self.user in message.mentions:
            await message.reply("pong")


async def main() -> None:
    """Answer until the process is ended."""
    Route.BASE = os.environ["DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    async with Pong() as bot:
        await bot.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    asyncio.run(main())
