"""Answer what was asked during an outage, and finish what was begun."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import discord

from bot.discord_app.asking.forum import Forum
from bot.discord_app.asking.mentions import Mentions
from bot.discord_app.catch_up.clock import DiscordsClock
from bot.discord_app.catch_up.missed import LookingThrough
from bot.discord_app.catch_up.open_claims import MAX_WAIT, TakingUp
from bot.discord_app.catch_up.pacing import Rounds
from bot.discord_app.catch_up.shards import Shard
from bot.discord_app.catch_up.unreached import Part, Unreached
from bot.discord_app.delivery import Delivery
from bot.discord_app.in_flight import InFlight
from bot.discord_app.sharding.division import SHARD_OF_DIRECT_MESSAGES, shard_of
from bot.operations.metrics import Metrics
from bot.storage.claims import Claims
from bot.storage.database import Database
from bot.storage.direct_channels import DirectChannels
from bot.storage.errors import StorageUnavailable
from bot.storage.progress import Progress
from bot.storage.servers import ServerSettingsStore

logger = logging.getLogger(__name__)

MAX_OUTAGE = MAX_WAIT
MARGIN = timedelta(minutes=2)  # discord.py takes up to 101 s to notice that nothing comes in any more


class CatchingUp:
    """Catch up after outages and take up open claims, side by side.

    A disconnected shard holds up no other: its servers are looked through once it is back.
    """

    def __init__(  # noqa: PLR0913 - each dependency is named
        self,
        *,
        client: discord.AutoShardedClient,
        receives: Callable[[int], bool],
        mentions: Mentions,
        forum: Forum,
        clock: DiscordsClock,
        delivery: Delivery,
        metrics: Metrics,
        in_flight: InFlight,
        claims: Claims,
        database: Database,
        direct_channels: DirectChannels,
        progress: Progress,
        servers: ServerSettingsStore,
    ) -> None:
        """Catch up for each shard, by its number, while `receives` says that it gets events."""
        self._client = client
        self._receives = receives
        self._clock = clock
        self._metrics = metrics
        self._claims = claims
        self._database = database
        self._progress = progress
        self._servers = servers
        self._looking_through = LookingThrough(
            client=client,
            mentions=mentions,
            forum=forum,
            clock=clock,
            delivery=delivery,
            in_flight=in_flight,
            metrics=metrics,
            claims=claims,
            direct_channels=direct_channels,
            servers=servers,
        )
        self._taking_up = TakingUp(
            client=client,
            is_there=self._is_there,
            mentions=mentions,
            forum=forum,
            clock=clock,
            delivery=delivery,
            in_flight=in_flight,
            claims=claims,
        )
        self._shards: defaultdict[int, Shard] = defaultdict(Shard)
        self._unreached = Unreached()
        self._rounds_of_catching_up = Rounds(self._catch_up)
        self._rounds_of_take_ups = Rounds(self._taking_up.take_up_all)

    def note(self, message: discord.Message) -> None:
        """Note that a message arrived."""
        self._shards[self._shard_of(message.guild.id if message.guild else None)].note(message.channel.id, message.id)

    def begin_outage(self, shard_id: int) -> None:
        """Note that a session begins without the events since the last one."""
        self._shards[shard_id].begin_session()

    def look_through(self, shard_id: int) -> None:
        """Catch up now, because the shard's channels are known."""
        self._shards[shard_id].knows_channels = True
        self.wake()

    def wake(self) -> None:
        """Begin a round now."""
        self._rounds_of_catching_up.wake()
        self._rounds_of_take_ups.wake()

    def note_server_unavailable(self, server_id: int) -> None:
        """Note that a server is unavailable, so its events are lost."""
        self._unreached.note(server_id, discord.utils.time_snowflake(self._clock.now() - MARGIN))

    def note_server_available(self, server_id: int) -> None:
        """Note that a server is available again."""
        if server_id in self._unreached:
            self.wake()

    async def keep_up(self) -> None:
        """Take up open claims, catch up after outages, and store up to when nothing was missed, until canceled.

        Answers that have been begun by then go on; they are in flight.
        """
        await asyncio.gather(self._rounds_of_catching_up.run(), self._rounds_of_take_ups.run())

    def _shard_of(self, server_id: int | None) -> int:
        """Return the number of a server's shard, or that of direct messages for None."""
        return shard_of(server_id, count=self._shard_count)

    @property
    def _shard_count(self) -> int:
        return self._client.shard_count or 1

    def _is_there(self, server_id: int | None) -> bool:
        shard_id = self._shard_of(server_id)
        guild = self._client.get_guild(server_id) if server_id else None
        is_unavailable = guild is not None and guild.unavailable
        return self._shards[shard_id].knows_channels and self._receives(shard_id) and not is_unavailable

    def _recheck_unreached(self) -> None:
        """Look again where that is possible now; a server that the bot has left isn't missed."""
        self._unreached.keep(lambda part: part is None or self._client.get_guild(part) is not None)
        for part in self._unreached:
            if self._can_be_looked_through(part):
                self._shards[self._shard_of(part)].begin_outage()

    def _can_be_looked_through(self, part: Part) -> bool:
        if part is None:
            return self._database.is_available
        guild = self._client.get_guild(part)
        return guild is not None and not guild.unavailable and self._servers.is_loaded

    async def _catch_up(self) -> None:
        self._recheck_unreached()
        there = {id_: shard for id_, shard in self._shards.items() if shard.knows_channels and self._receives(id_)}
        if after_outage := {id_: shard for id_, shard in there.items() if shard.has_outage}:
            await self._answer_outages(after_outage)
        for id_, shard in there.items():
            if not shard.has_outage and self._receives(id_):
                shard.seen_until = self._clock.now()
        await self._store_progress()

    async def _store_progress(self) -> None:
        """Store the time until which each shard is known to have missed nothing.

        What only this process knows, an unreached part or an unwritten claim, counts as missed.
        """
        missing = [id_ for id_ in (self._unreached.oldest, self._claims.oldest_unwritten) if id_ is not None]
        times = [discord.utils.snowflake_time(max(id_, self._earliest)) for id_ in missing]
        known = {id_: shard.seen_until for id_, shard in self._shards.items()}
        seen_until = {id_: min([when, *times]) for id_, when in known.items() if when is not None}
        try:
            await self._progress.write(seen_until, count=self._shard_count)
        except StorageUnavailable as error:
            logger.debug("Can't store up to when nothing was missed. %s", error)

    async def _answer_outages(self, shards: dict[int, Shard]) -> None:
        """Answer what was asked since the last sessions ended, within limits, the most active channels first.

        What can't be read now but may be later is left to the next round.
        """
        seen: dict[int, int] = {}
        for shard in shards.values():
            seen |= shard.end_outage()
        unreached, is_closed = self._unreached.take(), False
        try:
            since = await self._since(shards)
            servers, direct = self._servers_since(since, unreached), self._direct_since(since, unreached)
            knows_forums = self._servers.is_loaded
            looked_through = await self._looking_through.answer_missed(
                seen=unreached.uncover(seen, self._client.guilds), since=servers, direct_since=direct
            )
            seen |= looked_through.read
            is_closed = looked_through.is_all
        finally:
            if not is_closed:
                self._unreached.put_back(unreached)
                for shard in shards.values():
                    shard.resume_outage(seen)
        if is_closed:
            for shard in shards.values():
                shard.outage_since = None
            self._unreached.put_back(unreached, but={*servers, *([] if direct is None else [None])})
            if direct is not None and not looked_through.knows_direct:
                self._unreached.note(None, direct)
            if not knows_forums:
                for id_, when in servers.items():
                    self._unreached.note(id_, when)

    def _direct_since(self, since: dict[int, int], unreached: Unreached) -> int | None:
        """Return since when to look through direct messages; None if their shard had no outage."""
        direct = since.get(SHARD_OF_DIRECT_MESSAGES)
        return None if direct is None else unreached.beginning(None, direct, earliest=self._earliest)

    def _servers_since(self, since: dict[int, int], unreached: Unreached) -> dict[int, int]:
        """Return since when to look through each server of some shards; unavailable ones are noted as unreached."""
        servers: dict[int, int] = {}
        for guild in self._client.guilds:
            if (oldest := since.get(self._shard_of(guild.id))) is None:
                continue
            if guild.unavailable:
                self._unreached.note(guild.id, oldest)
            else:
                servers[guild.id] = unreached.beginning(guild.id, oldest, earliest=self._earliest)
        return servers

    @property
    def _earliest(self) -> int:
        """The id that a message would have that is just young enough to be answered."""
        return discord.utils.time_snowflake(self._clock.now() - MAX_OUTAGE)

    async def _since(self, shards: dict[int, Shard]) -> dict[int, int]:
        """Return, by shard, the id that a message would have from when its outage began."""
        earliest = self._clock.now() - MAX_OUTAGE
        if new := {id_: shard for id_, shard in shards.items() if shard.outage_since is None}:
            await self._find_beginnings(new, earliest)
        begun = {id_: max(shard.outage_since or earliest, earliest) for id_, shard in shards.items()}
        return {id_: discord.utils.time_snowflake(when) for id_, when in begun.items()}

    async def _find_beginnings(self, shards: Mapping[int, Shard], earliest: datetime) -> None:
        """Find out when outages began, and count the time that is too long ago."""
        before: Mapping[int, datetime] = {}
        if started := [id_ for id_, shard in shards.items() if shard.seen_until is None]:
            with suppress(StorageUnavailable):
                before = await self._progress.read(started, count=self._shard_count)
        unseen = timedelta(0)
        for id_, shard in shards.items():
            seen_until = shard.seen_until or before.get(id_, earliest)
            shard.outage_since = max(seen_until - MARGIN, earliest)
            unseen = max(unseen, earliest - seen_until)
            self._metrics.outage_looked_through()
        if unseen > timedelta(0):
            self._metrics.time_unseen(unseen.total_seconds())
            logger.warning(
                "The bot was away since %s. What was asked more than %d minutes ago stays unanswered.",
                (earliest - unseen).isoformat(timespec="seconds"),
                MAX_OUTAGE.total_seconds() // 60,
            )
