"""`/jd`: preview the job description, and post it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any, Self

import discord
from discord import app_commands

from bot.discord_app.clicks import Clickable, Feature, feature, once, reply_privately, responses_of
from bot.discord_app.custom_ids import ID, VERSION, short_version
from bot.discord_app.forms import texts_of
from bot.discord_app.grants import GRANT, Grants
from bot.discord_app.interactions import clicked_message
from bot.discord_app.job_postings import texts
from bot.discord_app.job_postings.publishing import JobPublishing, offer
from bot.discord_app.languages import Languages
from bot.discord_app.page import Page
from bot.discord_app.permissions import Place, find_place, missing_to_post, render_missing_permission
from bot.discord_app.posts import PostingPlace, maybe_posted_since
from bot.discord_app.recent import RecentIds
from bot.discord_app.scope import knowledge_of
from bot.discord_app.sender import NotTaken
from bot.knowledge.job_description import NothingLeft, UnknownSection, is_web_address, read_sections
from bot.knowledge.model import KnowledgeBase
from bot.language.languages import Language, same_in
from bot.language.names import called
from bot.language.speech import N_, _
from bot.library import Library
from bot.storage.job_posts import JobPostOptions

TO_POST = Grants("jd")

_OWNER = rf"(?P<owner>{ID})"


class PostButton(Clickable[discord.ui.Button[Any]], template=rf"jd-post:{_OWNER}:{GRANT}:(?P<channel>{ID}):{VERSION}"):
    """Post what the preview shows; `version` as in `texts.version_of`.

    The options are too long for a custom_id. With a click, Discord hands over the preview, and they are read from that.
    """

    def __init__(self, owner_id: int, channel_id: int, version: str, *, grant: str) -> None:
        self.grant = grant
        self.owner_id = owner_id
        self.channel_id = channel_id
        self.version = version
        custom_id = f"jd-post:{owner_id}:{grant}:{channel_id}:{version}"
        super().__init__(discord.ui.Button(label=_("Post"), custom_id=custom_id, style=discord.ButtonStyle.success))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["owner"]), int(match["channel"]), match["version"], grant=match["grant"])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the preview, and post."""
        jobs = feature(interaction, JobPostings)
        if not jobs.is_open(interaction, self.owner_id):
            await reply_privately(interaction, texts.render_gone_preview())
        elif (place := find_place(interaction.guild, self.channel_id)) is None:
            await responses_of(interaction).show_instead(interaction, texts.render_gone_channel())
        elif missing := TO_POST.missing(interaction, self.grant) or missing_to_post(interaction, place):
            await reply_privately(interaction, render_missing_permission(missing))
        else:
            post = partial(self._post, interaction, place)
            await once(interaction, "jd", clicked_message(interaction).id, work=post)

    async def _post(self, interaction: discord.Interaction[Any], place: Place) -> None:
        """Post the preview if the job description still says the same. Otherwise, show a new preview.

        That is found out before the work is claimed: a process with other knowledge must not keep another from posting.
        """
        jobs, responses = feature(interaction, JobPostings), responses_of(interaction)
        clicked = clicked_message(interaction)
        knowledge = await knowledge_of(jobs.library, interaction)
        options = texts.read_options(texts_of(clicked))
        try:
            page = texts.render_job_description(knowledge, options)
        except NothingLeft:
            why = texts.render_nothing_left() if knowledge.role else texts.render_no_job_description()
            await responses.show_instead(interaction, why)
            return
        preview = with_buttons(page, options, owner_id=self.owner_id, channel_id=place.id, grant=self.grant)
        if short_version(texts.version_of(page)) != self.version:
            await responses.show_instead(interaction, texts.render_changed_preview(preview))
            return

        async def post() -> Page:
            try:
                posted = await jobs.publishing.post(
                    place,
                    page,
                    options,
                    language=texts.language_of(knowledge, options),
                    nonce=f"jd{clicked.id}",
                    maybe_since=maybe_posted_since(interaction),
                )
            except NotTaken as refusal:
                return texts.render_gone_channel() if refusal.is_gone else texts.render_not_posted(preview)
            jobs.close(clicked)
            return posted

        await responses.carry_out(interaction, post())


class DiscardButton(Clickable[discord.ui.Button[Any]], template=rf"jd-discard:{_OWNER}"):
    """Discard the preview."""

    def __init__(self, owner_id: int) -> None:
        self.owner_id = owner_id
        super().__init__(discord.ui.Button(label=_("Cancel"), custom_id=f"jd-discard:{owner_id}"))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["owner"]))

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Discard the preview, unless it was posted or is being posted right now."""
        jobs, preview = feature(interaction, JobPostings), clicked_message(interaction)
        if not jobs.is_open(interaction, self.owner_id):
            await reply_privately(interaction, texts.render_gone_preview())
            return

        async def cancel() -> None:
            if await responses_of(interaction).show_instead(
                interaction, Page(content=_("Canceled. I didn't post anything."))
            ):
                jobs.close(preview)

        await once(interaction, "jd", preview.id, work=cancel)


class ExpiredButton(Clickable[discord.ui.Button[Any]], template=r"jd-(?:post|cancel):[\w-]{1,20}"):
    """A button below a preview that an earlier version of the bot kept in memory."""

    def __init__(self, custom_id: str) -> None:
        super().__init__(discord.ui.Button(label=_("Expired"), custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(match[0])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Say that the preview has expired."""
        await reply_privately(interaction, texts.render_gone_preview())


