"""Forget what is kept about messages, channels and threads that are deleted, by whomever."""

from __future__ import annotations

from collections.abc import Collection

import discord
from discord.ext import commands

from bot.discord_app.asking.flood import RecentAnswers
from bot.discord_app.unanswered.tracking import AskedInVain
from bot.discord_app.voting.votes import Voting


class Deletions(commands.Cog):
    """Read what is gone. Votes and questions go with their messages, which aren't linked any more.

    With a channel only its questions go: a vote doesn't tell in which channel it was cast.
    """

    def __init__(self, *, recent_answers: RecentAnswers, asked_in_vain: AskedInVain, voting: Voting) -> None:
        self._recent_answers = recent_answers
        self._asked_in_vain = asked_in_vain
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
        """Forget what was asked in a channel; discord.py tells of the threads in it that it knows, too."""
        await self._asked_in_vain.forget_channel(channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, deleted: discord.RawThreadDeleteEvent) -> None:
        """Forget what was asked in a thread."""
        await self._asked_in_vain.forget_channel(deleted.thread_id)

    async def _forget(self, message_ids: Collection[int]) -> None:
        for message_id in message_ids:
            self._recent_answers.forget(message_id)
        await self._voting.forget_answers(message_ids)
        await self._asked_in_vain.forget_deleted(message_ids)
