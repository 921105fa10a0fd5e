"""Interactions: their tokens, their 3 seconds, and what they were answered with."""

from __future__ import annotations

import enum
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import errors, payloads
from .oddities import Oddity, odd
from .permissions import Permission
from .waiting import TIMEOUT

if TYPE_CHECKING:
    from .components import Json
    from .people import Member
    from .server import FakeDiscord
from .world import Channel, Message

# What an app may do in answer to somebody who brought it along.
_BROUGHT_ALONG = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE


class InteractionKind(enum.IntEnum):
    """Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class ResponseKind(enum.IntEnum):
    """Discord's interaction response types."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(frozen=True, slots=True)
class Response:
    """The first response to an interaction, and how many seconds it took."""

    kind: ResponseKind
    after: float
    ephemeral: bool = False
    message: Message | None = None
    choices: tuple[Json, ...] = ()
    modal: Json | None = None


@dataclass(slots=True, eq=False, repr=False)
class Interaction:
    """Something that a person did and the app has to answer.

    `original` is the message that @original names; `pending` says that it still shows
    "thinking". `shown` is what the person finally got to see in answer.
    """

    id: int
    token: str
    kind: InteractionKind
    member: Member
    channel: Channel
    data: Json
    created: float
    fake: FakeDiscord
    message: Message | None = None
    first: Response | None = None
    original: Message | None = None
    pending: bool = False
    shown: Message | None = None
    followups: list[Message] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    @property
    def modal(self) -> Json | None:
        """The modal it was answered with, if it was."""
        return self.first.modal if self.first is not None else None

    @property
    def thinks(self) -> bool:
        """Whether the person still sees "thinking" in place of an answer."""
        return self.pending and self.original is not self.message

    @property
    def user_id(self) -> int:
        return self.member.id

    async def response(self, timeout: float = 3.0) -> Response:
        """Wait for the first response."""
        return await self.fake.bell.until(lambda: self.first, timeout=timeout, what=f"a first response to {self}")

    async def answer(self, timeout: float = TIMEOUT) -> Message:
        """Wait for the message that the person gets to see, "thinking" not counted."""
        return await self.fake.bell.until(lambda: self.shown, timeout=timeout, what=f"an answer to {self}")

    async def choices(self, timeout: float = 3.0) -> list[Json]:
        """Wait for autocomplete's choices."""
        response = await self.response(timeout)
        assert response.kind is ResponseKind.CHOICES, f"answered with {response.kind.name}"
        return list(response.choices)

    async def followup(self, number: int = 1, timeout: float = TIMEOUT) -> Message:
        """Wait for the nth follow-up, from 1."""
        return await self.fake.bell.until(
            lambda: self.followups[number - 1] if len(self.followups) >= number else None,
            timeout=timeout,
            what=f"follow-up {number} to {self}",
        )

    def __repr__(self) -> str:
        return f"<Interaction {self.id}: {self}>"

    def __str__(self) -> str:
        name = self.data.get("name") or self.data.get("custom_id")
        return f"{self.kind.name.lower()} {name!r} of {self.member.name}"

    def metadata(self) -> Json:
        """Spell whose interaction a message answers."""
        return {
            "id": str(self.id),
            "type": int(self.kind),
            "user": payloads.user(self.member.user),
            "authorizing_integration_owners": _owners(self),
        }


