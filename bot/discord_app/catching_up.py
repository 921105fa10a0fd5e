"""Find what was asked while nobody listened, and what was begun and never finished."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.discord_app.cogs.forum import Forum
from bot.discord_app.cogs.mentions import Mentions
from bot.discord_app.delivery import fate_of
from bot.discord_app.history import History, may_read, read_history
from bot.discord_app.seen import Seen
from bot.fates import Face, Fate
from bot.metrics import SkipReason
from bot.storage.claims_table import Claim
from bot.storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

logger = logging.getLogger(__name__)

longest_gap = timedelta(minutes=15)  # what was asked longer ago stays unanswered
nonce_holds = timedelta(minutes=2)  # so long Discord surely knows a message sent twice
margin = timedelta(seconds=90)  # before the bot ended: it may not yet have noticed that nothing came in any more
max_channels = 200  # looked through after a gap
max_direct_channels = 50  # of them; Discord doesn't tell which direct messages are new
max_posts = 50  # of forums, answered by their title after a gap
readers = 5  # channels looked through at a time
pause_between_rounds = 5.0  # seconds

Place = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread | discord.PartialMessageable
_Errors = (discord.DiscordException, aiohttp.ClientError, OSError)


class CatchingUp:
    """Look through channels after a gap, and take up claims that were left open."""

    def __init__(self, bot: CareerBot, *, mentions: Mentions, forum: Forum) -> None:
        self._bot = bot
        self._mentions = mentions
        self._forum = forum
        self._seen = Seen()
        self._seen_until: datetime | None = None
        self._closing_gap = asyncio.Lock()

    def note(self, message: discord.Message) -> None:
        """Take note that a message came in."""
        self._seen.note(message.channel.id, message.id)

    def begin_gap(self) -> None:
        """Take note that a session begins without the events since the last one."""
        self._seen.begin_gap()

    async def close_gap(self) -> None:
        """Answer what was asked since the last session ended, within limits, the oldest first."""
        async with self._closing_gap:
            seen = self._seen.end_gap()
            since = await self._begin_of_gap()
            oldest = discord.utils.time_snowflake(since)
            places = [*self._new_places(seen, oldest), *await self._direct_places()]
            self._bot.metrics.gap_looked_through()
            turn = asyncio.Semaphore(readers)
            histories = await asyncio.gather(
                *(self._read(place, max(seen.get(place.id, 0), oldest), turn) for place in places)
            )
            missed = [
                message for history in histories for message in history.messages if message.id not in history.answered
            ]
            for message in sorted(missed, key=lambda message: message.id):
                if await self._mentions.read_late(message):
                    self._bot.metrics.gap_question_answered()
            for thread in self._new_posts(oldest):
                if not await self._has_spoken_in(thread):
                    await self._forum.on_thread_create(thread)

    async def keep_up(self) -> None:
        """Keep in mind up to when events came in, and take up what was left open, until cancelled."""
        while True:
            await asyncio.sleep(pause_between_rounds)
            if not self._bot.is_connected or self._closing_gap.locked():
                continue
            try:
                await self.take_up()
                await self._bot.stores.progress.write(datetime.now(UTC))
            except StorageUnavailable as error:
                logger.debug("It can't be kept in mind up to when questions were seen. %s", error)
            except Exception:
                logger.exception("What was left open could not be taken up.")

    async def take_up(self) -> None:
        """See claims through that were left open: by a process that died, or because Discord couldn't be reached."""
        now = datetime.now(UTC)
        for claim in await self._bot.stores.claims.left_open(since=now - timedelta(days=1)):
            if claim.key not in self._bot.in_flight:
                await self._take_up(claim, now - claim.claimed_at)

    async def _take_up(self, claim: Claim, age: timedelta) -> None:
        close = self._bot.delivery.close
        if age > longest_gap:
            close(claim, Fate.closed_too_late)
            return
        try:
            place = await self._place_of(claim)
            if age > nonce_holds:
                if isinstance(place, discord.abc.GuildChannel | discord.Thread) and not may_read(place):
                    close(claim, Fate.closed_unconfirmed)
                    return
                if await self._is_answered(claim, place):
                    close(claim, Fate.answered)
                    return
            if claim.face is not Face.post:
                await self._mentions.take_up(claim, await place.fetch_message(claim.message_id))
            elif isinstance(place, discord.Thread):
                await self._forum.take_up(claim, place)
        except _Errors as error:
            if (fate := fate_of(error)) is not None:
                close(claim, fate)

    async def _begin_of_gap(self) -> datetime:
        """Return since when messages may have been missed that the process hasn't seen."""
        now = datetime.now(UTC)
        earliest = now - longest_gap
        if self._seen_until is None:
            try:
                self._seen_until = await self._bot.stores.progress.read() or earliest
            except StorageUnavailable:
                self._seen_until = earliest
            if (unseen := earliest - self._seen_until) > timedelta(0):
                self._bot.metrics.time_unseen(unseen.total_seconds())
                logger.warning(
                    "The bot was away since %s. What was asked more than %d minutes ago stays unanswered.",
                    self._seen_until.isoformat(timespec="seconds"),
                    longest_gap.total_seconds() // 60,
                )
        return max(self._seen_until - margin, earliest)

    def _new_places(self, seen: Mapping[int, int], oldest: int) -> list[Place]:
        """Return the channels and threads with messages that haven't been seen, the liveliest first."""
        found: list[Place] = []
        for place in self._places():
            if (place.last_message_id or 0) <= max(seen.get(place.id, 0), oldest):
                continue
            if may_read(place):
                found.append(place)
            else:
                self._bot.metrics.gap_channel_skipped(SkipReason.no_permission)
        found.sort(key=lambda place: getattr(place, "last_message_id", 0), reverse=True)
        most = max_channels - max_direct_channels
        for _ in found[most:]:
            self._bot.metrics.gap_channel_skipped(SkipReason.too_many)
        return found[:most]

    def _places(self) -> Iterator[discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread]:
        for guild in self._bot.guilds:
            yield from guild.text_channels
            yield from guild.voice_channels
            yield from guild.stage_channels
            yield from guild.threads

    async def _direct_places(self) -> list[Place]:
        try:
            ids = await self._bot.stores.direct_channels.recent(max_direct_channels)
        except StorageUnavailable:
            return []
        return [self._bot.get_partial_messageable(id_, type=discord.ChannelType.private) for id_ in ids]

    def _new_posts(self, oldest: int) -> list[discord.Thread]:
        posts = [
            thread
            for guild in self._bot.guilds
            for thread in guild.threads
            if thread.id > oldest and thread.parent_id in self._bot.stores.servers.of(guild.id).forum_channels
        ]
        return sorted(posts, key=lambda thread: thread.id)[:max_posts]

    async def _read(self, place: Place, after: int, turn: asyncio.Semaphore) -> History:
        async with turn:
            try:
                return await read_history(place, after=after, bot_id=self._user_id)
            except _Errors as error:
                self._bot.metrics.gap_channel_skipped(SkipReason.failed)
                logger.warning("Channel %s can't be looked through: %s.", place.id, type(error).__name__)
                return History((), frozenset())

    async def _place_of(self, claim: Claim) -> Place:
        if claim.face is Face.direct:
            return self._bot.get_partial_messageable(claim.channel_id, type=discord.ChannelType.private)
        found = self._bot.get_channel(claim.channel_id) or await self._bot.fetch_channel(claim.channel_id)
        if isinstance(found, Place):
            return found
        return self._bot.get_partial_messageable(claim.channel_id, guild_id=claim.server_id)

    async def _is_answered(self, claim: Claim, place: Place) -> bool:
        """Look whether a reply arrived of which nobody knows."""
        if isinstance(place, discord.Thread) and claim.face is Face.post:
            return await self._has_spoken_in(place)
        history = await read_history(place, after=claim.message_id - 1, bot_id=self._user_id)
        return claim.message_id in history.answered

    async def _has_spoken_in(self, post: discord.Thread) -> bool:
        try:
            history = await read_history(post, after=post.id - 1, bot_id=self._user_id)
        except _Errors as error:
            logger.warning("Post %s can't be looked through: %s.", post.id, type(error).__name__)
            return True  # better no answer than two
        return any(message.author.id == self._user_id for message in history.messages)

    @property
    def _user_id(self) -> int:
        if self._bot.user is None:
            raise AssertionError("there is no session before somebody is logged in")
        return self._bot.user.id
