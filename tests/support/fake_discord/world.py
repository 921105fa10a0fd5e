"""The state of a small Discord: servers, roles, channels and messages."""

from __future__ import annotations

import enum
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import permissions
from .components import Card, Json, walk
from .permissions import Overwrite, Permission

if TYPE_CHECKING:
    from .oddities import Oddity
    from .people import Member
    from .server import FakeDiscord


class ChannelKind(enum.IntEnum):
    """Discord's channel types, as far as they are known here."""

    TEXT = 0
    DM = 1
    VOICE = 2
    GROUP_DM = 3
    ANNOUNCEMENT = 5
    THREAD = 11
    FORUM = 15
    OF_TOMORROW = 99
    THREAD_OF_TOMORROW = 98


class MessageKind(enum.IntEnum):
    """Discord's message types, as far as they are known here."""

    DEFAULT = 0
    PIN = 6
    JOIN = 7
    REPLY = 19
    SLASH_ANSWER = 20
    MENU_ANSWER = 23


@dataclass(slots=True, eq=False)
class User:
    """An account, human or not."""

    id: int
    name: str
    bot: bool = False
    oddities: tuple[Oddity, ...] = ()

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(slots=True, eq=False)
class Role:
    """A role in a server. A `bot_id` marks the role that Discord made for that bot."""

    id: int
    name: str
    permissions: int = 0
    bot_id: int | None = None
    mentionable: bool = False

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"


@dataclass(slots=True, eq=False, repr=False)
class Message:
    """A message as it is stored: whole, whoever may see how much of it.

    `pings` names whom it notified ("everyone", "&<role id>", "<user id>"), as if the author
    had every right to. `revealed` is whether a bot without the message content intent
    sees what it says. `ephemeral_for` is the only user who sees it at all.
    """

    id: int
    channel: Channel
    author: User
    content: str = ""
    kind: int = MessageKind.DEFAULT
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    flags: int = 0
    nonce: str | int | None = None
    mentions: tuple[User, ...] = ()
    mention_roles: tuple[int, ...] = ()
    mention_everyone: bool = False
    pings: frozenset[str] = frozenset()
    revealed: bool = False
    reference: Json | None = None
    replies_to: Message | None = None
    reactions: dict[str, set[int]] = field(default_factory=dict)
    edited_at: float | None = None
    webhook_id: int | None = None
    interaction: Json | None = None
    ephemeral_for: int | None = None
    deleted: bool = False
    oddities: tuple[Oddity, ...] = ()

    def __repr__(self) -> str:
        return f"<Message {self.id} of {self.author.name} in {self.channel.name!r}: {self.text[:80]!r}>"

    @property
    def ephemeral(self) -> bool:
        return self.ephemeral_for is not None

    @property
    def text(self) -> str:
        """Everything a reader sees as words: content, embeds and text components."""
        parts = [self.content]
        for embed in self.embeds:
            parts += [embed.get("title") or "", embed.get("description") or ""]
            for entry in embed.get("fields") or ():
                parts += [entry["name"], entry["value"]]
            parts.append((embed.get("footer") or {}).get("text") or "")
        parts += [part["content"] for part in walk(self.components) if part.get("type") == 10]
        return "\n".join(part for part in parts if part)

    @property
    def said(self) -> str:
        """What it says above its cards."""
        texts = [part["content"] for part in self.components if part.get("type") == 10]
        return "\n".join(filter(None, [self.content, *texts]))

    @property
    def cards(self) -> list[Card]:
        """Its containers, from top to bottom."""
        return [Card(part) for part in self.components if part.get("type") == 17]

    @property
    def attachments(self) -> list[Json]:
        """The files that stand below the message, because nothing in it shows them."""
        shown = {image["url"] for image in self._shown}
        return [each for each in self.files if each["url"] not in shown]

    @property
    def images(self) -> list[Json]:
        """Every image that a reader sees, with its `url` and `description`: in the message, then below it."""
        return [*self._shown, *self.attachments]

    @property
    def _shown(self) -> list[Json]:
        galleries = [part for part in walk(self.components) if part.get("type") == 12]
        items = [item for gallery in galleries for item in gallery["items"]]
        return [
            *(embed["image"] for embed in self.embeds if embed.get("image")),
            *({"url": item["media"]["url"], "description": item.get("description")} for item in items),
        ]

    @property
    def buttons(self) -> list[Json]:
        """Every button of the message, in order."""
        return [part for part in walk(self.components) if part.get("type") == 2]

    @property
    def labels(self) -> list[str]:
        """The labels of its buttons, in order."""
        return [button.get("label", "") for button in self.buttons]

    @property
    def selects(self) -> list[Json]:
        """Every select menu of the message, in order."""
        return [part for part in walk(self.components) if part.get("type") in (3, 5, 6, 7, 8)]


