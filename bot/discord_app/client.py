"""The bot as Discord sees it."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.ext import commands

from bot.authoring.watching import KnowledgeWatcher
from bot.discord_app.admission import Admission
from bot.discord_app.asking.flood import FloodLimits
from bot.discord_app.asking.forum import Forum
from bot.discord_app.asking.mentions import Mentions
from bot.discord_app.asking.questions import Questions
from bot.discord_app.catch_up.catching_up import CatchingUp
from bot.discord_app.catch_up.clock import DiscordsClock
from bot.discord_app.catch_up.direct_messages import DirectMessages
from bot.discord_app.clicks import OtherInteractions
from bot.discord_app.command_sync import CommandSync
from bot.discord_app.command_tree import CommandTranslator, CommandTree
from bot.discord_app.delivery import Delivery
from bot.discord_app.faq_board.boards import Boards
from bot.discord_app.features import features
from bot.discord_app.forms import SILENT
from bot.discord_app.in_flight import InFlight
from bot.discord_app.interactions import Responses
from bot.discord_app.languages import Languages
from bot.discord_app.patches import (
    LaunchFailed,
    SingleLaunches,
    send_through,
    sender_of,
    use_global_limit,
)
from bot.discord_app.posts import Posts
from bot.discord_app.rest.circuit import Circuit
from bot.discord_app.rest.global_limit import GlobalLimit
from bot.discord_app.rest.requests import Requests
from bot.discord_app.rest.shared_holds import Gate, SharedHolds
from bot.discord_app.sharding.division import Sharding, shard_of
from bot.discord_app.sharding.sessions import IdentifyPace, IdentifyQueue
from bot.discord_app.sharding.watch import ShardWatch
from bot.discord_app.turns import Turns
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.discord_app.unanswered.tracking import UnansweredTracker
from bot.discord_app.unreadable import drop_unreadable_events, read_messages_singly
from bot.library import Library
from bot.operations.background import begin, end
from bot.operations.metrics import Metrics
from bot.retrying import Retrying
from bot.storage.request_holds import HoldReason
from bot.storage.stores import Stores

logger = logging.getLogger(__name__)

MIN_SESSIONS_LEFT = 200  # of the 1,000 a day, for whoever fixes what used them up


class CareerBot(commands.AutoShardedBot):
    """Answer people on Discord, without a privileged intent and without keeping messages or members in memory."""

    def __init__(
        self,
        *,
        library: Library,
        keeper: QuestionKeeper,
        limits: FloodLimits,
        metrics: Metrics,
        sharding: Sharding,
        stores: Stores,
        watcher: KnowledgeWatcher,
        gateway_url: str | None = None,
    ) -> None:
        self._clock = DiscordsClock()
        super().__init__(
            command_prefix=(),
            tree_cls=CommandTree,
            # A server's command permissions apply to apps installed in it, not to those people bring along, so each
            # command that people may install for themselves says so.
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            help_command=None,
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=SILENT,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            http_trace=self._clock.set_by_responses(),
            shard_count=sharding.count,
        )
        self.shard_ids = None if sharding.ids is None else [*sharding.ids]
        drop_unreadable_events(self, self._note_unreadable)
        read_messages_singly(self, self._note_unreadable)
        self.circuit = Circuit()
        self.command_sync = CommandSync(client=self, registered=stores.registered_commands, tree=self.tree)
        self.in_flight = InFlight()
        self._limit = GlobalLimit()
        self.requests = Requests(sender_of(self), circuit=self.circuit, note_retry=metrics.request_retried)
        send_through(self, self.requests)
        self.admission = Admission(circuit=self.circuit)
        self.delivery = Delivery(claims=stores.claims, in_flight=self.in_flight, metrics=metrics)
        self.responses = Responses(
            circuit=self.circuit,
            claims=stores.claims,
            clicks=stores.claimed_clicks,
            in_flight=self.in_flight,
            metrics=metrics,
        )
        self.languages = Languages(library=library, servers=stores.servers)
        self.turns = Turns()
        self._posts = Posts(client=self)
        self.boards = Boards(
            client=self,
            languages=self.languages,
            library=library,
            messages=stores.board_messages,
            posts=self._posts,
            taught=stores.taught,
        )
        self._library = library
        self._identify_buckets = 1
        self._identify_pace = IdentifyPace()
        self._identify_queue = None if stores.identify_turns is None else IdentifyQueue(turns=stores.identify_turns)
        self._shard_watch = ShardWatch(
            now=self._clock.now, own=lambda: (self.own_shards, self.shard_count or 1), progress=stores.progress
        )
        self._keeper = keeper
        self._limits = limits
        self._metrics = metrics
        self._stores = stores
        self._watcher = watcher
        self._gateway_url = gateway_url
        self._background: list[asyncio.Task[None]] = []
        self._launches = SingleLaunches()
        self._lost_shards: set[int] = set()
        self._unreadable: set[str] = set()

    async def setup_hook(self) -> None:
        """Register what people can use, before the first event arrives."""
        if self.user is None:
            raise AssertionError("discord.py logs in before it calls this")
        use_global_limit(self, self._limit)
        stores, limits = self._stores, self._limits
        direct_messages = DirectMessages(channels=stores.direct_channels, secret=stores.secret)
        questions = Questions(
            languages=self.languages,
            library=self._library,
            metrics=self._metrics,
            recorder=stores.recorder,
            servers=stores.servers,
        )
        unanswered = UnansweredTracker(keeper=self._keeper, library=self._library)
        forum = Forum(
            bot_user=self.user,
            delivery=self.delivery,
            questions=questions,
            recent_answers=limits.answers,
            servers=stores.servers,
        )
        self._mentions = Mentions(
            bot_user=self.user,
            delivery=self.delivery,
            direct_messages=direct_messages,
            languages=self.languages,
            limits=limits,
            questions=questions,
            servers=stores.servers,
            unanswered=unanswered,
        )
        self._catching_up = CatchingUp(
            client=self,
            clock=self._clock,
            delivery=self.delivery,
            forum=forum,
            in_flight=self.in_flight,
            mentions=self._mentions,
            metrics=self._metrics,
            receives=self.receives,
            claims=stores.claims,
            database=stores.database,
            direct_channels=stores.direct_channels,
            progress=stores.progress,
            servers=stores.servers,
        )
        others = features(
            languages=self.languages,
            library=self._library,
            boards=self.boards,
            client=self,
            clock=self._clock.now,
            direct_messages=direct_messages,
            keeper=self._keeper,
            limits=limits,
            posts=self._posts,
            questions=questions,
            serves=self.serves,
            stores=stores,
            tree=self.tree,
            unanswered=unanswered,
            watcher=self._watcher,
        )
        known = [forum, *others]
        known.append(OtherInteractions(known))
        for feature in known:
            self.add_dynamic_items(*feature.items)
            await self.add_cog(feature)
        await self.tree.set_translator(CommandTranslator())
        self.command_sync.begin(known)
        self._background = [
            begin(self._catching_up.keep_up()),
            begin(self.command_sync.keep_up()),
            begin(self._shard_watch.keep_up()),
            *(begin(work) for feature in known for work in feature.background()),
        ]
        if stores.request_holds is not None:
            gates: dict[HoldReason, Gate] = {HoldReason.limited: self._limit, HoldReason.blocked: self.circuit}
            self._background.append(begin(SharedHolds(store=stores.request_holds, gates=gates).keep_up()))

    def note_reload(self) -> None:
        """Bring what depends on the knowledge in line with it: it was reloaded."""
        self.command_sync.note_reload()
        self.boards.note_change()

    async def on_message(self, message: discord.Message, /) -> None:
        """Take note of a message, whoever it is for, and answer it if it speaks to the bot: no prefix commands."""
        self._catching_up.note(message)
        await self._mentions.read(message)

    @property
    def own_shards(self) -> Sequence[int]:
        """The numbers of the shards of this process, once it is known how many there are."""
        return self.shard_ids or range(self.shard_count or 1)

    def serves(self, server_id: int | None) -> bool:
        """Return whether a server, or direct messages for None, belong to a shard of this process."""
        return shard_of(server_id, count=self.shard_count or 1) in self.own_shards

    @property
    def is_connected(self) -> bool:
        """Return whether every shard receives events."""
        return self.is_ready() and not self._lost_shards and not self.is_closed()

    def receives(self, shard_id: int) -> bool:
        """Return whether a shard receives events."""
        return shard_id not in self._lost_shards and not self.is_closed()

    @property
    def shard_states(self) -> dict[int, bool]:
        """Whether each shard receives events, by its number."""
        return {shard: shard not in self._lost_shards for shard in self.shards}

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Note that a shard receives nothing."""
        self._lost_shards.add(shard_id)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note that a shard receives events, in a new session that hasn't those since the last one."""
        self._lost_shards.discard(shard_id)
        self._catching_up.begin_outage(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that a shard receives events again."""
        self._lost_shards.discard(shard_id)

    async def on_ready(self) -> None:
        """Look at once for what was missed, and say in the log that the bot is there once it can answer everything."""
        self._catching_up.wake()
        await self._library.shared.prepared()
        logger.info("Ready as %s. Servers: %d.", self.user, len(self.guilds))

    async def on_shard_ready(self, shard_id: int) -> None:
        """Look for what was missed, now that it is known which channels there are."""
        self._catching_up.look_through(shard_id)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """Note that nothing is heard of a server: Discord can't serve it for now."""
        self._catching_up.note_server_unavailable(guild.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Look for what was missed in a server that Discord couldn't serve when the session began."""
        self._catching_up.note_server_available(guild.id)

    async def launch_shards(self) -> None:
        """Ask Discord how many shards to use and start them, unless too few sessions are left for today."""
        limits = await self.fetch_session_start_limits()
        self._identify_buckets = max(1, limits.max_concurrency)
        if limits.remaining < MIN_SESSIONS_LEFT:
            pause = limits.reset_after / 1000
            logger.warning("Discord allows %d more sessions for now. Waiting for %.0f s.", limits.remaining, pause)
            await asyncio.sleep(pause)
        await super().launch_shards()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect one shard; wait while the gateway can't be reached."""
        target = yarl.URL(self._gateway_url) if self._gateway_url else gateway
        launch = partial(super().launch_shard, target, shard_id, initial=initial)
        retrying = Retrying(passes=lambda error: isinstance(error, LaunchFailed), tell=_say_it_is_away)
        await retrying(partial(self._launches.launch, shard_id, launch))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Keep the pace that Discord asks for, and far below the 1,000 new sessions that it allows a day."""
        await self._identify_pace.keep(shards=len(self.own_shards))
        if self._identify_queue is None:
            await super().before_identify_hook(shard_id, initial=initial)
        else:
            await self._identify_queue.wait((shard_id or 0) % self._identify_buckets)
        self._metrics.session_begun()

    async def finish(self, *, within: float) -> None:
        """Take no more questions, and see those through that are in flight, for no longer than so many seconds."""
        await end(self._background)
        for shard in self.shards.values():
            await shard.disconnect()
        if not await self.in_flight.ended(within=within):
            logger.warning("%d questions in flight are left to the next start.", len(self.in_flight))
            self.in_flight.abandon()

    async def close(self) -> None:
        """Close all connections to Discord."""
        await end(self._background)
        self.in_flight.abandon()  # to be taken up: without a session, it would seem to be a fault
        await super().close()

    def _note_unreadable(self, kind: str, error: Exception) -> None:
        """Count what was dropped, an event or a field of one, and log the first of its kind without its contents."""
        self._metrics.event_dropped(kind)
        if kind not in self._unreadable:
            self._unreadable.add(kind)
            logger.error("Dropped what discord.py can't read: %s (%s).", kind, type(error).__name__)

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """Log what went wrong in an event handler; discord.py would print it."""
        logger.error("The handler %s failed.", event_method, exc_info=sys.exception())


def _say_it_is_away(error: BaseException, pause: float) -> None:
    logger.warning("The gateway can't be reached (%s). Next attempt in %.0f s.", error, pause)
