"""Find what was asked while nobody listened, and what was begun and never finished."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import discord

from bot.discord_app.cogs.forum import Forum
from bot.discord_app.delivery import fate_of
from bot.discord_app.history import is_answered, may_read, read_history
from bot.discord_app.mentions import Mentions
from bot.discord_app.seen import Seen
from bot.fates import Face, Fate
from bot.metrics import SkipReason
from bot.storage.claims_table import Claim, open_kept_for
from bot.storage.errors import StorageUnavailable

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

logger = logging.getLogger(__name__)

T = TypeVar("T")

longest_gap = timedelta(minutes=15)  # what was asked longer ago stays unanswered
nonce_holds = timedelta(minutes=2)  # so long Discord surely knows a message sent twice
margin = timedelta(minutes=2)  # discord.py takes up to 101 s to notice that nothing comes in any more
max_channels = 200  # looked through after a gap
max_direct_channels = 50  # of them; Discord doesn't tell which direct messages are new
max_posts = 50  # of forums, answered by their title after a gap
pause_between_reads = 0.05  # seconds; of the 50 requests a second that Discord allows, most are for who asks now
pause_between_answers = 0.04  # seconds
at_a_time = 10  # channels looked through, or questions answered
pause_between_rounds = 5.0  # seconds

Place = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread | discord.PartialMessageable
_Errors = (discord.DiscordException, aiohttp.ClientError, OSError)


class CatchingUp:
    """Look through channels after a gap, and take up claims that were left open; one task does either."""

    def __init__(self, bot: CareerBot, *, mentions: Mentions, forum: Forum) -> None:
        self._bot = bot
        self._mentions = mentions
        self._forum = forum
        self._seen = Seen()
        self._seen_until: datetime | None = None
        self._has_gap = True
        self._begin: datetime | None = None  # of the gap, once that is known
        self._unknown: set[int] = set()  # shards whose channels aren't known yet
        self._late: dict[int, int] = {}  # servers that weren't there, and the id of the time since when they are missed
        self._wake = asyncio.Event()
        self._begun: set[asyncio.Task[Any]] = set()

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
            if not self._bot.is_connected:
                continue
            try:
                await self._take_up_all()
                if self._has_gap and not self._unknown:
                    await self._close_gap()
                if not self._has_gap:
                    self._seen_until = datetime.now(UTC)
                    await self._bot.stores.progress.write(self._seen_until)
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
        try:
            if self._begin is None:
                self._begin = await self._begin_of_gap()
                self._bot.metrics.gap_looked_through()
            earliest = max(self._begin, datetime.now(UTC) - longest_gap)
            oldest = discord.utils.time_snowflake(earliest)
            self._late |= {guild.id: oldest for guild in self._bot.guilds if guild.unavailable} | self._late
            places = [*self._new_places(seen, oldest), *await self._direct_places(oldest, seen)]
            found = await _paced((self._missed_in(*place, seen) for place in places), pause_between_reads)
            missed = sorted(chain.from_iterable(found), key=lambda message: message.id)
            await _paced(map(self._answer_late, missed), pause_between_answers)
            for thread in self._new_posts(oldest):
                if not await self._has_spoken_in(thread):
                    await self._finishing(self._forum.on_thread_create(thread))
        except BaseException:
            self._has_gap = True
            raise
        finally:
            if self._has_gap:
                self._seen.resume_gap(seen)
        if not self._has_gap:
            self._begin = None
            self._late = {id_: since for id_, since in self._late.items() if self._is_unavailable(id_)}

    async def _answer_late(self, message: discord.Message) -> None:
        if await self._finishing(self._mentions.read_late(message)):
            self._bot.metrics.gap_question_answered()

    async def _take_up_all(self) -> None:
        """See claims through that were left open: by a process that died, or because Discord couldn't be reached."""
        claims = self._bot.stores.claims
        for claim in await claims.left_open(since=datetime.now(UTC) - open_kept_for):
            if claim.key not in self._bot.in_flight and not claims.is_settled(claim):
                await self._take_up(claim)

    def _is_unavailable(self, server_id: int | None) -> bool:
        guild = self._bot.get_guild(server_id) if server_id else None
        return guild is not None and guild.unavailable

    async def _take_up(self, claim: Claim) -> None:
        close = self._bot.delivery.close
        if self._is_unavailable(claim.server_id):
            if _age_of(claim) > longest_gap:
                close(claim, Fate.closed_too_late)
            return
        try:
            place = await self._place_of(claim)
            if isinstance(place, discord.abc.GuildChannel | discord.Thread) and not may_read(place):
                close(claim, Fate.closed_unconfirmed)
                return
            message = None if claim.face is Face.post else await place.fetch_message(claim.message_id)
            if message is not None and is_answered(message):
                close(claim, Fate.answered)
                return
            # By now: the requests may have taken their time.
            left: float | None = (nonce_holds - _age_of(claim)).total_seconds()
            if left is not None and left <= 0:
                left = None
                found = await self._is_answered(claim, place)
                if found is not False:
                    close(claim, Fate.answered if found else Fate.closed_unconfirmed)
                    return
            if _age_of(claim) > longest_gap:
                close(claim, Fate.closed_too_late)
                return
            if message is not None:
                await self._finishing(self._mentions.take_up(claim, message, within=left))
            elif isinstance(place, discord.Thread):
                await self._finishing(self._forum.take_up(claim, place))
        except _Errors as error:
            if (fate := fate_of(error)) is not None:
                close(claim, fate)
            elif _age_of(claim) > longest_gap:
                close(claim, Fate.closed_too_late)

    async def _finishing(self, answering: Coroutine[Any, Any, T]) -> T:
        """See an answer through even if no more is to be begun."""
        task = asyncio.create_task(answering)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return await asyncio.shield(task)

    async def _begin_of_gap(self) -> datetime:
        """Return since when messages may have been missed that the process hasn't seen."""
        earliest = datetime.now(UTC) - longest_gap
        seen_until = self._seen_until
        if seen_until is None:
            with suppress(StorageUnavailable):
                seen_until = await self._bot.stores.progress.read()
        if seen_until is None:
            return earliest
        if (unseen := earliest - seen_until) > timedelta(0):
            self._bot.metrics.time_unseen(unseen.total_seconds())
            logger.warning(
                "The bot was away since %s. What was asked more than %d minutes ago stays unanswered.",
                seen_until.isoformat(timespec="seconds"),
                longest_gap.total_seconds() // 60,
            )
        return max(seen_until - margin, earliest)

    def _new_places(self, seen: Mapping[int, int], oldest: int) -> list[tuple[Place, int]]:
        """Return the channels and threads with messages that haven't been seen, and after which; the liveliest first."""
        found: list[tuple[Place, int]] = []
        for place in self._places():
            after = max(seen.get(place.id, 0), min(oldest, self._late.get(place.guild.id, oldest)))
            if (place.last_message_id or 0) <= after:
                continue
            if may_read(place):
                found.append((place, after))
            else:
                self._bot.metrics.gap_channel_skipped(SkipReason.no_permission)
        found.sort(key=lambda each: getattr(each[0], "last_message_id", 0), reverse=True)
        most = max_channels - max_direct_channels
        for _ in found[most:]:
            self._bot.metrics.gap_channel_skipped(SkipReason.too_many)
        return found[:most]

    def _places(self) -> Iterator[discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread]:
        for guild in self._bot.guilds:
            if guild.unavailable:
                continue
            yield from guild.text_channels
            yield from guild.voice_channels
            yield from guild.stage_channels
            yield from guild.threads

    async def _direct_places(self, oldest: int, seen: Mapping[int, int]) -> list[tuple[Place, int]]:
        try:
            ids = await self._bot.stores.direct_channels.recent(max_direct_channels)
        except StorageUnavailable:
            return []
        private = discord.ChannelType.private
        return [(self._bot.get_partial_messageable(id_, type=private), max(seen.get(id_, 0), oldest)) for id_ in ids]

    def _new_posts(self, oldest: int) -> list[discord.Thread]:
        posts = [
            thread
            for guild in self._bot.guilds
            for thread in guild.threads
            if thread.id > oldest and thread.parent_id in self._bot.stores.servers.of(guild.id).forum_channels
        ]
        return sorted(posts, key=lambda thread: thread.id)[:max_posts]

    async def _missed_in(self, place: Place, after: int, seen: dict[int, int]) -> list[discord.Message]:
        """Return the messages to the bot that it hasn't replied to, and note in `seen` up to when that is so."""
        begun = discord.utils.time_snowflake(datetime.now(UTC))
        try:
            history = await read_history(place, after=after, bot_id=self._user_id)
        except _Errors as error:
            logger.warning("Channel %s can't be looked through: %s.", place.id, type(error).__name__)
            if fate_of(error) is None:
                self._has_gap = True
            else:
                self._bot.metrics.gap_channel_skipped(SkipReason.failed)
            return []
        seen[place.id] = begun
        if not history.is_whole:
            self._bot.metrics.gap_channel_skipped(SkipReason.too_many)
            logger.warning("Channel %s has too many new messages to look through all of them.", place.id)
        return [
            message
            for message in history.messages
            if message.id not in history.answered and self._mentions.is_addressed(message)
        ]

    async def _place_of(self, claim: Claim) -> Place:
        if claim.face is Face.direct:
            return self._bot.get_partial_messageable(claim.channel_id, type=discord.ChannelType.private)
        found = self._bot.get_channel(claim.channel_id) or await self._bot.fetch_channel(claim.channel_id)
        if isinstance(found, Place):
            return found
        return self._bot.get_partial_messageable(claim.channel_id, guild_id=claim.server_id)

    async def _is_answered(self, claim: Claim, place: Place) -> bool | None:
        """Look whether a reply arrived of which nobody knows."""
        if isinstance(place, discord.Thread) and claim.face is Face.post:
            return await self._has_spoken_in(place)
        history = await read_history(place, after=claim.message_id - 1, bot_id=self._user_id)
        if claim.message_id in history.answered:
            return True
        return False if history.is_whole else None

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


def _age_of(claim: Claim) -> timedelta:
    return datetime.now(UTC) - claim.claimed_at


async def _paced(works: Iterable[Coroutine[Any, Any, T]], pause: float) -> list[T]:
    """Do works, begun one after another with a pause between, and a few at a time; return what they do in order."""
    turn = asyncio.Semaphore(at_a_time)
    begun: list[asyncio.Task[T]] = []

    async def one(work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        finally:
            turn.release()

    try:
        for work in works:
            await turn.acquire()
            begun.append(asyncio.create_task(one(work)))
            await asyncio.sleep(pause)
        return await asyncio.gather(*begun)
    finally:
        for task in begun:
            task.cancel()
