"""The commands for moderators: /manage with what is below it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.authoring.watching import KnowledgeWatcher
from bot.discord_app.job_postings.pages import (
    render_job_description,
    render_job_posts,
    render_nothing_to_refresh,
    render_refresh_preview,
)
from bot.discord_app.moderation.components import refresh_button, shortened
from bot.discord_app.moderation.maintainer_pages import render_not_the_owner, render_reload
from bot.discord_app.moderation.owners import is_owner
from bot.discord_app.moderation.pages import render_explanation, render_missing_permission, render_statistics
from bot.discord_app.page import Page, render_failure
from bot.discord_app.permissions import missing_to_set
from bot.discord_app.posting import NotTaken
from bot.discord_app.server_settings.components import settings_screen
from bot.discord_app.toolkit import Toolkit
from bot.discord_app.unanswered.buttons import gaps_screen

DAYS_COUNTED = 30  # unless a moderator says otherwise


@app_commands.guild_only()
@app_commands.default_permissions(manage_messages=True)
class Manage(commands.GroupCog, group_name="manage", group_description="For moderators"):
    """Read what a moderator wants to know or set, ask for it, render, deliver; all of it privately."""

    def __init__(self, *, tools: Toolkit, watcher: KnowledgeWatcher) -> None:
        self._tools = tools
        self._watcher = watcher

    @app_commands.command(name="jd-posts")
    async def jd_posts(self, interaction: discord.Interaction[Any]) -> None:
        """Show where the job description stands."""
        await self._tools.responses.acknowledged(interaction, self._job_posts(interaction))

    @app_commands.command(name="jd-refresh")
    async def jd_refresh(self, interaction: discord.Interaction[Any]) -> None:
        """Bring the posts of the job description up to date; first you see a preview."""
        await self._tools.responses.acknowledged(interaction, self._refresh_preview(interaction))

    @app_commands.command()
    @app_commands.describe(question="A question in anybody's words")
    async def why(self, interaction: discord.Interaction[Any], question: app_commands.Range[str, 1, 2000]) -> None:
        """Show why a question is answered as it is: how sure I am, of what, and because of which words."""
        minimum = self._tools.stores.servers.of(interaction.guild_id or 0).minimum_confidence
        outcome = await self._tools.answering.answer_beside(question, min_confidence=minimum)
        await self._tools.responses.respond(interaction, render_explanation(outcome), private=True)

    @app_commands.command()
    @app_commands.describe(days="How many days to look back; 30, if you leave this out")
    async def stats(
        self, interaction: discord.Interaction[Any], days: app_commands.Range[int, 1, 365] = DAYS_COUNTED
    ) -> None:
        """Show how often I was asked on this server, and what became of it."""
        await self._tools.responses.acknowledged(interaction, self._statistics(interaction, days))

    @app_commands.command()
    async def settings(self, interaction: discord.Interaction[Any]) -> None:
        """Change where and how I answer on this server; needs Manage Server."""
        if missing := missing_to_set(interaction):
            await self._tools.responses.respond(interaction, render_missing_permission(missing), private=True)
        else:
            await self._tools.responses.acknowledged(interaction, self._settings(interaction))

    @app_commands.command()
    async def gaps(self, interaction: discord.Interaction[Any]) -> None:
        """Show what members of this server asked me in vain, the newest first."""
        held = interaction.permissions.manage_messages
        await self._tools.responses.acknowledged(interaction, gaps_screen(interaction, self._tools, held=held))

    @app_commands.command()
    async def reload(self, interaction: discord.Interaction[Any]) -> None:
        """Read my knowledge anew; only for the owner of this bot."""
        await self._tools.responses.acknowledged(interaction, self._reload(interaction))

    async def _reload(self, interaction: discord.Interaction[Any]) -> Page:
        if not await is_owner(interaction.client, interaction.user.id):
            return render_not_the_owner()
        return render_reload(await self._watcher.reload())

    async def _job_posts(self, interaction: discord.Interaction[Any]) -> Page:
        knowledge = self._tools.answering.knowledge
        return render_job_posts(await self._tools.job_board.remembered(interaction.guild_id or 0, knowledge))

    async def _refresh_preview(self, interaction: discord.Interaction[Any]) -> Page:
        knowledge = self._tools.answering.knowledge
        try:
            survey = await self._tools.job_board.survey(interaction.guild_id or 0, knowledge)
        except NotTaken:
            return render_failure()
        if not survey.stale:
            return render_nothing_to_refresh(len(survey.states), survey.gone)
        page = render_job_description(knowledge, survey.stale[0].post.options)
        preview = render_refresh_preview(page, survey.stale, survey.gone)
        held = interaction.permissions.manage_messages
        button = refresh_button(interaction.user.id, held=held, version=shortened(knowledge.version))
        return replace(preview, items=(button,))

    async def _statistics(self, interaction: discord.Interaction[Any], days: int) -> Page:
        since = (datetime.now(UTC) - timedelta(days=days - 1)).date()
        counts = await self._tools.stores.statistics.totals(interaction.guild_id or 0, since=since)
        return render_statistics(counts, self._tools.answering.knowledge, days)

    async def _settings(self, interaction: discord.Interaction[Any]) -> Page:
        servers = self._tools.stores.servers
        await servers.load_all()
        if interaction.guild is None:
            raise AssertionError("the command is for servers only")
        return settings_screen(servers.of(interaction.guild.id), interaction.guild)