Particular = app_commands.Range[str, 1, texts.MAX_PARTICULAR]


class JobPostings(Feature):
    """Post the job description."""

    items = (PostButton, DiscardButton, ExpiredButton)

    def __init__(
        self, *, publishing: JobPublishing, languages: Languages, library: Library, tree: app_commands.CommandTree[Any]
    ) -> None:
        self.publishing = publishing
        self.library = library
        self._languages = languages
        self._closed = RecentIds()
        self._tree = tree

    def update_commands(self) -> bool:
        """Offer the command only while there is a job description to post."""
        return offer([self.jd], self._tree, is_wanted=self.library.has_role)

    @app_commands.command(description=N_("Post the job description. You'll see a preview first."))
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    @app_commands.describe(
        company=N_("The company that is hiring"),
        location=N_("Where the job is"),
        link=N_("Where to apply: a URL"),
        channel=N_("Where to post it (default: here)"),
        leave_out=N_("Sections to leave out, separated by commas"),
        language=N_("The language to post it in (default: the server's)"),
    )
    async def jd(
        self,
        interaction: discord.Interaction[Any],
        company: Particular | None = None,
        location: Particular | None = None,
        link: app_commands.Range[str, 1, texts.MAX_APPLY_LINK] | None = None,
        channel: app_commands.Transform[int, PostingPlace] | None = None,
        leave_out: app_commands.Range[str, 1, 400] | None = None,
        language: app_commands.Range[str, 1, texts.MAX_PARTICULAR] | None = None,
    ) -> None:
        """Show a preview, with the button that posts it."""
        channel_id = channel or interaction.channel_id or 0
        options = JobPostOptions(company=_line(company), location=_line(location), link=_line(link))
        page = await self._preview(interaction, channel_id, options, leave_out or "", language)
        await reply_privately(interaction, page)

    @jd.autocomplete("leave_out")
    async def _suggest_sections(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        knowledge = await knowledge_of(self.library, interaction)
        language = called(interaction.namespace.language or "", texts.languages_of(knowledge))
        role = knowledge.in_language(language or knowledge.language).role
        choices = texts.render_section_choices(typed, role.sections if role else ())
        return [app_commands.Choice(name=name, value=value) for name, value in choices]

    @jd.autocomplete("language")
    async def _suggest_languages(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        languages = texts.languages_of(await knowledge_of(self.library, interaction))
        choices = texts.render_language_choices(typed, languages)
        return [app_commands.Choice(name=name, value=value) for name, value in choices]

    def is_open(self, interaction: discord.Interaction[Any], owner_id: int) -> bool:
        """Return whether the preview that was clicked is the clicker's own and wasn't posted or canceled just now."""
        return interaction.user.id == owner_id and clicked_message(interaction).id not in self._closed

    def close(self, preview: discord.Message) -> None:
        """Note that a preview was posted or canceled: another click on it may be under way."""
        self._closed.add((preview.id,))

    def _servers_language(self, interaction: discord.Interaction[Any], knowledge: KnowledgeBase) -> Language | None:
        """Return the server's language if the job description is translated into it."""
        if interaction.guild is None:
            return None
        language = same_in(texts.languages_of(knowledge), self._languages.of_public(interaction.guild, knowledge))
        return None if language == knowledge.language else language

    async def _preview(
        self,
        interaction: discord.Interaction[Any],
        channel_id: int,
        options: JobPostOptions,
        leave_out: str,
        language: str | None,
    ) -> Page:
        """Return the preview with its buttons, or what is wrong with the options."""
        knowledge = await knowledge_of(self.library, interaction)
        if knowledge.role is None:
            return texts.render_no_job_description()
        if options.link and not is_web_address(options.link):
            return texts.render_bad_link()
        languages = texts.languages_of(knowledge)
        if language and called(language, languages) is None:
            return texts.render_unknown_language(languages)
        wanted = called(language, languages) if language else self._servers_language(interaction, knowledge)
        options = replace(options, language=wanted)
        role = knowledge.in_language(options.language or knowledge.language).role or knowledge.role
        try:
            options = replace(options, left_out=read_sections(leave_out, role))
            page = texts.render_job_description(knowledge, options)
        except UnknownSection as unknown:
            return texts.render_unknown_section(str(unknown), role.sections)
        except NothingLeft:
            return texts.render_nothing_left()
        place = find_place(interaction.guild, channel_id)
        if place is None:
            return texts.render_gone_channel()
        if missing := missing_to_post(interaction, place):
            return render_missing_permission(missing)
        grant = TO_POST.to(interaction)
        return with_buttons(page, options, owner_id=interaction.user.id, channel_id=channel_id, grant=grant)


def with_buttons(page: Page, options: JobPostOptions, *, owner_id: int, channel_id: int, grant: str) -> Page:
    """Return the preview of a job description, with its buttons."""
    post = PostButton(owner_id, channel_id, short_version(texts.version_of(page)), grant=grant)
    preview = texts.render_preview(page, channel_id, options)
    return replace(preview, items=(post, DiscardButton(owner_id)))


def _line(typed: str | None) -> str | None:
    """Return what was typed on one line, or None if it is blank."""
    return " ".join((typed or "").split()) or None