class Interactions:
    """Begin interactions and find them again by id or token."""

    def __init__(self, fake: FakeDiscord, *, response_window: float, token_lifetime: float, keep: int) -> None:
        self._fake = fake
        self._response_window = response_window
        self._token_lifetime = token_lifetime
        self._keep = keep
        self._by_token: OrderedDict[str, Interaction] = OrderedDict()
        self.unanswered: dict[int, Interaction] = {}
        self.oddities: tuple[Oddity, ...] = ()

    def begin(
        self,
        kind: InteractionKind,
        member: Member,
        channel: Channel,
        data: Json,
        message: Message | None,
    ) -> Interaction:
        """Make an interaction and send it to the bot."""
        interaction = Interaction(
            id=self._fake.snowflakes.next(),
            token=secrets.token_urlsafe(48),
            kind=kind,
            member=member,
            channel=channel,
            data=data,
            created=self._fake.clock.now(),
            fake=self._fake,
            message=message,
        )
        self._by_token[interaction.token] = interaction
        self.unanswered[interaction.id] = interaction
        while len(self._by_token) > self._keep:
            _, old = self._by_token.popitem(last=False)
            self.unanswered.pop(old.id, None)
        self._fake.ledger.interacted(interaction)
        self._fake.gateway.dispatch(
            "INTERACTION_CREATE",
            odd(self._spell(interaction), self.oddities),
            guild_id=channel.guild.id if channel.guild is not None else None,
        )
        return interaction

    def to_answer(self, interaction_id: int, token: str) -> Interaction:
        """Return the interaction if a first response may still come, else raise."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise errors.unknown_interaction()
        if interaction.first is not None:
            interaction.refused.append(40060)
            raise errors.already_acknowledged()
        if self._age(interaction) > self._response_window:
            interaction.refused.append(10062)
            raise errors.unknown_interaction()
        return interaction

    def to_follow_up(self, token: str) -> Interaction:
        """Return the interaction if its token still serves for follow-ups, else raise."""
        interaction = self._by_token.get(token)
        if interaction is None or self._age(interaction) > self._token_lifetime:
            raise errors.invalid_webhook_token()
        if interaction.first is None:
            raise errors.unknown_webhook()
        return interaction

    def answered(self, interaction: Interaction, response: Response) -> None:
        """Note the first response."""
        interaction.first = response
        interaction.pending = response.kind in (
            ResponseKind.DEFERRED_MESSAGE,
            ResponseKind.DEFERRED_UPDATE,
        )
        interaction.original = response.message
        if not interaction.pending:
            interaction.shown = response.message
        self.unanswered.pop(interaction.id, None)
        self._fake.ledger.responded(interaction)
        self._fake.bell.ring()

    def age(self, interaction: Interaction) -> float:
        """Return how many seconds ago it began."""
        return self._age(interaction)

    def dying(self) -> list[Interaction]:
        """Return those that still may be answered, dropping the dead ones."""
        for interaction in list(self.unanswered.values()):
            if self._age(interaction) > self._response_window:
                del self.unanswered[interaction.id]
        return list(self.unanswered.values())

    def _age(self, interaction: Interaction) -> float:
        return self._fake.clock.now() - interaction.created

    def _spell(self, interaction: Interaction) -> Json:
        channel, member = interaction.channel, interaction.member
        guild = channel.guild
        allowed = channel.permissions_of(member)
        spelt: Json = {
            "id": str(interaction.id),
            "application_id": str(self._fake.bot.id),
            "type": int(interaction.kind),
            "token": interaction.token,
            "version": 1,
            "data": interaction.data,
            "channel_id": str(channel.id),
            "channel": payloads.partial_channel(channel, allowed),
            "locale": member.locale,
            "entitlements": [],
            "authorizing_integration_owners": _owners(interaction),
            "context": 2 if channel.is_group_dm else 1 if guild is None else 0,
            "attachment_size_limit": 10_485_760,
        }
        if guild is None:
            spelt["user"] = payloads.user(member.user)
            spelt["app_permissions"] = str(channel.permissions_of(member))
        else:
            spelt["guild_id"] = str(guild.id)
            spelt["guild"] = {"id": str(guild.id), "locale": guild.preferred_locale, "features": []}
            spelt["guild_locale"] = guild.preferred_locale
            spelt["member"] = payloads.member(member) | {"permissions": str(int(allowed))}
            bots = channel.permissions_of(guild.me) if guild.has_bot else _BROUGHT_ALONG
            spelt["app_permissions"] = str(int(bots))
        if interaction.message is not None:
            spelt["message"] = payloads.message(interaction.message, content=True)
        return spelt


def _owners(interaction: Interaction) -> Json:
    """Spell who installed the app: the server, and whoever uses it."""
    channel, person = interaction.channel, interaction.member
    owners: Json = {}
    if channel.guild is not None and channel.guild.has_bot:
        owners["0"] = str(channel.guild.id)
    elif channel.is_dm:
        owners["0"] = "0"
    if person.id in interaction.fake.user_installs:
        owners["1"] = str(person.id)
    return owners
