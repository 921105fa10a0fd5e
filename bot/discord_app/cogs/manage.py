"""The commands for moderators: /manage with what is below it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.buttons.gaps import gaps_screen
from bot.discord_app.buttons.job_description import RefreshButton
from bot.discord_app.buttons.settings import settings_screen
from bot.discord_app.owner_notices import is_owner
from bot.discord_app.pages.job_description import (
    render_job_description,
    render_job_posts,
    render_nothing_to_refresh,
    render_refresh_preview,
)
from bot.discord_app.pages.maintainers import render_not_the_owner, render_reload
from bot.discord_app.pages.manage import render_explanation, render_missing_permission, render_statistics
from bot.discord_app.posting import NotTaken
from bot.discord_app.rendering import Page, render_failure
from bot.discord_app.rights import missing_to_set

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

days_counted = 30  # unless a moderator says otherwise


@app_commands.guild_only()
@app_commands.default_permissions(manage_messages=True)
class Manage(commands.GroupCog, group_name="manage", group_description="For moderators"):
    """Read what a moderator wants to know or set, ask for it, render, deliver; all of it privately."""

    def __init__(self, bot: CareerBot) -> None:
        self._bot = bot

    @app_commands.command(name="jd-posts")
    async def jd_posts(self, interaction: discord.Interaction[CareerBot]) -> None:
        """Show where the job description stands."""
        await self._bot.responses.acknowledged(interaction, self._job_posts(interaction))

    @app_commands.command(name="jd-refresh")
    async def jd_refresh(self, interaction: discord.Interaction[CareerBot]) -> None:
        """Bring the posts of the job description up to date; first you see a preview."""
        await self._bot.responses.acknowledged(interaction, self._refresh_preview(interaction))

    @app_commands.command()
    @app_commands.describe(question="A question in anybody's words")
    async def why(
        self, interaction: discord.Interaction[CareerBot], question: app_commands.Range[str, 1, 2000]
    ) -> None:
        """Show why a question is answered as it is: how sure I am, of what, and because of which words."""
        minimum = self._bot.stores.servers.of(interaction.guild_id or 0).minimum_confidence
        outcome = self._bot.answering.answer(question, minimum_confidence=minimum)
        await self._bot.responses.respond(interaction, render_explanation(outcome, minimum), private=True)

    @app_commands.command()
    @app_commands.describe(days="How many days to look back; 30, if you leave this out")
    async def stats(
        self, interaction: discord.Interaction[CareerBot], days: app_commands.Range[int, 1, 365] = days_counted
    ) -> None:
        """Show how often I was asked on this server, and what became of it."""
        await self._bot.responses.acknowledged(interaction, self._statistics(interaction, days))

    @app_commands.command()
    async def settings(self, interaction: discord.Interaction[CareerBot]) -> None:
        """Change where and how I answer on this server; needs Manage Server."""
        if missing := missing_to_set(interaction):
            await self._bot.responses.respond(interaction, render_missing_permission(missing), private=True)
        else:
            await self._bot.responses.acknowledged(interaction, self._settings(interaction))

    @app_commands.command()
    async def gaps(self, interaction: discord.Interaction[CareerBot]) -> None:
        """Show what members of this server asked me in vain, the newest first."""
        held = interaction.permissions.manage_messages
        await self._bot.responses.acknowledged(interaction, gaps_screen(interaction, held=held))

    @app_commands.command()
    async def reload(self, interaction: discord.Interaction[CareerBot]) -> None:
        """Read my knowledge anew; only for the owner of this bot."""
        await self._bot.responses.acknowledged(interaction, self._reload(interaction.user.id))

    async def _reload(self, person_id: int) -> Page:
        if not await is_owner(self._bot, person_id):
            return render_not_the_owner()
        return render_reload(await self._bot.watcher.reload())

    async def _job_posts(self, interaction: discord.Interaction[CareerBot]) -> Page:
        knowledge = self._bot.answering.knowledge
        return render_job_posts(await self._bot.job_board.remembered(interaction.guild_id or 0, knowledge))

    async def _refresh_preview(self, interaction: discord.Interaction[CareerBot]) -> Page:
        knowledge = self._bot.answering.knowledge
        try:
            survey = await self._bot.job_board.survey(interaction.guild_id or 0, knowledge)
        except NotTaken:
            return render_failure()
        if not survey.stale:
            return render_nothing_to_refresh(len(survey.states), survey.gone)
        page = render_job_description(knowledge, survey.stale[0].post.options)
        preview = render_refresh_preview(page, survey.stale, survey.gone)
        return replace(preview, items=(RefreshButton.of(interaction, knowledge),))

    async def _statistics(self, interaction: discord.Interaction[CareerBot], days: int) -> Page:
        since = (datetime.now(UTC) - timedelta(days=days - 1)).date()
        counts = await self._bot.stores.statistics.totals(interaction.guild_id or 0, since=since)
        return render_statistics(counts, self._bot.answering.knowledge, days)

    async def _settings(self, interaction: discord.Interaction[CareerBot]) -> Page:
        servers = self._bot.stores.servers
        await servers.load_all()
        if interaction.guild is None:
            raise AssertionError("the command is for servers only")
        return settings_screen(servers.of(interaction.guild.id), interaction.guild)
