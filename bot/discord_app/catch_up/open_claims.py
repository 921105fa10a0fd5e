"""See claims through that were left open."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import discord

from bot.discord_app.asking.forum import Forum
from bot.discord_app.asking.mentions import Mentions
from bot.discord_app.catch_up.clock import DiscordsClock
from bot.discord_app.catch_up.history import Readable, is_answered, may_read, own_id, read_history
from bot.discord_app.catch_up.pacing import Begun, paced
from bot.discord_app.delivery import Delivery
from bot.discord_app.in_flight import InFlight
from bot.discord_app.rest.retrying import ERRORS
from bot.discord_app.sender import NONCE_DECIDES, resolution_of
from bot.storage.claims import Claims
from bot.storage.claims_table import OPEN_KEPT_FOR, Claim
from bot.storage.resolutions import QuestionSource, Resolution

logger = logging.getLogger(__name__)

TIME_FOR_A_TURN = 5.0  # seconds that the claims of one channel are taken up in a round
MAX_WAIT = timedelta(minutes=15)  # what was asked longer ago stays unanswered


class TakingUp:
    """Take up what a dead process had begun, or what couldn't be delivered."""

    def __init__(
        self,
        *,
        client: discord.Client,
        is_there: Callable[[int | None], bool],
        mentions: Mentions,
        forum: Forum,
        clock: DiscordsClock,
        delivery: Delivery,
        in_flight: InFlight,
        claims: Claims,
    ) -> None:
        """Wait with questions from a server, or from direct messages for None, until `is_there` says that it is."""
        self._client = client
        self._is_there = is_there
        self._clock = clock
        self._delivery = delivery
        self._in_flight = in_flight
        self._claims = claims
        self._mentions = mentions
        self._forum = forum
        self._begun = Begun()

    async def take_up_all(self) -> None:
        """Answer or settle each claim that nobody is working on."""
        by_channel: defaultdict[int, list[Claim]] = defaultdict(list)
        for claim in await self._claims.left_open(since=datetime.now(UTC) - OPEN_KEPT_FOR):
            by_channel[claim.channel_id].append(claim)
        await paced(self._take_up_in_turn, by_channel.values())

    async def _take_up_in_turn(self, claims: list[Claim]) -> None:
        """Take up the claims of one channel; if one can't be settled now, the others wait for the next round.

        So do those that a channel has too many of, because all channels wait for the end of a round.
        """
        ends_at = time.monotonic() + TIME_FOR_A_TURN
        for claim in claims:
            if claim.key in self._in_flight:
                continue
            await self._take_up(claim)
            if not self._claims.is_settled(claim) or time.monotonic() > ends_at:
                return

    async def _take_up(self, claim: Claim) -> None:
        if self._claims.is_settled(claim):
            return
        with self._delivery.settling_faults(claim):
            try:
                resolution = await self._resolution_of(claim) if self._is_there(claim.server_id) else None
            except ERRORS as error:
                resolution = resolution_of(error)
            if resolution is None and self._age_of(claim) > MAX_WAIT:
                resolution = Resolution.closed_too_late
            if resolution is not None:
                self._delivery.close(claim, resolution)

    async def _resolution_of(self, claim: Claim) -> Resolution | None:
        """Return what became of a claim; or None, after answering it or if it has to wait."""
        place = await self._place_of(claim)
        if isinstance(place, discord.abc.GuildChannel | discord.Thread) and not may_read(place):
            return Resolution.closed_unconfirmed
        message = None if claim.source is QuestionSource.post else await place.fetch_message(claim.message_id)
        if message is not None and is_answered(message):
            return Resolution.answered
        resolution = await self._resolution_in_history(claim, place)
        age = self._age_of(claim)  # by now: the requests may have taken their time
        if resolution is Resolution.closed_unconfirmed and age < NONCE_DECIDES:
            resolution = None  # if it is there, Discord won't post it again
        if resolution is not None:
            return resolution
        if age > MAX_WAIT:
            return Resolution.closed_too_late
        if message is not None:
            await self._begun.finish(self._mentions.take_up(claim, message))
        elif isinstance(place, discord.Thread):
            await self._begun.finish(self._forum.take_up(claim, place))
        return None

    def _age_of(self, claim: Claim) -> timedelta:
        """Return how long ago the question was asked, by Discord's clock."""
        return self._clock.now() - discord.utils.snowflake_time(claim.message_id)

    async def _place_of(self, claim: Claim) -> Readable:
        if claim.source is QuestionSource.direct:
            return self._client.get_partial_messageable(claim.channel_id, type=discord.ChannelType.private)
        found: object = self._client.get_channel(claim.channel_id)
        if found is None:
            try:
                found = await self._client.fetch_channel(claim.channel_id)
            except Exception as error:
                if isinstance(error, ERRORS) and not isinstance(error, discord.InvalidData):
                    raise
                # The messages in a channel can be read anyway.
                logger.warning("Channel %s can't be read: %s.", claim.channel_id, type(error).__name__)
        if isinstance(found, Readable):
            return found
        return self._client.get_partial_messageable(claim.channel_id, guild_id=claim.server_id)

    async def _resolution_in_history(self, claim: Claim, place: Readable) -> Resolution | None:
        """Look for a reply; return None if there surely is none."""
        history = await read_history(place, after=claim.message_id - 1, bot_id=own_id(self._client))
        # Answers to posts refer to nothing; elsewhere nobody knows whose answer such a message is.
        is_post = claim.source is QuestionSource.post
        if history.unaddressed if is_post else history.replies_to(claim.message_id):
            return Resolution.answered
        may_be_there = not history.is_whole or (history.unaddressed and not is_post)
        return Resolution.closed_unconfirmed if may_be_there else None
