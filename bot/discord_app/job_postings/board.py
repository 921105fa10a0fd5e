"""Post the job description, and keep what was posted up to date."""

from __future__ import annotations

import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import discord

from bot.discord_app.job_postings.pages import (
    PostState,
    Refreshed,
    render_gone_channel,
    render_job_description,
    render_not_posted,
    render_posted,
    render_refreshed,
    version_of,
)
from bot.discord_app.job_postings.previews import Preview, Previews
from bot.discord_app.moderation.components import preview_buttons
from bot.discord_app.page import Page
from bot.discord_app.permissions import MissingPermission, Place, find_place, missing_to_edit
from bot.discord_app.posting import NotTaken, Posting
from bot.knowledge.job_description import NothingLeft
from bot.knowledge.model import KnowledgeBase
from bot.storage.errors import StorageUnavailable
from bot.storage.job_posts import JobPost, JobPosts

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Survey:
    """The posts that were found, the newest first, and how many turned out to be gone and have been forgotten."""

    states: tuple[PostState, ...]
    gone: int

    @property
    def stale(self) -> tuple[PostState, ...]:
        """Return the posts that don't say what they should."""
        return tuple(state for state in self.states if not state.is_current)


class JobBoard:
    """The posts of the job description: made from previews, remembered, and brought up to date in place."""

    def __init__(self, *, client: discord.Client, job_posts: JobPosts, posting: Posting) -> None:
        self.previews = Previews()
        self._client = client
        self._job_posts = job_posts
        self._posting = posting

    async def post(self, place: Place, preview_id: str, preview: Preview) -> Page:
        """Post what a preview shows and remember it; return what takes the preview's place.

        When Discord doesn't take the post the preview stays, to be tried again.
        """
        try:
            message = await self._posting.post(place, preview.page, nonce=preview_id)
        except NotTaken as refusal:
            logger.warning("The job description could not be posted in channel %s: %s.", place.id, refusal)
            if refusal.is_gone:
                self.previews.forget(preview_id)
                return render_gone_channel()
            return replace(render_not_posted(preview.page), items=preview_buttons(preview_id))
        self.previews.forget(preview_id)
        post = JobPost(
            message_id=message.id,
            channel_id=place.id,
            server_id=place.guild.id,
            options=preview.options,
            version=preview.version,
            posted_at=datetime.now(UTC),
        )
        try:
            await self._job_posts.remember(post)
        except StorageUnavailable as error:
            logger.warning("The post %s of the job description could not be remembered. %s", message.id, error)
            return render_posted(message.jump_url, is_remembered=False)
        return render_posted(message.jump_url)

    async def remembered(self, server_id: int, knowledge: KnowledgeBase) -> tuple[PostState, ...]:
        """Return the posts of a server as they are remembered, the newest first.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        posts = await self._job_posts.of_server(server_id)
        return tuple(PostState(post, _is_current(post, knowledge)) for post in posts)

    async def survey(self, server_id: int, knowledge: KnowledgeBase) -> Survey:
        """Look which of a server's posts are still there, and forget the others.

        Raises:
            StorageUnavailable: The database can't be used now.
            NotTaken: Discord can't be reached.
        """
        states = await self.remembered(server_id, knowledge)
        found = []
        for state in states:
            if await self._posting.is_there(self._message(state.post)):
                found.append(state)
            else:
                await self._job_posts.forget(state.post.message_id)
        return Survey(tuple(found), gone=len(states) - len(found))

    async def refresh(self, guild: discord.Guild, knowledge: KnowledgeBase) -> Page:
        """Edit the posts that don't say what they should; return what became of them.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        states = await self.remembered(guild.id, knowledge)
        return render_refreshed(await self._refresh(guild, [s.post for s in states if not s.is_current], knowledge))

    async def _refresh(self, guild: discord.Guild, posts: Sequence[JobPost], knowledge: KnowledgeBase) -> Refreshed:
        done = Refreshed()
        for post in posts:
            page = render_job_description(knowledge, post.options)
            place = find_place(guild, post.channel_id)
            if place and (missing := missing_to_edit(place)):
                done = replace(done, lacking=(*done.lacking, missing))
                continue
            try:
                await self._posting.edit(self._message(post), page)
            except NotTaken as refusal:
                if refusal.is_gone:
                    await self._note(self._job_posts.forget(post.message_id))
                    done = replace(done, gone=done.gone + 1)
                elif refusal.is_forbidden:
                    missing = MissingPermission("view_channel", is_the_bots=True, channel_id=post.channel_id)
                    done = replace(done, lacking=(*done.lacking, missing))
                else:
                    done = replace(done, failed=done.failed + 1)
            else:
                await self._note(self._job_posts.update_version(post.message_id, version_of(page)))
                done = replace(done, updated=done.updated + 1)
        return done

    async def _note(self, storing: Coroutine[Any, Any, None]) -> None:
        """Store what became of a post; what can't be stored is found out anew by the next refresh."""
        try:
            await storing
        except StorageUnavailable as error:
            logger.warning("What became of a post of the job description could not be stored. %s", error)

    def _message(self, post: JobPost) -> discord.PartialMessage:
        channel = self._client.get_partial_messageable(post.channel_id, guild_id=post.server_id)
        return channel.get_partial_message(post.message_id)


def _is_current(post: JobPost, knowledge: KnowledgeBase) -> bool:
    """Tell whether a post says what it should; so does one of which no section would be left."""
    try:
        return post.version == version_of(render_job_description(knowledge, post.options))
    except NothingLeft:
        return True
