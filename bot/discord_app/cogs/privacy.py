"""The commands with which people see and delete what is kept about them: /privacy and /forget-me."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.pages.privacy import render_forgotten, render_not_all_forgotten, render_privacy
from bot.discord_app.rendering import Page
from bot.storage.errors import StorageUnavailable

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
        await self._bot.responses.respond(interaction, page, private=True)

    @app_commands.command(name="forget-me")
    async def forget_me(self, interaction: discord.Interaction[CareerBot]) -> None:
        """Delete your questions and votes that I keep, in all servers."""
        await self._bot.responses.acknowledged(interaction, self._forget(interaction.user.id))

    async def _forget(self, person_id: int) -> Page:
        try:
            questions = await self._bot.asked_in_vain.forget_asker(person_id)
            votes = await self._bot.voting.forget_voter(person_id)
            await self._bot.direct_messages.forget_person(person_id)
        except StorageUnavailable as error:
            logger.warning("Somebody can't be forgotten yet. %s", error)
            return render_not_all_forgotten()
        return render_forgotten(questions=questions, votes=votes)