@dataclass(slots=True, eq=False, repr=False)
class Channel:
    """A channel, a thread or a DM.

    `tags` are those that a forum offers, `applied_tags` the ids of a post's.
    `messages` holds the newest ones by id, oldest first; `unheard` those of the bot that
    no test has asked for yet. `silent_until_author` is the id of a forum post's author who
    has yet to say the first word.
    """

    id: int
    name: str
    kind: ChannelKind
    fake: FakeDiscord
    guild: Guild | None = None
    parent: Channel | None = None
    owner_id: int | None = None
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipients: tuple[User, ...] = ()
    messages: OrderedDict[int, Message] = field(default_factory=OrderedDict)
    unheard: deque[Message] = field(default_factory=deque)
    last_message_id: int | None = None
    message_count: int = 0
    silent_until_author: int | None = None
    tags: list[Json] = field(default_factory=list)
    applied_tags: list[int] = field(default_factory=list)
    archived: bool = False
    locked: bool = False
    topic: str | None = None
    requires_tag: bool = False
    oddities: tuple[Oddity, ...] = ()

    def __repr__(self) -> str:
        return f"<Channel {self.id} {self.kind.name} {self.name!r}>"

    @property
    def is_thread(self) -> bool:
        return self.kind in {ChannelKind.THREAD, ChannelKind.THREAD_OF_TOMORROW}

    @property
    def is_dm(self) -> bool:
        return self.kind is ChannelKind.DM

    @property
    def is_group_dm(self) -> bool:
        """Whether it is a group of people, which the bot can't be a member of."""
        return self.kind is ChannelKind.GROUP_DM

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    def history(self) -> list[Message]:
        """Return what everyone in the channel sees, oldest first."""
        shown = [message for message in self.messages.values() if not message.ephemeral]
        return sorted(shown, key=lambda message: message.id)

    def permissions_of(self, member: Member) -> int:
        """Return what `member` may do here, as Discord computes it."""
        if self.guild is None:
            return permissions.ALL & ~Permission.ADMINISTRATOR
        place = self.parent if self.is_thread and self.parent is not None else self
        return permissions.in_channel(
            member.permissions,
            place.overwrites,
            everyone_id=self.guild.id,
            role_ids=[role.id for role in member.roles],
            member_id=member.id,
            thread=self.is_thread,
        )

    def set_permissions(
        self,
        target: Role | Member,
        *,
        allow: int = 0,
        deny: int = 0,
    ) -> None:
        """Overwrite what a role or a member may do here, and tell the bot."""
        self.overwrites[target.id] = Overwrite(target.id, isinstance(target, Role), allow, deny)
        self.fake.announce_channel(self, "CHANNEL_UPDATE")

    def add_tag(self, name: str, *, moderated: bool = False) -> int:
        """Add a tag to a forum, tell the bot, and return the tag's id."""
        tag_id = self.fake.snowflakes.next()
        tag = {"id": str(tag_id), "name": name, "moderated": moderated, "emoji_id": None, "emoji_name": None}
        self.tags.append(tag)
        self.fake.announce_channel(self, "CHANNEL_UPDATE")
        return tag_id

    def delete(self) -> None:
        """Delete the channel with its messages, and tell the bot."""
        self.fake.remove_channel(self)


