"""The command in a message's menu, "Answer this"; and a server that the bot leaves is forgotten."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering import Answering
from bot.discord_app.interactions import Responses
from bot.discord_app.moderation.components import point_button
from bot.discord_app.moderation.pages import likely_label, render_likely, render_no_words
from bot.discord_app.pauses import growing_pauses
from bot.discord_app.unanswered.tracking import AskedInVain
from bot.storage.errors import StorageUnavailable
from bot.storage.stores import Stores

logger = logging.getLogger(__name__)

OFFERED_ANSWERS = 3


class Moderation(commands.Cog):
    """Read a message that a moderator points at, and offer the answers that may fit it."""

    def __init__(
        self,
        *,
        bot: commands.AutoShardedBot,
        answering: Answering,
        asked_in_vain: AskedInVain,
        responses: Responses,
        stores: Stores,
    ) -> None:
        self._bot = bot
        self._answering = answering
        self._asked_in_vain = asked_in_vain
        self._responses = responses
        self._stores = stores
        self._menu = app_commands.ContextMenu(name="Answer this", callback=self._answer_this)
        self._menu.guild_only = True
        self._menu.default_permissions = discord.Permissions(manage_messages=True)

    async def cog_load(self) -> None:
        """Offer the command in the menu."""
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Take the command out of the menu."""
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Delete what is kept about a server that the bot has left, as soon as the database lets it."""
        self._asked_in_vain.forget_server(guild.id)
        for pause in growing_pauses():
            if self._bot.get_guild(guild.id) is not None:  # it is back
                return
            try:
                await self._stores.forget_server(guild.id)
            except StorageUnavailable as error:
                logger.warning("Server %s can't be forgotten yet. %s", guild.id, error)
                await asyncio.sleep(pause)
            else:
                logger.info("Server %s has been left and forgotten.", guild.id)
                return

    async def _answer_this(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        likely = await asyncio.to_thread(self._answering.likeliest, message.content, OFFERED_ANSWERS)
        page = render_likely(likely) if likely else render_no_words()
        button = partial(
            point_button,
            message_id=message.id,
            author_id=message.author.id,
            held=interaction.permissions.manage_messages,
        )
        buttons = tuple(button(likely_label(each, number), each.entry.id) for number, each in enumerate(likely, 1))
        await self._responses.respond(interaction, replace(page, items=buttons), private=True)
