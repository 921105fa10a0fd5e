"""The fake Discord itself: a server on loopback, the world it serves, and ways to wait."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter, OrderedDict, deque
from email.utils import formatdate
from typing import TYPE_CHECKING, Self

from aiohttp import web

from . import messages, payloads
from .clock import Clock, Snowflakes
from .components import Json
from .errors import Fault, InvalidForm
from .faults import Faults
from .gateway import Gateway
from .intents import Intent
from .interactions import Interactions
from .ledger import Ledger
from .nonces import Nonces
from .openapi import Document
from .people import Member
from .permissions import ORDINARY, Permission
from .rate_limits import RateLimiter, RateLimits
from .recording import Bell, Request, Violation
from .rest import PREFIX, Rest
from .teams import Team
from .waiting import Waiting
from .world import Channel, ChannelKind, Guild, Message, Role, User

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType


class FakeDiscord(Waiting):
    """Stand in for Discord, honestly, on 127.0.0.1.

    Use it as an async context manager; hand `api_url`, `gateway_url` and `token` to the bot.
    `keep` bounds how many messages, requests and interactions are remembered; `request_counts` has
    how many requests there were of each name, all the same.
    `allowed_intents` are the privileged intents switched on in the developer portal.
    The application belongs to `stranger` or, where a test sets one, to a `team`.
    `openapi` is the path of Discord's OpenAPI document, by default from DISCORD_OPENAPI;
    "" does without it.
    """

    def __init__(
        self,
        *,
        token: str = "fake.token.for-tests",
        bot_name: str = "tpm-bot",
        allowed_intents: int = 0,
        rate_limits: RateLimits | None = None,
        response_window: float = 3.0,
        token_lifetime: float = 900.0,
        heartbeat_interval: float = 41.25,
        identify_window: float = 0.0,
        max_concurrency: int = 1,
        shards: int = 1,
        role_mention_reveals_content: bool = False,
        keep: int = 10_000,
        openapi: str | None = None,
        port: int = 0,
    ) -> None:
        self.token = token
        self.allowed_intents = allowed_intents
        self.shards = shards
        self.role_mention_reveals_content = role_mention_reveals_content
        self.clock = Clock()
        self.snowflakes = Snowflakes(self.clock)
        self.bell = Bell()
        self.faults = Faults(self.clock)

        self.bot = User(self.snowflakes.next(), bot_name, bot=True)
        self.stranger = Member(User(self.snowflakes.next(), "stranger"), self)
        self.team: Team | None = None
        self.user_installs: set[int] = set()
        self.users: dict[int, User] = {user.id: user for user in (self.bot, self.stranger.user)}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: OrderedDict[int, Message] = OrderedDict()
        self.commands: dict[int | None, list[Json]] = {}

        self.requests: deque[Request] = deque(maxlen=keep)
        self.request_counts: Counter[str] = Counter()
        self.violations: list[Violation] = []
        self.stored_files: dict[str, bytes] = {}
        self.invalid_requests = 0
        self.interactions = Interactions(
            self, response_window=response_window, token_lifetime=token_lifetime, keep=keep
        )
        self.gateway = Gateway(
            self,
            heartbeat_interval=heartbeat_interval,
            identify_window=identify_window,
            max_concurrency=max_concurrency,
        )
        self.ledger = Ledger(self.clock, self.bot, keep=keep, is_heard=self.gateway.reaches)
        self.rest = Rest(self, RateLimiter(rate_limits or RateLimits(), self.clock))
        self._keep = keep
        self._dms: dict[int, Channel] = {}
        self.nonces = Nonces(self.clock, keep=keep)
        path = os.environ.get("DISCORD_OPENAPI") if openapi is None else openapi
        self._document = Document.at(path) if path else None
        self._closing = asyncio.Event()
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1, or on the one given."""
        self._closing.clear()
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_get("/", self.gateway.serve)
        self.rest.add_to(app)
        app.on_response_prepare.append(self._date)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Drop every connection and stop listening; `start` listens on the same port again."""
        self._closing.set()
        self.gateway.cut()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = formatdate(self.clock.wall(), usegmt=True)

    @property
    def api_url(self) -> str:
        """The address to use in place of https://discord.com/api/v10."""
        return f"http://127.0.0.1:{self._port}{PREFIX}"

    @property
    def gateway_url(self) -> str:
        """The address to use in place of wss://gateway.discord.gg."""
        return f"ws://127.0.0.1:{self._port}"

    @property
    def application_flags(self) -> int:
        """The app's flags, which tell the limited intents that it was granted."""
        return 1 << 19 if self.reads_content else 0

    @property
    def reads_content(self) -> bool:
        """Whether REST shows the bot what other people's messages say."""
        return bool(self.allowed_intents & Intent.MESSAGE_CONTENT)

    # The world

    def add_guild(
        self,
        name: str = "guild",
        *,
        bot_permissions: int = ORDINARY,
        everyone: int = ORDINARY,
        has_bot: bool = True,
    ) -> Guild:
        """Add a server with its owner, @everyone and, if the bot is in it, the bot's role."""
        guild = Guild(self.snowflakes.next(), name, self)
        guild.roles[guild.id] = Role(guild.id, "@everyone", int(everyone))
        if not has_bot:
            guild.owner_id = guild.add_member("owner").id
            return guild
        role = Role(self.snowflakes.next(), self.bot.name, int(bot_permissions), self.bot.id)
        guild.roles[role.id] = role
        guild.members[self.bot.id] = Member(self.bot, self, guild, [role])
        self.guilds[guild.id] = guild
        guild.owner_id = guild.add_member("owner").id
        for session in self.gateway.sessions:
            if session.owns(guild.id) and session.wants(Intent.GUILDS):
                session.dispatch("GUILD_CREATE", self.gateway.describe(guild, session.intents))
        return guild

    def remove_guild(self, guild: Guild) -> None:
        """Take the bot out of a server."""
        for channel in [*guild.channels.values(), *guild.threads.values()]:
            self.channels.pop(channel.id, None)
        del self.guilds[guild.id]
        self.gateway.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild_id=guild.id, intent=Intent.GUILDS)

    def set_rate_limits(self, limits: RateLimits) -> None:
        """Allow more or fewer requests from now on."""
        self.rest.limit(RateLimiter(limits, self.clock))

    def add_member(self, guild: Guild, name: str, roles: Iterable[Role], *, bot: bool) -> Member:
        """Add a new account to a server."""
        user = User(self.snowflakes.next(), name, bot=bot)
        self.users[user.id] = user
        person = guild.members[user.id] = Member(user, self, guild, list(roles))
        if not guild.has_bot:
            return person
        self.gateway.dispatch(
            "GUILD_MEMBER_ADD",
            payloads.member(person) | {"guild_id": str(guild.id)},
            guild_id=guild.id,
            intent=Intent.GUILD_MEMBERS,
        )
        return person

    def add_stranger(self, name: str) -> Member:
        """Add someone who shares no server with the bot that it knows of."""
        person = Member(User(self.snowflakes.next(), name), self)
        self.users[person.id] = person.user
        return person

    def add_group_dm(self, name: str, *people: Member) -> Channel:
        """Add a group of people, which the bot isn't told of."""
        users = tuple(person.user for person in people)
        group = Channel(self.snowflakes.next(), name, ChannelKind.GROUP_DM, self, recipients=users)
        self.channels[group.id] = group
        return group

    def dm_with(self, user: User) -> Channel:
        """Return the DM between an account and the bot."""
        channel = self._dms.get(user.id)
        if channel is None:
            channel = Channel(self.snowflakes.next(), user.name, ChannelKind.DM, self, recipients=(user,))
            self._dms[user.id] = channel
            self.channels[channel.id] = channel
        return channel

    def seed(
        self,
        channel: Channel,
        author: Member | User,
        content: str = "",
        *,
        embeds: list[Json] | None = None,
        components: list[Json] | None = None,
        files: list[Json] | None = None,
        reply_to: Message | None = None,
        ago: float = 0.0,
    ) -> Message:
        """Put a message into a channel's past: the bot is not told of it."""
        return messages.post(
            self,
            channel,
            author.user if isinstance(author, Member) else author,
            content=content,
            embeds=embeds,
            components=components,
            files=files,
            replies_to=reply_to,
            ago=ago,
            tell=False,
        )

    def unfurl(self, message: Message, title: str = "A page") -> None:
        """Let Discord add the preview of a link to a message, which is no edit."""
        embed = {"type": "link", "url": "https://example.org", "title": title}
        messages.edit(self, message, {"embeds": [*message.embeds, embed]}, quietly=True)

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel with its threads, of which Discord says nothing, or a thread."""
        assert channel.guild is not None
        self.announce_channel(channel, "THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE")
        inside = [thread for thread in channel.guild.threads.values() if thread.parent is channel]
        for gone in (channel, *inside):
            for places in (self.channels, channel.guild.channels, channel.guild.threads):
                places.pop(gone.id, None)

    def bot_may_see(self, channel: Channel) -> bool:
        """Say whether the bot may view a channel."""
        if channel.guild is None:
            return not channel.is_group_dm
        return channel.guild.has_bot and bool(channel.permissions_of(channel.guild.me) & Permission.VIEW_CHANNEL)

    async def closing_within(self, seconds: float | None) -> None:
        """Return after `seconds`, or when the fake Discord stops if that is sooner."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    # Judging

    def violated(self, request: Request, faults: Iterable[Fault]) -> None:
        """Note a request that Discord would have refused for its form."""
        self.violations.append(Violation(request, tuple(faults)))

    def assert_clean(self) -> None:
        """Raise AssertionError if any request broke Discord's rules since the last look."""
        if violations := self.take_violations():
            raise AssertionError("Discord would have refused:\n" + "\n".join(map(str, violations)))

    def take_violations(self) -> list[Violation]:
        """Return the requests that broke Discord's rules since the last look."""
        taken, self.violations = self.violations, []
        return taken

    def check_against_document(self, request: Request) -> None:
        """Raise InvalidForm if a body breaks the OpenAPI document, where there is one."""
        if self._document is None:
            return
        faults = self._document.check(request.method, request.route, request.body)
        if faults:
            raise InvalidForm(faults)

    # What the other modules tell

    def store(self, message: Message) -> None:
        """Keep a message, forgetting the oldest beyond `keep`."""
        channel = message.channel
        self.messages[message.id] = message
        channel.messages[message.id] = message
        if not message.ephemeral and message.id > (channel.last_message_id or 0):
            channel.last_message_id = message.id
            channel.message_count += 1
        if len(self.messages) > self._keep:
            _, oldest = self.messages.popitem(last=False)
            oldest.channel.messages.pop(oldest.id, None)
            # Whoever still holds it should not hold all that it ever answered, too.
            oldest.replies_to = None
            unheard = oldest.channel.unheard
            while unheard and unheard[0].id <= oldest.id:
                unheard.popleft()

    def said_by_bot(self, message: Message) -> None:
        """Note that the bot said something that people see."""
        message.channel.unheard.append(message)
        self.ledger.replied(message)
        self.bell.ring()

    def announce_channel(self, channel: Channel, event: str) -> None:
        """Tell the bot of a change to a channel."""
        assert channel.guild is not None
        if not channel.guild.has_bot:
            return
        self.gateway.dispatch(event, payloads.channel(channel), guild_id=channel.guild.id, intent=Intent.GUILDS)

    def announce_thread(self, thread: Channel) -> None:
        """Tell the bot of a new thread, if it sees it."""
        assert thread.guild is not None
        if self.bot_may_see(thread):
            payload = payloads.channel(thread) | {"newly_created": True}
            self.gateway.dispatch("THREAD_CREATE", payload, guild_id=thread.guild.id, intent=Intent.GUILDS)

    def announce_guild(self, guild: Guild) -> None:
        """Tell the bot of a change to a server."""
        payload = payloads.guild(guild, members=[])
        for left_out in ("joined_at", "large", "unavailable", "member_count", "members", "channels", "threads"):
            del payload[left_out]
        self.gateway.dispatch("GUILD_UPDATE", payload, guild_id=guild.id, intent=Intent.GUILDS)

    def announce_role_gone(self, guild: Guild, role: Role) -> None:
        """Tell the bot that a role was deleted."""
        payload = {"guild_id": str(guild.id), "role_id": str(role.id)}
        self.gateway.dispatch("GUILD_ROLE_DELETE", payload, guild_id=guild.id, intent=Intent.GUILDS)

    def announce_role(self, guild: Guild, role: Role, event: str) -> None:
        """Tell the bot of a change to a role."""
        if not guild.has_bot:
            return
        payload = {"guild_id": str(guild.id), "role": payloads.role(role, guild)}
        self.gateway.dispatch(event, payload, guild_id=guild.id, intent=Intent.GUILDS)
