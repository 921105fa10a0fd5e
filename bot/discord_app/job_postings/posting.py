"""`/jd` and its posts: preview, post, list, and update the job description."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Self

import discord
from discord import app_commands

from bot.answering import Answering
from bot.discord_app.clicks import Clickable, Feature, feature, once, reply_privately
from bot.discord_app.custom_ids import ID
from bot.discord_app.interactions import Responses
from bot.discord_app.job_postings.board import JobBoard
from bot.discord_app.job_postings.previews import Preview
from bot.discord_app.job_postings.texts import (
    MAX_APPLY_LINK,
    MAX_PARTICULAR,
    render_bad_link,
    render_changed_since_preview,
    render_gone_channel,
    render_gone_preview,
    render_job_description,
    render_job_posts,
    render_no_job_description,
    render_not_posted,
    render_nothing_left,
    render_nothing_to_refresh,
    render_preview,
    render_refresh_preview,
    render_section_choices,
    render_unknown_section,
    version_of,
)
from bot.discord_app.page import Page, render_failure
from bot.discord_app.permissions import (
    find_place,
    missing_to_moderate,
    missing_to_post,
    reader_of,
    render_missing_permission,
)
from bot.discord_app.sender import NotTaken
from bot.knowledge.job_description import NothingLeft, UnknownSection, is_web_address, read_sections
from bot.storage.job_posts import JobPostOptions

_PREVIEW = r"(?P<preview>[\w-]{1,20})"
_VERSION_SHOWN = 16  # characters of the knowledge's version in a custom_id


class PostButton(Clickable[discord.ui.Button[Any]], template=f"jd-post:{_PREVIEW}"):
    """Post what the preview shows."""

    def __init__(self, preview_id: str) -> None:
        self.preview_id = preview_id
        custom_id = f"jd-post:{preview_id}"
        super().__init__(discord.ui.Button(label="Post", custom_id=custom_id, style=discord.ButtonStyle.success))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(match["preview"])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the preview, and post."""
        jobs = feature(interaction, JobPostings)
        preview = jobs.own_preview(interaction, self.preview_id)
        if preview is None:
            await reply_privately(interaction, render_gone_preview())
            return
        place = find_place(interaction.guild, preview.channel_id)
        if place is None:
            jobs.board.previews.forget(self.preview_id)
            await jobs.responses.show_instead(interaction, render_gone_channel())
            return
        had_it = preview.had_it
        if missing := missing_to_moderate(interaction, had_it=had_it) or missing_to_post(interaction, place):
            await reply_privately(interaction, render_missing_permission(missing))
            return

        async def post() -> Page:
            try:
                return await jobs.board.post(place, self.preview_id, preview)
            except NotTaken:
                return replace(render_not_posted(preview.page), items=preview_buttons(self.preview_id))

        await once(
            interaction,
            self.preview_id,
            work=lambda: jobs.responses.carry_out(interaction, post()),
            meanwhile=render_underway(),
        )


class CancelButton(Clickable[discord.ui.Button[Any]], template=f"jd-cancel:{_PREVIEW}"):
    """Discard the preview."""

    def __init__(self, preview_id: str) -> None:
        self.preview_id = preview_id
        super().__init__(discord.ui.Button(label="Cancel", custom_id=f"jd-cancel:{preview_id}"))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(match["preview"])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Discard the preview, unless it is being posted right now."""
        jobs = feature(interaction, JobPostings)

        async def cancel() -> None:
            if jobs.own_preview(interaction, self.preview_id):
                jobs.board.previews.forget(self.preview_id)
            await jobs.responses.show_instead(interaction, Page(content="Canceled. I didn't post anything."))

        await once(interaction, self.preview_id, work=cancel, meanwhile=render_underway())


class RefreshButton(
    Clickable[discord.ui.Button[Any]], template=rf"jd-refresh:(?P<owner>{ID}):(?P<had_it>[01]):(?P<version>\w{{1,16}})"
):
    """Update the posts to what the preview shows; `had_it` as in `missing_to_moderate`."""

    def __init__(self, owner_id: int, version: str, *, had_it: bool) -> None:
        self.had_it = had_it
        self.owner_id = owner_id
        self.version = version
        custom_id = f"jd-refresh:{owner_id}:{had_it:d}:{version}"
        super().__init__(
            discord.ui.Button(label="Update posts", custom_id=custom_id, style=discord.ButtonStyle.success)
        )

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["owner"]), match["version"], had_it=match["had_it"] == "1")

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the preview, and edit the posts."""
        guild, jobs = interaction.guild, feature(interaction, JobPostings)
        knowledge = jobs.answering.knowledge
        if guild is None or interaction.user.id != self.owner_id:
            await reply_privately(interaction, render_gone_preview())
        elif missing := missing_to_moderate(interaction, had_it=self.had_it):
            await reply_privately(interaction, render_missing_permission(missing))
        elif knowledge.role is None:
            await jobs.responses.show_instead(interaction, render_no_job_description())
        elif short_version(knowledge.version) != self.version:
            await jobs.responses.show_instead(interaction, render_changed_since_preview())
        else:
            await once(
                interaction,
                "jd-refresh",
                guild.id,
                work=lambda: jobs.responses.carry_out(
                    interaction, jobs.board.refresh(reader_of(interaction), knowledge)
                ),
                meanwhile=render_underway(),
            )


