"""What a route is, and what its handler is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import errors
from .permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from .recording import Request
    from .server import FakeDiscord
    from .world import Channel, Message


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed every check, and look-ups that refuse as Discord does."""

    fake: FakeDiscord
    request: Request

    @property
    def body(self) -> Any:
        return self.request.body

    def param(self, name: str) -> str:
        """Return a part of the path."""
        return self.request.params[name]

    def number(self, name: str) -> int:
        """Return an id from the path; -1, which names nothing, if it isn't one."""
        value = self.request.params[name]
        return int(value) if value.isdecimal() else -1

    def flag(self, name: str) -> bool:
        """Return a switch from the query."""
        return self.request.query.get(name, "").lower() in ("1", "true")

    def channel(self, *needed: Permission, name: str = "channel_id") -> Channel:
        """Return the channel, if the bot sees it and has what is needed there."""
        channel = self.fake.channels.get(self.number(name))
        if channel is None:
            raise errors.unknown_channel()
        self.allowed(channel, *needed)
        return channel

    def allowed(self, channel: Channel, *needed: Permission) -> int:
        """Return what the bot may do in a channel; refuse if something needed is missing."""
        if channel.is_group_dm or (channel.guild is not None and not channel.guild.has_bot):
            raise errors.missing_access()
        if channel.guild is None:
            return channel.permissions_of(self.fake.stranger)
        allowed = channel.permissions_of(channel.guild.me)
        if not allowed & Permission.VIEW_CHANNEL:
            raise errors.missing_access()
        if any(not allowed & each for each in needed):
            raise errors.missing_permissions()
        return allowed

    def message(self, channel: Channel) -> Message:
        """Return the message that the path names, if it is there for the bot to fetch."""
        message = channel.messages.get(self.number("message_id"))
        if message is None or message.ephemeral:
            raise errors.unknown_message()
        return message


@dataclass(frozen=True, slots=True)
class Route:
    """A method and path, with its parameters named as in Discord's OpenAPI document.

    A handler returns what goes out as JSON, or None for 204. `needs_token` is false where
    the token in the path is enough.
    """

    method: str
    path: str
    handler: Callable[[Call], Any]
    needs_token: bool = True
    has_body: bool = False
