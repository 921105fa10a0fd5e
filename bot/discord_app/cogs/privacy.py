"""The commands with which people see and delete what is kept about them: /privacy and /forget-me."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.rendering import Page
from bot.discord_app.rendering_privacy import render_forgotten, render_not_all_forgotten, render_privacy
from bot.privacy import KeyedHash
from bot.storage.errors import StorageUnavailable
from bot.storage.unanswered import kept_for
from bot.unanswered import purpose

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

logger = logging.getLogger(__name__)


class Privacy(commands.Cog):
    """Answer privately, whoever asks."""

    def __init__(self, bot: CareerBot) -> None:
        self._bot = bot

    @app_commands.command()
    async def privacy(self, interaction: discord.Interaction[CareerBot]) -> None:
        """Show what I keep about you, for how long, and how to have it deleted."""
        page = render_privacy(keeps_text=self._bot.keeper.keeps_text)
        await self._bot.delivery.respond(interaction, page, private=True)

    @app_commands.command(name="forget-me")
    async def forget_me(self, interaction: discord.Interaction[CareerBot]) -> None:
        """Delete your questions and votes that I keep, in all servers."""
        await self._bot.delivery.acknowledged(interaction, self._forget(interaction.user.id))

    async def _forget(self, person_id: int) -> Page:
        try:
            count = await self._count(person_id)
            await self._bot.keeper.forget_asker(person_id)
            await self._bot.voting.forget_voter(person_id)
        except StorageUnavailable as error:
            logger.warning("Somebody can't be forgotten yet. %s", error)
            return render_not_all_forgotten()
        return render_forgotten(count)

    async def _count(self, person_id: int) -> int:
        stores = self._bot.stores
        asker = KeyedHash(await stores.secret.read()).of(person_id, purpose)
        asked = await stores.unanswered.asked_since(datetime.now(UTC) - kept_for)
        return sum(question.asker == asker for question in asked)
