"""`/manage jd-posts` and `jd-refresh`: list the posts of the job description, and update them."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any, Self

import discord
from discord import app_commands

from bot.discord_app.clicks import Clickable, Feature, carry_out_once, feature, reply_privately, responses_of
from bot.discord_app.custom_ids import ID, VERSION, short_version
from bot.discord_app.grants import GRANT, TO_MANAGE
from bot.discord_app.job_postings import texts
from bot.discord_app.job_postings.publishing import JobPublishing, offer
from bot.discord_app.page import Page, render_failure
from bot.discord_app.permissions import reader_of, render_missing_permission
from bot.discord_app.scope import knowledge_of
from bot.discord_app.sender import NotTaken
from bot.language.speech import N_, _
from bot.library import Library


class RefreshButton(Clickable[discord.ui.Button[Any]], template=rf"jd-refresh:(?P<owner>{ID}):{GRANT}:{VERSION}"):
    """Update the posts to what the preview shows."""

    def __init__(self, owner_id: int, version: str, *, grant: str) -> None:
        self.grant = grant
        self.owner_id = owner_id
        self.version = version
        custom_id = f"jd-refresh:{owner_id}:{grant}:{version}"
        super().__init__(
            discord.ui.Button(label=_("Update posts"), custom_id=custom_id, style=discord.ButtonStyle.success)
        )

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["owner"]), match["version"], grant=match["grant"])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the preview, and edit the posts."""
        guild, jobs = interaction.guild, feature(interaction, JobUpdates)
        knowledge = await knowledge_of(jobs.library, interaction)
        if guild is None or interaction.user.id != self.owner_id:
            await reply_privately(interaction, texts.render_gone_preview())
        elif missing := TO_MANAGE.missing(interaction, self.grant):
            await reply_privately(interaction, render_missing_permission(missing))
        elif knowledge.role is None:
            await responses_of(interaction).show_instead(interaction, texts.render_no_job_description())
        elif short_version(knowledge.version) != self.version:
            await responses_of(interaction).show_instead(interaction, texts.render_changed_since_preview())
        else:
            refresh = partial(jobs.publishing.refresh, reader_of(interaction), knowledge)
            await carry_out_once(interaction, "jd-refresh", guild.id, work=refresh)


class JobUpdates(Feature):
    """Keep the posts of the job description up to date."""

    items = (RefreshButton,)

    def __init__(self, *, publishing: JobPublishing, library: Library, manage: app_commands.Group) -> None:
        self.publishing = publishing
        self.library = library
        self._manage = manage
        self._commands: tuple[app_commands.Command[Any, ..., Any], ...] = (
            manage.command(name="jd-posts", description=N_("Show where the job description is posted."))(self.jd_posts),
            manage.command(
                name="jd-refresh",
                description=N_("Update the posts of the job description. You'll see a preview first."),
            )(self.jd_refresh),
        )

    def update_commands(self) -> bool:
        """Offer the commands only while there is a job description to post."""
        return offer(self._commands, self._manage, is_wanted=self.library.has_role)

    async def jd_posts(self, interaction: discord.Interaction[Any]) -> None:
        """List the posts."""
        await responses_of(interaction).acknowledged(interaction, self._job_posts(interaction))

    async def jd_refresh(self, interaction: discord.Interaction[Any]) -> None:
        """Show what the posts would say, with the button that updates them."""
        await responses_of(interaction).acknowledged(interaction, self._refresh_preview(interaction))

    async def _job_posts(self, interaction: discord.Interaction[Any]) -> Page:
        return texts.render_job_posts(
            await self.publishing.remembered(reader_of(interaction), await knowledge_of(self.library, interaction))
        )

    async def _refresh_preview(self, interaction: discord.Interaction[Any]) -> Page:
        knowledge = await knowledge_of(self.library, interaction)
        if knowledge.role is None:
            return texts.render_no_job_description()
        try:
            posts, gone = await self.publishing.survey(reader_of(interaction), knowledge)
        except NotTaken:
            return render_failure()
        stale = [state for state in posts if not state.is_current]
        if not stale:
            return texts.render_nothing_to_refresh(len(posts), gone)
        page = texts.render_job_description(knowledge, stale[0].post.options)
        preview = texts.render_refresh_preview(page, stale, gone)
        grant = TO_MANAGE.to(interaction)
        button = RefreshButton(interaction.user.id, short_version(knowledge.version), grant=grant)
        return replace(preview, items=(button,))
