"""The command that posts the job description: /jd."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.answering import Answering
from bot.discord_app.interactions import Responses
from bot.discord_app.job_postings.pages import (
    MAX_APPLY_LINK,
    MAX_PARTICULAR,
    render_bad_link,
    render_gone_channel,
    render_job_description,
    render_nothing_left,
    render_preview,
    render_section_choices,
    render_unknown_section,
    version_of,
)
from bot.discord_app.job_postings.previews import Preview, Previews
from bot.discord_app.moderation.components import preview_buttons
from bot.discord_app.moderation.pages import render_missing_permission
from bot.discord_app.page import Page
from bot.discord_app.permissions import find_place, missing_to_post
from bot.knowledge.job_description import NothingLeft, UnknownSection, is_web_address, read_sections
from bot.storage.job_posts import JobPostOptions

Particular = app_commands.Range[str, 1, MAX_PARTICULAR]


class PostingPlace(app_commands.Transformer):
    """Take the id of a channel that people write in, whether the bot sees that channel or not."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Return what Discord offers."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Return which channels it offers."""
        threads = [discord.ChannelType.public_thread, discord.ChannelType.private_thread]
        return [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.news_thread, *threads]

    async def transform(self, _: discord.Interaction[Any], value: Any, /) -> int:
        """Return the id."""
        return int(value.id)


class JobDescriptions(commands.Cog):
    """Read the options, check them, and show what would be posted."""

    def __init__(self, *, answering: Answering, previews: Previews, responses: Responses) -> None:
        self._answering = answering
        self._previews = previews
        self._responses = responses

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.describe(
        company="Who is looking for somebody",
        location="Where the work is done",
        link="Where to apply: a web address",
        channel="Where to post it; here, if you leave this out",
        leave_out="Sections to leave out, with commas between them",
    )
    async def jd(
        self,
        interaction: discord.Interaction[Any],
        company: Particular | None = None,
        location: Particular | None = None,
        link: app_commands.Range[str, 1, MAX_APPLY_LINK] | None = None,
        channel: app_commands.Transform[int, PostingPlace] | None = None,
        leave_out: app_commands.Range[str, 1, 400] | None = None,
    ) -> None:
        """Post the job description; first you see a preview."""
        channel_id = channel or interaction.channel_id or 0
        options = JobPostOptions(company=_line(company), location=_line(location), link=_line(link))
        page = self._preview(interaction, channel_id, options, leave_out or "")
        await self._responses.respond(interaction, page, private=True)

    @jd.autocomplete("leave_out")
    async def _suggest_sections(self, _: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        choices = render_section_choices(typed, self._answering.knowledge.role.sections)
        return [app_commands.Choice(name=name, value=value) for name, value in choices]

    def _preview(
        self,
        interaction: discord.Interaction[Any],
        channel_id: int,
        options: JobPostOptions,
        leave_out: str,
    ) -> Page:
        """Return the preview with its buttons or, if something is wrong, what."""
        knowledge = self._answering.knowledge
        if options.link and not is_web_address(options.link):
            return render_bad_link()
        try:
            options = replace(options, left_out=read_sections(leave_out, knowledge.role))
            page = render_job_description(knowledge, options)
        except UnknownSection as unknown:
            return render_unknown_section(str(unknown), knowledge.role.sections)
        except NothingLeft:
            return render_nothing_left()
        place = find_place(interaction.guild, channel_id)
        if place is None:
            return render_gone_channel()
        if missing := missing_to_post(interaction, place):
            return render_missing_permission(missing)
        preview = Preview(
            owner_id=interaction.user.id,
            channel_id=channel_id,
            page=page,
            options=options,
            version=version_of(page),
            held_manage_messages=interaction.permissions.manage_messages,
        )
        id_ = self._previews.keep(preview)
        return replace(render_preview(page, channel_id), items=preview_buttons(id_))


def _line(typed: str | None) -> str | None:
    """Return what was typed in one line, None if there is nothing in it."""
    return " ".join((typed or "").split()) or None