Particular = app_commands.Range[str, 1, MAX_PARTICULAR]


class PostingPlace(app_commands.Transformer):
    """Accept a channel or thread by its id, even if the bot can't see it."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        """Tell Discord to offer channels."""
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        """Offer channels and threads that people can post in."""
        threads = [discord.ChannelType.public_thread, discord.ChannelType.private_thread]
        return [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.news_thread, *threads]

    async def transform(self, _: discord.Interaction[Any], value: Any, /) -> int:
        """Return the id."""
        return int(value.id)


class JobPostings(Feature):
    """Post the job description, and keep the posts up to date."""

    items = (PostButton, CancelButton, RefreshButton)

    def __init__(
        self,
        *,
        answering: Answering,
        board: JobBoard,
        manage: app_commands.Group,
        responses: Responses,
        tree: app_commands.CommandTree[Any],
    ) -> None:
        self.answering = answering
        self.board = board
        self.responses = responses
        self._manage = manage
        self._subcommands: tuple[app_commands.Command[Any, ..., Any], ...] = (
            manage.command(name="jd-posts")(self.jd_posts),
            manage.command(name="jd-refresh")(self.jd_refresh),
        )
        self._tree = tree

    def update_commands(self) -> bool:
        """Offer the commands only while there is a job description to post."""
        is_offered = self._tree.get_command(self.jd.name) is not None
        is_wanted = self.answering.knowledge.role is not None
        if is_wanted == is_offered:
            return False
        if is_wanted:
            self._tree.add_command(self.jd)
        else:
            self._tree.remove_command(self.jd.name)
        for command in self._subcommands:
            if is_wanted:
                self._manage.add_command(command)
            else:
                self._manage.remove_command(command.name)
        return True

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.describe(
        company="The company that is hiring",
        location="Where the job is",
        link="Where to apply: a URL",
        channel="Where to post it (default: here)",
        leave_out="Sections to leave out, separated by commas",
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
        """Post the job description. You'll see a preview first."""
        channel_id = channel or interaction.channel_id or 0
        options = JobPostOptions(company=_line(company), location=_line(location), link=_line(link))
        page = self._preview(interaction, channel_id, options, leave_out or "")
        await self.responses.respond(interaction, page, private=True)

    @jd.autocomplete("leave_out")
    async def _suggest_sections(self, _: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        role = self.answering.knowledge.role
        choices = render_section_choices(typed, role.sections if role else ())
        return [app_commands.Choice(name=name, value=value) for name, value in choices]

    async def jd_posts(self, interaction: discord.Interaction[Any]) -> None:
        """Show where the job description is posted."""
        await self.responses.acknowledged(interaction, self._job_posts(interaction))

    async def jd_refresh(self, interaction: discord.Interaction[Any]) -> None:
        """Update the posts of the job description. You'll see a preview first."""
        await self.responses.acknowledged(interaction, self._refresh_preview(interaction))

    def own_preview(self, interaction: discord.Interaction[Any], preview_id: str) -> Preview | None:
        """Return a preview if it belongs to the person who clicked and still exists."""
        preview = self.board.previews.find(preview_id)
        return preview if preview and preview.owner_id == interaction.user.id else None

    def _preview(
        self,
        interaction: discord.Interaction[Any],
        channel_id: int,
        options: JobPostOptions,
        leave_out: str,
    ) -> Page:
        """Return the preview with its buttons, or what is wrong with the options."""
        knowledge = self.answering.knowledge
        if knowledge.role is None:
            return render_no_job_description()
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
            had_it=interaction.permissions.manage_messages,
        )
        id_ = self.board.previews.keep(preview)
        return replace(render_preview(page, channel_id), items=preview_buttons(id_))

    async def _job_posts(self, interaction: discord.Interaction[Any]) -> Page:
        return render_job_posts(await self.board.remembered(reader_of(interaction), self.answering.knowledge))

    async def _refresh_preview(self, interaction: discord.Interaction[Any]) -> Page:
        knowledge = self.answering.knowledge
        if knowledge.role is None:
            return render_no_job_description()
        try:
            survey = await self.board.survey(reader_of(interaction), knowledge)
        except NotTaken:
            return render_failure()
        if not survey.stale:
            return render_nothing_to_refresh(len(survey.states), survey.gone)
        page = render_job_description(knowledge, survey.stale[0].post.options)
        preview = render_refresh_preview(page, survey.stale, survey.gone)
        had_it = interaction.permissions.manage_messages
        button = RefreshButton(interaction.user.id, short_version(knowledge.version), had_it=had_it)
        return replace(preview, items=(button,))


def preview_buttons(preview_id: str) -> tuple[PostButton, CancelButton]:
    """Return the buttons below a preview."""
    return PostButton(preview_id), CancelButton(preview_id)


def short_version(version: str) -> str:
    """Return as much of the knowledge's version as a custom_id has room for."""
    return "".join(filter(str.isalnum, version))[:_VERSION_SHOWN]


def render_underway() -> Page:
    """Respond to a second click while the first is being handled."""
    return Page(content="I'm already on it. One moment, please.")


def _line(typed: str | None) -> str | None:
    """Return what was typed on one line, or None if it is blank."""
    return " ".join((typed or "").split()) or None
