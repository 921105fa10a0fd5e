"""Ways to wait for what the bot does: by event, never by sleeping."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections import OrderedDict, deque
    from collections.abc import Callable

    from .components import Json
    from .gateway import Gateway
    from .interactions import Interactions
    from .ledger import Ledger
    from .recording import Bell, Request
    from .rest import Rest
from .world import Channel, Message, User

T = TypeVar("T")

TIMEOUT = 60.0  # seconds that anything may take on a busy machine


class Waiting:
    """The half of the fake Discord that tests wait with; each way raises AssertionError in vain."""

    bell: Bell
    bot: User
    channels: dict[int, Channel]
    commands: dict[int | None, list[Json]]
    gateway: Gateway
    interactions: Interactions
    ledger: Ledger
    messages: OrderedDict[int, Message]
    requests: deque[Request]
    rest: Rest

    async def wait_for(self, look: Callable[[], T | None], *, timeout: float = TIMEOUT, what: str = "it") -> T:
        """Return what `look` returns once that is true; it is called whenever anything happened.

        Raises AssertionError, naming `what`, after `timeout` seconds.
        """
        return await self.bell.until(look, timeout=timeout, what=what)

    async def ready(self, *, timeout: float = TIMEOUT, commands: bool = False) -> None:
        """Wait until a shard is connected, and with `commands` until those are registered."""
        await self.wait_for(
            lambda: self.gateway.connected and (self.commands or not commands),
            timeout=timeout,
            what="the bot to connect",
        )

    async def next_message(self, channel: Channel, timeout: float = TIMEOUT) -> Message:
        """Return the bot's next message in a channel, each once and in order.

        Answers to interactions are among them, "thinking" only once it is filled in.
        """
        return await self.wait_for(
            lambda: channel.unheard.popleft() if channel.unheard else None,
            timeout=timeout,
            what=f"a message in #{channel.name}",
        )

    async def reply_to(self, asked: Message, timeout: float = TIMEOUT) -> Message:
        """Return the bot's answer to a message: its reply, or one with its id as nonce."""
        entry = await self.wait_for(
            lambda: found if (found := self.ledger.entries.get(asked.id)) is not None and found.answers else None,
            timeout=timeout,
            what=f"an answer to {asked.content!r}",
        )
        return self.messages[entry.answers[0]]

    async def heard_before(self, marker: Message, timeout: float = TIMEOUT) -> list[Message]:
        """Wait for the answer to `marker`; return what the bot said anywhere before it.

        Whatever was said counts as heard afterwards. To see that something is ignored, let
        it be followed by a question in the same channel: this is then an empty list.
        """
        answer = await self.reply_to(marker, timeout)
        earlier: list[Message] = []
        for channel in self.channels.values():
            earlier += [message for message in channel.unheard if message is not answer]
            channel.unheard.clear()
        return sorted(earlier, key=lambda message: message.id)

    async def reaction(self, message: Message, timeout: float = TIMEOUT) -> str:
        """Wait for the bot to react to a message; return the emoji."""
        return await self.wait_for(
            lambda: next((emoji for emoji, who in message.reactions.items() if self.bot.id in who), None),
            timeout=timeout,
            what=f"a reaction to {message.content!r}",
        )

    async def request(self, name: str, timeout: float = TIMEOUT, *, count: int = 1) -> Request:
        """Wait for the nth request called `name` ("POST /channels/{channel_id}/messages")."""

        def find() -> Request | None:
            found = self.requests_to(name)
            return found[count - 1] if len(found) >= count else None

        return await self.wait_for(find, timeout=timeout, what=f"{name}, time {count}")

    def requests_to(self, name: str) -> list[Request]:
        """Return the requests called `name` so far, oldest first."""
        return [request for request in self.requests if request.name == name]

    async def settled(self, timeout: float = TIMEOUT) -> None:
        """Wait until no request is under way and no interaction waits for its response."""
        await self.wait_for(
            lambda: self.rest.in_flight == 0 and not self.interactions.dying(),
            timeout=timeout,
            what="the bot to finish",
        )
