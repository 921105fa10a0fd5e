"""Look through channels for missed questions, and answer them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import discord

from bot.discord_app.asking.forum import Forum
from bot.discord_app.asking.mentions import Mentions
from bot.discord_app.catch_up.clock import DiscordsClock
from bot.discord_app.catch_up.history import Readable, has_spoken_in, may_read, own_id, read_history
from bot.discord_app.catch_up.open_claims import MAX_WAIT
from bot.discord_app.catch_up.pacing import Begun, paced
from bot.discord_app.delivery import Delivery, claim_on, claim_on_post
from bot.discord_app.in_flight import InFlight
from bot.discord_app.rest.retrying import ERRORS
from bot.discord_app.sender import resolution_of
from bot.operations.metrics import Metrics, SkipReason
from bot.storage.claims import Claims
from bot.storage.direct_channels import DirectChannels
from bot.storage.errors import StorageUnavailable
from bot.storage.resolutions import Resolution
from bot.storage.servers import ServerSettingsStore

logger = logging.getLogger(__name__)

MAX_CHANNELS = 150  # looked through after an outage, with few servers
MAX_CHANNELS_A_SERVER = 2  # as many for each, with many: people talk in most of them within minutes
MAX_DIRECT_CHANNELS = 50  # Discord doesn't tell which direct messages are new
MAX_POSTS = 50  # of forums
PAUSE_BETWEEN_READS = 0.03  # seconds
PAUSE_WHILE_ASKED = 0.1  # seconds; of the 50 requests a second that Discord allows, most are for who asks now

Looked = tuple[Readable, int]
"""A place, and the message after which it is looked through."""


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """What was done.

    Attributes:
        read: the channels in which all missed questions are answered, and up to which message.
        is_all: whether no other channel, and no post, is left for later.
        knows_direct: whether it was known which direct messages to look through.
    """

    read: Mapping[int, int]
    is_all: bool
    knows_direct: bool


class LookingThrough:
    """Look through the channels with new messages, and new forum posts, within limits, and count what can't be read."""

    def __init__(  # noqa: PLR0913 - each dependency is named
        self,
        *,
        client: discord.Client,
        mentions: Mentions,
        forum: Forum,
        clock: DiscordsClock,
        delivery: Delivery,
        in_flight: InFlight,
        metrics: Metrics,
        claims: Claims,
        direct_channels: DirectChannels,
        servers: ServerSettingsStore,
    ) -> None:
        self._client = client
        self._mentions = mentions
        self._forum = forum
        self._clock = clock
        self._delivery = delivery
        self._in_flight = in_flight
        self._metrics = metrics
        self._claims = claims
        self._direct_channels = direct_channels
        self._servers = servers
        self._begun = Begun()

    async def answer_missed(
        self, *, seen: Mapping[int, int], since: Mapping[int, int], direct_since: int | None
    ) -> LookedThrough:
        """Answer what was missed since a time, in each channel as soon as it is read, the oldest first, then new posts.

        Args:
            seen: by channel, the newest message that was seen.
            since: by server to look through, the id that a message of that time would have.
            direct_since: the same for direct messages; None: they aren't looked through.
        """
        places = self._new_places(seen, since)
        direct = [] if direct_since is None else await self._direct_places(seen, direct_since)
        places += direct or []
        read_until = await paced(self._look_through, places, self._pause)
        posts = await paced(self._answer_post, self._new_posts(since))
        return LookedThrough(
            read={place.id: until for (place, _), until in zip(places, read_until, strict=True) if until is not None},
            is_all=None not in read_until and all(posts),
            knows_direct=direct is not None,
        )

    def _new_posts(self, since: Mapping[int, int]) -> list[discord.Thread]:
        """Return the posts made since a time in forums where new posts are answered, the oldest first.

        Of too many it is the newest.
        """
        posts = [
            thread
            for guild in self._looked_through(since)
            for thread in guild.threads
            if thread.id > since[guild.id] and thread.parent_id in self._servers.of(guild.id).forum_channels
        ]
        posts.sort(key=lambda thread: thread.id)
        for _ in posts[:-MAX_POSTS]:
            self._metrics.channel_skipped(SkipReason.too_many)
        return posts[-MAX_POSTS:]

    def _looked_through(self, since: Mapping[int, int]) -> list[discord.Guild]:
        return [guild for guild in self._client.guilds if guild.id in since]

    def _new_places(self, seen: Mapping[int, int], since: Mapping[int, int]) -> list[Looked]:
        """Return the channels and threads with messages that haven't been seen, the most active first."""
        found: list[tuple[int, Looked]] = []
        for place in chain.from_iterable(map(_places_in, self._looked_through(since))):
            newest = place.last_message_id or 0
            after = max(seen.get(place.id, 0), since[place.guild.id])
            if newest <= after:
                continue
            if may_read(place):
                found.append((newest, (place, after)))
            else:
                self._metrics.channel_skipped(SkipReason.no_permission)
        found.sort(key=lambda each: each[0], reverse=True)
        most = max(MAX_CHANNELS, MAX_CHANNELS_A_SERVER * len(since))
        for _ in found[most:]:
            self._metrics.channel_skipped(SkipReason.too_many)
        return [looked for _, looked in found[:most]]

    async def _direct_places(self, seen: Mapping[int, int], since: int) -> list[Looked] | None:
        """Return the direct conversations that there may be news in; None if the database can't tell."""
        try:
            ids = await self._direct_channels.recent(MAX_DIRECT_CHANNELS)
        except StorageUnavailable:
            return None
        private = discord.ChannelType.private
        return [(self._client.get_partial_messageable(id_, type=private), max(seen.get(id_, 0), since)) for id_ in ids]

    def _pause(self) -> float:
        return PAUSE_BETWEEN_READS if self._in_flight.is_quiet else PAUSE_WHILE_ASKED

    async def _look_through(self, where: Looked) -> int | None:
        """Answer what was missed in a channel; return up to which message, or None if trying again may help."""
        place, after = where
        after = max(after, discord.utils.time_snowflake(self._clock.now() - MAX_WAIT))  # it may have waited for minutes
        begun = discord.utils.time_snowflake(self._clock.now())
        try:
            history = await read_history(place, after=after, bot_id=own_id(self._client))
            unanswered = (message for message in history.messages if message.id not in history.answered)
            found = tuple(filter(self._mentions.is_addressed, unanswered))
        except Exception as error:
            resolution = resolution_of(error)
            is_own_fault = resolution is Resolution.closed_fault
            logger.warning(
                "Channel %s can't be looked through: %s.", place.id, type(error).__name__, exc_info=is_own_fault
            )
            if resolution is None:
                return None
            self._metrics.channel_skipped(SkipReason.failed)
            return begun
        if not history.is_whole:
            self._metrics.channel_skipped(SkipReason.too_many)
            logger.warning("Channel %s has too many new messages to look through all of them.", place.id)
        for message in found:
            if not await self._answer_missed(message):
                return None
        return begun

    async def _answer_missed(self, message: discord.Message) -> bool:
        """Answer a missed question; return False if it is still open."""
        claim, is_first = claim_on(message), False
        with self._delivery.settling_faults(claim):
            if is_first := await self._begun.finish(self._mentions.read_missed(message)):
                self._metrics.missed_question_found()
        return not is_first or self._claims.is_settled(claim)

    async def _answer_post(self, post: discord.Thread) -> bool:
        """Answer a post unless that has been done; return False if trying again may help."""
        with self._delivery.settling_faults(claim_on_post(post)):
            try:
                if await has_spoken_in(post, bot_id=own_id(self._client)):
                    return True
            except ERRORS as error:  # no answer is better than two
                logger.warning("Post %s can't be looked through: %s.", post.id, type(error).__name__)
                return resolution_of(error) is not None
            await self._begun.finish(self._forum.on_thread_create(post))
        return True


def _places_in(
    guild: discord.Guild,
) -> Iterator[discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread]:
    yield from guild.text_channels
    yield from guild.voice_channels
    yield from guild.stage_channels
    yield from guild.threads
