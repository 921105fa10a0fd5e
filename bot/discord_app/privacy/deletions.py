"""Forget what is kept about deleted messages, channels, and threads, and about servers the bot left."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from functools import partial

import discord
from discord.ext import commands

from bot.discord_app.asking.flood import RecentAnswers
from bot.discord_app.clicks import Feature
from bot.discord_app.faq_board.boards import Boards
from bot.discord_app.handoff.handing_on import HandingOn
from bot.discord_app.unanswered.tracking import UnansweredTracker
from bot.discord_app.voting.votes import Voting
from bot.storage.persistence import once_available

logger = logging.getLogger(__name__)


class Deletions(Feature):
    """Delete votes, questions, links, and what is known of FAQ boards together with their messages.

    With a channel, its questions and its board are deleted, but no votes: they aren't stored with their channel.

    Only what `serves` says is this process's: it can't know whether the bot has left the servers of others.
    """

    def __init__(  # noqa: PLR0913 - each dependency is named
        self,
        *,
        boards: Boards,
        client: discord.Client,
        handing_on: HandingOn,
        recent_answers: RecentAnswers,
        forget_server: Callable[[int], Awaitable[None]],
        serves: Callable[[int | None], bool],
        servers_except: Callable[[Collection[int]], Awaitable[tuple[int, ...]]],
        unanswered: UnansweredTracker,
        voting: Voting,
    ) -> None:
        self._boards = boards
        self._client = client
        self._handing_on = handing_on
        self._recent_answers = recent_answers
        self._forget_server = forget_server
        self._serves = serves
        self._servers_except = servers_except
        self._unanswered = unanswered
        self._voting = voting

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Forget one message."""
        await self._forget((deleted.message_id,))

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        """Forget many messages."""
        await self._forget(deleted.message_ids)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Forget what was asked in a channel, and its board. discord.py reports its known threads as well."""
        await self._boards.forget_channel(channel.id)
        await self._unanswered.forget_channel(channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, deleted: discord.RawThreadDeleteEvent) -> None:
        """Forget what was asked in a thread, or handed on to it, and its board."""
        await self._handing_on.forget_thread(deleted.thread_id)
        await self._boards.forget_channel(deleted.thread_id)
        await self._unanswered.forget_channel(deleted.thread_id)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Delete what is kept about servers that the bot isn't in: it left them while it was switched off."""
        present = {guild.id for guild in self._client.guilds}
        find = partial(self._servers_except, present)
        for server_id in await once_available(find, otherwise="Can't look for servers that the bot has left."):
            if self._serves(server_id):
                await self._leave(server_id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Delete what is kept about a server the bot left, as soon as the database is there."""
        await self._leave(guild.id)

    async def _leave(self, server_id: int) -> None:
        self._unanswered.forget_server(server_id)

        async def forget() -> None:
            if self._client.get_guild(server_id) is None:  # else the bot is back
                await self._forget_server(server_id)
                logger.info("Left and forgot server %s.", server_id)

        await once_available(forget, otherwise=f"Can't forget server {server_id} yet.")

    async def _forget(self, message_ids: Collection[int]) -> None:
        for message_id in message_ids:
            self._recent_answers.forget(message_id)
        await self._boards.forget_messages(message_ids)
        await self._voting.forget_answers(message_ids)
        await self._handing_on.forget_questions(message_ids)
        await self._unanswered.forget_deleted(message_ids)
