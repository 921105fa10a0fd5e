"""Post the job description, and keep the posts up to date."""

from __future__ import annotations

import logging
from collections.abc import Coroutine, Iterable
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands

from bot.discord_app.job_postings.texts import (
    PostState,
    language_of,
    render_job_description,
    render_posted,
    render_refreshed,
    version_of,
    whereabouts,
)
from bot.discord_app.page import Page
from bot.discord_app.permissions import MissingPermission, Place, sees
from bot.discord_app.posts import Edit, Posts
from bot.discord_app.sender import NotTaken
from bot.knowledge.job_description import NothingLeft
from bot.knowledge.model import KnowledgeBase
from bot.language.languages import Language
from bot.language.speech import speaking
from bot.storage.errors import StorageUnavailable
from bot.storage.job_posts import JobPost, JobPostOptions, JobPosts

logger = logging.getLogger(__name__)


class JobPublishing:
    """Post the job description, remember the posts, and update them in place."""

    def __init__(self, *, job_posts: JobPosts, posts: Posts) -> None:
        self._job_posts = job_posts
        self._posts = posts

    async def post(
        self,
        place: Place,
        page: Page,
        options: JobPostOptions,
        *,
        language: Language,
        nonce: str,
        maybe_since: int | None = None,
    ) -> Page:
        """Post a job description made with these options in a language and remember it; return the confirmation.

        `nonce` and `maybe_since` keep it from being posted twice, as in `Posts.post`.

        Raises:
            NotTaken: Discord doesn't take the post, or can't be reached.
        """
        try:
            with speaking(language):  # it names the source
                message = await self._posts.post(place, page, nonce=nonce, maybe_since=maybe_since)
        except NotTaken as refusal:
            logger.warning("Can't post the job description in channel %s: %s.", place.id, refusal)
            raise
        post = JobPost(
            message_id=message.id,
            channel_id=place.id,
            server_id=place.guild.id,
            options=options,
            version=version_of(page),
            posted_at=datetime.now(UTC),
        )
        try:
            await self._job_posts.remember(post)
        except StorageUnavailable as error:
            logger.warning("Can't remember post %s of the job description. %s", message.id, error)
            return render_posted(message.jump_url, is_remembered=False)
        return render_posted(message.jump_url)

    async def remembered(self, reader: discord.Member, knowledge: KnowledgeBase) -> tuple[PostState, ...]:
        """Return the remembered posts in channels that a moderator can see, newest first.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        posts = await self._job_posts.of_server(reader.guild.id)
        return tuple(PostState(post, _is_current(post, knowledge)) for post in posts if sees(reader, post.channel_id))

    async def survey(self, reader: discord.Member, knowledge: KnowledgeBase) -> tuple[tuple[PostState, ...], int]:
        """Return the posts that a moderator can see and that still exist, newest first. Forget and count the others.

        Raises:
            StorageUnavailable: The database can't be used now.
            NotTaken: Discord can't be reached.
        """
        states = await self.remembered(reader, knowledge)
        found = []
        for state in states:
            if await self._posts.is_there(state.where):
                found.append(state)
            else:
                await self._job_posts.forget(state.post.message_id)
        return tuple(found), len(states) - len(found)

    async def refresh(self, reader: discord.Member, knowledge: KnowledgeBase) -> Page:
        """Update the posts that a moderator can see and that are out of date; return the result.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        states = await self.remembered(reader, knowledge)
        stale = [state.post for state in states if not state.is_current]
        return render_refreshed([await self._refresh(post, knowledge) for post in stale])

    async def _refresh(self, post: JobPost, knowledge: KnowledgeBase) -> Edit | MissingPermission:
        page = render_job_description(knowledge, post.options)
        with speaking(language_of(knowledge, post.options)):
            edit = await self._posts.edit(whereabouts(post), page)
        if edit is Edit.done:
            await self._note(self._job_posts.update_version(post.message_id, version_of(page)))
        elif edit is Edit.gone:
            await self._note(self._job_posts.forget(post.message_id))
        return edit

    async def _note(self, storing: Coroutine[Any, Any, None]) -> None:
        """Store the new state of a post. If that fails, the next refresh finds out again."""
        try:
            await storing
        except StorageUnavailable as error:
            logger.warning("Can't store the state of a job description post. %s", error)


def offer(
    commands: Iterable[app_commands.Command[Any, ..., Any]],
    where: app_commands.CommandTree[Any] | app_commands.Group,
    *,
    is_wanted: bool,
) -> bool:
    """Add or remove commands, and return whether any came or went."""
    changing = [each for each in commands if (where.get_command(each.name) is not None) != is_wanted]
    for command in changing:
        if is_wanted:
            where.add_command(command)
        else:
            where.remove_command(command.name)
    return bool(changing)


def _is_current(post: JobPost, knowledge: KnowledgeBase) -> bool:
    """Return whether a post is up to date. One that would have no section left counts as up to date."""
    try:
        return post.version == version_of(render_job_description(knowledge, post.options))
    except NothingLeft:
        return True
