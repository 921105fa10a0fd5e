"""Making, changing and removing messages, and what the bot is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import mentions, payloads
from .attaching import with_files, with_files_in
from .components import Flag, Json
from .intents import Intent
from .world import Channel, Message, MessageKind, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .oddities import Oddity
    from .server import FakeDiscord


def post(
    fake: FakeDiscord,
    channel: Channel,
    author: User,
    *,
    content: str = "",
    embeds: list[Json] | None = None,
    components: list[Json] | None = None,
    files: list[Json] | None = None,
    flags: int = 0,
    kind: MessageKind = MessageKind.DEFAULT,
    nonce: str | int | None = None,
    allowed_mentions: Json | None = None,
    replies_to: Message | None = None,
    ping_author: bool = True,
    interaction: Json | None = None,
    webhook_id: int | None = None,
    ephemeral_for: int | None = None,
    message_id: int | None = None,
    ago: float = 0.0,
    tell: bool = True,
    oddities: tuple[Oddity, ...] = (),
) -> Message:
    """Store a message and, unless `tell` is off, send its event."""
    found = mentions.find(
        channel,
        content,
        components or [],
        account=fake.users.get,
        allowed=allowed_mentions,
        replies_to=replies_to,
        ping_author=ping_author,
    )
    reference: Json | None = None
    if replies_to is not None:
        kind = MessageKind.REPLY if kind is MessageKind.DEFAULT else kind
        reference = {
            "type": 0,
            "channel_id": str(replies_to.channel.id),
            "message_id": str(replies_to.id),
        }
        if channel.guild is not None:
            reference["guild_id"] = str(channel.guild.id)
    message = Message(
        id=message_id or fake.snowflakes.next(ago=ago),
        channel=channel,
        author=author,
        content=content,
        kind=kind,
        embeds=_rich(embeds or [], files or []),
        components=with_files_in(components or [], files or []),
        files=files or [],
        flags=flags,
        nonce=nonce,
        mentions=found.users,
        mention_roles=found.roles,
        mention_everyone=found.everyone,
        pings=frozenset() if flags & Flag.LOADING else found.pings,
        reference=reference,
        replies_to=replies_to,
        interaction=interaction,
        webhook_id=webhook_id,
        ephemeral_for=ephemeral_for,
        oddities=oddities,
    )
    message.revealed = is_revealed(fake, message)
    fake.store(message)
    if tell and not message.ephemeral:
        announce(fake, message, "MESSAGE_CREATE")
    return message


def edit(
    fake: FakeDiscord,
    message: Message,
    changes: Json,
    *,
    quietly: bool = False,
) -> None:
    """Apply the keys of `changes` to a message; `quietly` leaves no mark of an edit."""
    for key in ("content", "files", "embeds", "components", "flags"):
        if key in changes:
            value = changes[key]
            if value is None:
                value = {"content": "", "flags": 0}.get(key, [])
            if key == "embeds":
                value = _rich(value, message.files)
            elif key == "components":
                value = with_files_in(value, message.files)
            setattr(message, key, value)
    found = mentions.find(
        message.channel,
        message.content,
        message.components,
        account=fake.users.get,
        allowed=changes.get("allowed_mentions"),
    )
    # An edit notifies nobody on Discord; what it would have is kept for tests to judge.
    message.pings |= found.pings if message.author is fake.bot else frozenset()
    if message.author is not fake.bot:
        replied = {message.replies_to.author} if message.replies_to else set()
        kept = [user for user in message.mentions if user in replied]
        message.mentions = tuple(dict.fromkeys([*found.users, *kept]))
        message.mention_roles = found.roles
    if not quietly:
        message.edited_at = fake.clock.wall()
    message.revealed = is_revealed(fake, message)
    if not message.ephemeral:
        announce(fake, message, "MESSAGE_UPDATE")
    fake.bell.ring()


def delete(fake: FakeDiscord, message: Message) -> None:
    """Remove a message for good."""
    _remove(fake, message)
    if not message.ephemeral:
        gone = {"id": str(message.id)} | _place(message.channel)
        _send(fake, message.channel, "MESSAGE_DELETE", gone, reaction=False)
    fake.bell.ring()


def delete_many(fake: FakeDiscord, channel: Channel, many: Iterable[Message]) -> None:
    """Remove several messages of a channel at once, of which there is one event."""
    ids = []
    for message in many:
        _remove(fake, message)
        ids.append(str(message.id))
    _send(fake, channel, "MESSAGE_DELETE_BULK", {"ids": ids} | _place(channel), reaction=False)
    fake.bell.ring()


def react(fake: FakeDiscord, message: Message, user: User, emoji: str, *, add: bool) -> None:
    """Add or remove a reaction."""
    users = message.reactions.setdefault(emoji, set())
    (users.add if add else users.discard)(user.id)
    if not users:
        del message.reactions[emoji]
    event = {
        "user_id": str(user.id),
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
        "message_author_id": str(message.author.id),
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }
    guild = message.channel.guild
    if guild is not None:
        event["guild_id"] = str(guild.id)
        if add and user.id in guild.members:
            event["member"] = payloads.member(guild.members[user.id])
    name = "MESSAGE_REACTION_ADD" if add else "MESSAGE_REACTION_REMOVE"
    _send(fake, message.channel, name, event, reaction=True)
    if add and user is fake.bot:
        fake.ledger.reacted(message, emoji)
    fake.bell.ring()


def announce(fake: FakeDiscord, message: Message, event: str) -> None:
    """Tell the bot of a message, as much of it as its intents allow."""

    def spell(content: bool) -> Json:  # noqa: FBT001 - the gateway calls it so
        return payloads.message(message, content=content, gateway=True)

    _send(fake, message.channel, event, spell, reaction=False)


def is_revealed(fake: FakeDiscord, message: Message) -> bool:
    """Say whether the bot sees a message's content without the privileged intent.

    Discord's documentation lists: the bot's own messages, DMs, and messages in which the
    app is mentioned (a reply that pings it is one). A mention of the bot's role is not in
    that list by name, so it is taken not to count unless the fake Discord was told otherwise.
    """
    if message.author is fake.bot or message.channel.is_dm:
        return True
    if any(user is fake.bot for user in message.mentions):
        return True
    guild = message.channel.guild
    return (
        fake.role_mention_reveals_content
        and guild is not None
        and any(role.id in message.mention_roles for role in guild.me.roles)
    )


def _remove(fake: FakeDiscord, message: Message) -> None:
    message.deleted = True
    message.channel.messages.pop(message.id, None)
    fake.messages.pop(message.id, None)


def _place(channel: Channel) -> Json:
    place = {"channel_id": str(channel.id)}
    return place if channel.guild is None else place | {"guild_id": str(channel.guild.id)}


def _send(fake: FakeDiscord, channel: Channel, event: str, payload: Any, *, reaction: bool) -> None:
    if channel.is_group_dm:
        return
    if channel.guild is None:
        intent = Intent.DIRECT_MESSAGE_REACTIONS if reaction else Intent.DIRECT_MESSAGES
        fake.gateway.dispatch(event, payload, guild_id=None, intent=intent)
    elif fake.bot_may_see(channel):
        intent = Intent.GUILD_MESSAGE_REACTIONS if reaction else Intent.GUILD_MESSAGES
        fake.gateway.dispatch(event, payload, guild_id=channel.guild.id, intent=intent)


def _rich(embeds: list[Json], files: list[Json]) -> list[Json]:
    return [{"type": "rich"} | embed for embed in with_files(embeds, files)]
