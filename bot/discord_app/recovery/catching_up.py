"""Catch up on what was asked while nobody listened, and on what was begun and never finished."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import discord

from bot.discord_app.cogs.forum import Forum
from bot.discord_app.delivery import claim_on
from bot.discord_app.mentions import Mentions
from bot.discord_app.recovery.history import errors, has_spoken_in, own_id
from bot.discord_app.recovery.missed import LookingThrough
from bot.discord_app.recovery.pacing import Begun, paced
from bot.discord_app.recovery.seen import Seen
from bot.discord_app.recovery.taking_up import TakingUp, longest_wait
from bot.discord_app.toolkit import Toolkit
from bot.storage.errors import StorageUnavailable

logger = logging.getLogger(__name__)

longest_gap = longest_wait
margin = timedelta(minutes=2)  # discord.py takes up to 101 s to notice that nothing comes in any more
pause_between_answers = 0.04  # seconds
pause_between_rounds = 5.0  # seconds


class CatchingUp:
    """Close gaps and take up open claims, one after the other in one task."""

    def __init__(
        self,
        *,
        client: discord.Client,
        is_connected: Callable[[], bool],
        mentions: Mentions,
        forum: Forum,
        tools: Toolkit,
    ) -> None:
        """Begin when `is_connected` tells that every shard receives events."""
        self._client = client
        self._is_connected = is_connected
        self._tools = tools
        self._mentions = mentions
        self._forum = forum
        self._begun = Begun()
        self._looking_through = LookingThrough(client=client, mentions=mentions, tools=tools)
        self._taking_up = TakingUp(client=client, mentions=mentions, forum=forum, tools=tools, begun=self._begun)
        self._seen = Seen()
        self._seen_until: datetime | None = None
        self._has_gap = True
        self._begin: datetime | None = None  # of the gap, once that is known
        self._unknown: set[int] = set()  # shards whose channels aren't known yet
        self._late: dict[int, int] = {}  # servers that weren't there, and the id of the time since when they are missed
        self._wake = asyncio.Event()

    def note(self, message: discord.Message) -> None:
        """Take note that a message came in."""
        self._seen.note(message.channel.id, message.id)

    def begin_gap(self, shard_id: int) -> None:
        """Take note that a session begins without the events since the last one."""
        self._seen.begin_gap()
        self._has_gap = True
        self._unknown.add(shard_id)

    def look_through(self, shard_id: int) -> None:
        """Close the gap now that it is known which channels there are."""
        self._unknown.discard(shard_id)
        self._wake.set()

    def wake(self) -> None:
        """Begin a round now."""
        self._wake.set()

    def welcome(self, server_id: int) -> None:
        """Take note that a server is there that may have been missing when the last gap was closed."""
        if server_id in self._late:
            self._seen.begin_gap()
            self._has_gap = True
            self._wake.set()

    async def keep_up(self) -> None:
        """Take up what was left open, close gaps, and keep in mind up to when events came in, until cancelled.

        What has been begun to be answered by then goes on, and is in flight.
        """
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_between_rounds):
                    await self._wake.wait()
            self._wake.clear()
            if not self._is_connected():
                continue
            try:
                await self._taking_up.take_up_all()
                if self._has_gap and not self._unknown:
                    await self._close_gap()
                if not self._has_gap:
                    self._seen_until = datetime.now(UTC)
                    await self._tools.stores.progress.write(self._seen_until)
            except StorageUnavailable as error:
                logger.debug("It can't be kept in mind up to when questions were seen. %s", error)
            except Exception:
                logger.exception("What was missed or left open could not be taken up.")

    async def _close_gap(self) -> None:
        """Answer what was asked since the last session ended, within limits, the oldest first.

        What can't be looked through now, though it may heal, is left to the next round.
        """
        self._has_gap = False
        seen = dict(self._seen.end_gap())
        is_closed = False
        try:
            if self._begin is None:
                self._begin = await self._begin_of_gap()
                self._tools.metrics.gap_looked_through()
            oldest = discord.utils.time_snowflake(max(self._begin, datetime.now(UTC) - longest_gap))
            self._late = {guild.id: oldest for guild in self._client.guilds if guild.unavailable} | self._late
            missed = await self._looking_through.find(seen=seen, oldest=oldest, late=self._late)
            await paced(map(self._answer_late, missed.messages), lambda: pause_between_answers)
            seen |= missed.read
            for thread in self._looking_through.new_posts(oldest):
                await self._answer_post(thread)
            is_closed = missed.is_all
        finally:
            if not is_closed:
                self._has_gap = True
                self._seen.resume_gap(seen)
        if is_closed:
            self._begin = None
            away = {guild.id for guild in self._client.guilds if guild.unavailable}
            self._late = {id_: since for id_, since in self._late.items() if id_ in away}

    async def _answer_late(self, message: discord.Message) -> None:
        with self._tools.delivery.settling_faults(claim_on(message)):
            if await self._begun.finish(self._mentions.read_late(message)):
                self._tools.metrics.gap_question_answered()

    async def _answer_post(self, post: discord.Thread) -> None:
        try:
            if await has_spoken_in(post, bot_id=own_id(self._client)):
                return
        except errors as error:  # better no answer than two
            logger.warning("Post %s can't be looked through: %s.", post.id, type(error).__name__)
            return
        await self._begun.finish(self._forum.on_thread_create(post))

    async def _begin_of_gap(self) -> datetime:
        """Return since when messages may have been missed that the process hasn't seen."""
        earliest = datetime.now(UTC) - longest_gap
        seen_until = self._seen_until
        if seen_until is None:
            with suppress(StorageUnavailable):
                seen_until = await self._tools.stores.progress.read()
        if seen_until is None:
            return earliest
        if (unseen := earliest - seen_until) > timedelta(0):
            self._tools.metrics.time_unseen(unseen.total_seconds())
            logger.warning(
                "The bot was away since %s. What was asked more than %d minutes ago stays unanswered.",
                seen_until.isoformat(timespec="seconds"),
                longest_gap.total_seconds() // 60,
            )
        return max(seen_until - margin, earliest)
