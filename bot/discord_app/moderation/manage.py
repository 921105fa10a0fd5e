"""`/manage` for moderators: statistics, explanations, and reloading the knowledge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
from discord import app_commands

from bot.authoring.watching import KnowledgeWatcher
from bot.discord_app.clicks import Feature, language_of, reply_privately, responses_of
from bot.discord_app.grants import TO_MANAGE
from bot.discord_app.moderation.edits import render_not_the_owner, render_reload
from bot.discord_app.moderation.explanation import render_explanation
from bot.discord_app.moderation.statistics import render_statistics
from bot.discord_app.page import Page
from bot.discord_app.scope import knowledge_of, scope_of
from bot.language.speech import N_
from bot.library import Library
from bot.storage.servers import ServerSettingsStore
from bot.storage.statistics import Statistics

DEFAULT_DAYS = 30


def manage_group() -> app_commands.Group:
    """Return the command that each feature adds its subcommands for moderators to."""
    return app_commands.Group(
        name=TO_MANAGE.command,
        description=N_("For moderators"),
        guild_only=True,
        default_permissions=discord.Permissions(manage_messages=True),
    )


class Manage(Feature):
    """Show moderators how the bot is doing. Only they see the responses."""

    def __init__(
        self,
        *,
        library: Library,
        manage: app_commands.Group,
        servers: ServerSettingsStore,
        statistics: Statistics,
        tree: app_commands.CommandTree[Any],
        watcher: KnowledgeWatcher,
    ) -> None:
        self._library = library
        self._servers = servers
        self._statistics = statistics
        self._watcher = watcher
        manage.command(description=N_("Show why I answer a question the way I do."))(self.why)
        manage.command(description=N_("Show how often I was asked in this server, and how it went."))(self.stats)
        manage.command(description=N_("Reload my knowledge. Only for the owner of this bot."))(self.reload)
        tree.add_command(manage)

    @app_commands.describe(question=N_("Any question, in any words"))
    async def why(self, interaction: discord.Interaction[Any], question: app_commands.Range[str, 1, 2000]) -> None:
        """Explain the reply to a question."""
        minimum = self._servers.of(interaction.guild_id or 0).minimum_confidence
        answering = await self._library.at(scope_of(interaction))
        language = language_of(interaction)  # the moderator's, whatever the question's
        outcome = await answering.read(question).answer_beside(min_confidence=minimum, language=language)
        await reply_privately(interaction, render_explanation(outcome))

    @app_commands.describe(days=N_("How many days to look back (default: 30)"))
    async def stats(
        self, interaction: discord.Interaction[Any], days: app_commands.Range[int, 1, 365] = DEFAULT_DAYS
    ) -> None:
        """Show what was counted."""
        await responses_of(interaction).acknowledged(interaction, self._count(interaction, days))

    async def reload(self, interaction: discord.Interaction[Any]) -> None:
        """Reload the knowledge for the bot's owner."""
        await responses_of(interaction).acknowledged(interaction, self._reload(interaction))

    async def _reload(self, interaction: discord.Interaction[Any]) -> Page:
        if not await is_owner(interaction.client, interaction.user.id):
            return render_not_the_owner()
        outcome = await self._watcher.reload()
        await self._library.reload()
        return render_reload(outcome)

    async def _count(self, interaction: discord.Interaction[Any], days: int) -> Page:
        since = (datetime.now(UTC) - timedelta(days=days - 1)).date()
        counts = await self._statistics.totals(interaction.guild_id or 0, since=since)
        knowledge = (await knowledge_of(self._library, interaction)).in_language(language_of(interaction))
        return render_statistics(counts, knowledge, days)


async def is_owner(client: discord.Client, person_id: int) -> bool:
    """Return whether a person owns the application, or is an admin or developer in the team that does."""
    application = await client.application_info()
    if application.team is None:
        return person_id == application.owner.id
    trusted = (discord.TeamMemberRole.admin, discord.TeamMemberRole.developer)
    return person_id == application.team.owner_id or any(
        member.id == person_id
        and member.role in trusted
        and member.membership_state is discord.TeamMembershipState.accepted
        for member in application.team.members
    )
