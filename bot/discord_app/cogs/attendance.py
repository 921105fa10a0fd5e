"""Take note of what comes in, so that nothing is missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.discord_app.catching_up import CatchingUp

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot


class Attendance(commands.Cog):
    """Read the events that tell what was seen and what was not."""

    def __init__(self, bot: CareerBot, catching_up: CatchingUp) -> None:
        self._bot = bot
        self._catching_up = catching_up

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Take note of every message, whoever it is for."""
        self._catching_up.note(message)

    @commands.Cog.listener()
    async def on_shard_connect(self, _shard_id: int) -> None:
        """Take note of a new session, which hasn't the events since the last one."""
        self._catching_up.begin_gap()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look for what was missed, now that it is known which channels there are."""
        self._catching_up.look_through()