@dataclass(slots=True, eq=False, repr=False)
class Guild:
    """A server. Its methods build it, before the bot connects or while it looks on."""

    id: int
    name: str
    fake: FakeDiscord
    owner_id: int = 0
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    command_grants: dict[str, dict[int, bool]] = field(default_factory=dict)
    preferred_locale: str = "en-US"

    def __repr__(self) -> str:
        return f"<Guild {self.id} {self.name!r}>"

    @property
    def everyone(self) -> Role:
        return self.roles[self.id]

    @property
    def has_bot(self) -> bool:
        """Whether the bot is a member of this server."""
        return self.id in self.fake.guilds

    @property
    def me(self) -> Member:
        """The bot as a member of this server."""
        return self.members[self.fake.bot.id]

    @property
    def bot_role(self) -> Role:
        """The role that Discord made for the bot."""
        return next(role for role in self.roles.values() if role.bot_id == self.fake.bot.id)

    def prefer(self, locale: str) -> None:
        """Change the language of the server, which Discord has "en-US" for if it isn't a community."""
        self.preferred_locale = locale
        self.fake.announce_guild(self)

    def add_role(self, name: str, permissions: int = 0, *, mentionable: bool = False) -> Role:
        """Add a role, which anyone may mention or not, and tell the bot."""
        role = Role(self.fake.snowflakes.next(), name, int(permissions), mentionable=mentionable)
        self.roles[role.id] = role
        self.fake.announce_role(self, role, "GUILD_ROLE_CREATE")
        return role

    def set_role(self, role: Role, permissions: int) -> None:
        """Change a role's permissions and tell the bot."""
        role.permissions = int(permissions)
        self.fake.announce_role(self, role, "GUILD_ROLE_UPDATE")

    def remove_role(self, role: Role) -> None:
        """Delete a role, take it from whoever has it, and tell the bot."""
        del self.roles[role.id]
        for member in self.members.values():
            member.roles = [each for each in member.roles if each is not role]
        self.fake.announce_role_gone(self, role)

    def add_member(self, name: str, *roles: Role, bot: bool = False) -> Member:
        """Add a new account to the server, with roles."""
        return self.fake.add_member(self, name, roles, bot=bot)

    def add_text_channel(self, name: str, *oddities: Oddity) -> Channel:
        """Add an ordinary channel."""
        return self._add_channel(name, ChannelKind.TEXT, *oddities)

    def add_voice_channel(self, name: str, *oddities: Oddity) -> Channel:
        """Add a voice channel, in which people also write."""
        return self._add_channel(name, ChannelKind.VOICE, *oddities)

    def add_channel_of_tomorrow(self, name: str) -> Channel:
        """Add a channel of a kind that nobody has heard of."""
        return self._add_channel(name, ChannelKind.OF_TOMORROW)

    def add_announcement_channel(self, name: str) -> Channel:
        """Add a channel for announcements."""
        return self._add_channel(name, ChannelKind.ANNOUNCEMENT)

    def add_forum(self, name: str, *oddities: Oddity, requires_tag: bool = False) -> Channel:
        """Add a forum, in which each post may need a tag."""
        return self._add_channel(name, ChannelKind.FORUM, *oddities, requires_tag=requires_tag)

    def add_thread(
        self,
        parent: Channel,
        name: str,
        owner: Member,
        *oddities: Oddity,
        thread_id: int | None = None,
        kind: ChannelKind = ChannelKind.THREAD,
    ) -> Channel:
        """Add a public thread under a channel or a post in a forum; the bot is not told."""
        thread = Channel(
            thread_id or self.fake.snowflakes.next(),
            name,
            kind,
            self.fake,
            guild=self,
            parent=parent,
            owner_id=owner.id,
            oddities=oddities,
        )
        self.threads[thread.id] = thread
        self.fake.channels[thread.id] = thread
        return thread

    def grant_command(self, command: str, target: Role | Member, *, allowed: bool = True) -> None:
        """Let a role or member use a command, or not, as admins do under Integrations.

        It takes the place of the command's own default for whoever it names; @everyone's
        role may be named too.
        """
        self.command_grants.setdefault(command, {})[target.id] = allowed

    def _add_channel(self, name: str, kind: ChannelKind, *oddities: Oddity, requires_tag: bool = False) -> Channel:
        channel = Channel(
            self.fake.snowflakes.next(),
            name,
            kind,
            self.fake,
            guild=self,
            oddities=oddities,
            requires_tag=requires_tag,
        )
        self.channels[channel.id] = channel
        self.fake.channels[channel.id] = channel
        self.fake.announce_channel(channel, "CHANNEL_CREATE")
        return channel
