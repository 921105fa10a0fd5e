"""Read of each gateway event, and of each message in a history, what can be read, and drop the rest.

For one event, discord.py would end the process, for all servers; for one message, it would give up the whole history.
Like `patches`, this touches discord.py's internals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import discord
from discord.channel import _guild_channel_factory
from discord.state import ConnectionState

Data = dict[str, Any]
Note = Callable[[str, Exception], None]
"""Takes note of what was dropped, the type of an event or `TYPE.field`, and why."""

MAX_ID = 2**63 - 1  # as databases store it; Discord's ids reach it in 2084
TYPES: Mapping[str, Mapping[str, type]] = {  # of fields that the bot relies on, and discord.py takes as they are
    "INTERACTION_CREATE": {"data": dict, "token": str},
    "MESSAGE_CREATE": {"content": str, "type": int},
    "THREAD_CREATE": {"name": str},
}
BEGIN_SESSIONS = frozenset({"READY", "RESUMED"})
FROM_PEOPLE = frozenset({"INTERACTION_CREATE", "MESSAGE_CREATE"})
BARE_USER: Data = {"username": "", "discriminator": "0", "avatar": None}
BARE_MESSAGE: Data = {"content": "", "mentions": [], "mention_roles": []}
UNUSED_OF_MESSAGES = frozenset(
    {
        "activity",
        "application",
        "attachments",
        "call",
        "interaction",
        "message_snapshots",
        "poll",
        "purchase_notification",
        "role_subscription_data",
        "sticker_items",
        "thread",
    }
)
NOBODY: Data = BARE_USER | {"id": "0", "bot": True}  # whom the bot never answers
NOTHING: Data = BARE_MESSAGE | {"id": "0", "author": NOBODY, "type": 0}
BARE_INTERACTION: Data = {"version": 1, "attachment_size_limit": 0}

_ENDS_OF_IDS = ("id", "ids")  # which few fields have
_ID = re.compile(r"(?:(?!custom|session)\w+_)?ids?")  # the name of a field with an id, or with several


def drop_unreadable_events(client: discord.Client, note: Note) -> None:
    """Drop each event that discord.py can't read, after a `note` of it, without leaving a channel half changed.

    Of a message, a command, a click, or a server, only the fields that can't be read are dropped. A session whose
    beginning can't be read isn't one: the error passes, and the shard begins another.
    """
    state = client._connection  # noqa: SLF001 - there is no public way
    checks, separable = _checks(client, state), _separable(client, state)
    for kind, parse in state.parsers.items():
        event = _Event(kind, parse, note, check=checks.get(kind), separable=separable.get(kind))
        state.parsers[kind] = event.read_or_fail if kind in BEGIN_SESSIONS else event.read_or_drop


def read_messages_singly(client: discord.Client, note: Note) -> None:
    """Drop of each message that the client requests only what discord.py can't read, after a `note` of it.

    Without a readable author, a message seems to be a bot's; without a readable id, it says nothing.
    """
    state = client._connection  # noqa: SLF001 - there is no public way

    def note_field(name: str, error: Exception) -> None:
        note(f"MESSAGE.{name}", error)

    def create_message(*, channel: Any, data: Any) -> discord.Message:
        def build(data: Data) -> discord.Message:
            _check_ids(data)
            _check_ids(data["author"])
            _check_types("MESSAGE_CREATE", data)
            return discord.Message(state=state, channel=channel, data=data)  # type: ignore[arg-type]

        try:
            return build(data)
        except Exception:  # noqa: BLE001 - whatever it is, the other fields can be read
            singly = _Separable(build, needed=("id",), spare=NOTHING)
        try:
            return build(singly.readable(data, note_field))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other messages can be read
            note("MESSAGE", error)
            return build(NOTHING)

    state.create_message = create_message  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True)
class _Separable:
    """How an event or a message is read field by field.

    Attributes:
        build: makes of the data what discord.py would, without changing what it knows.
        needed: the fields without which the event makes no sense.
        spare: what is read in place of other fields.
    """

    build: Callable[[Data], object]
    needed: tuple[str, ...]
    spare: Data = field(default_factory=dict)

    def readable(self, data: Data, note: Note) -> Data:
        """Return the data without the fields, and the items of lists, that can't be read.

        Raises:
            Exception: Not even what is needed can be read.
        """
        kept = self.spare | {name: data[name] for name in self.needed if name in data}
        self.build(kept)
        bare = dict(kept)
        for name, value in data.items():
            if name in self.needed:
                continue
            if isinstance(value, list):
                kept[name] = [item for item in value if self._reads({**bare, name: [item]}, name, note)]
            elif self._reads({**bare, name: value}, name, note):
                kept[name] = bare[name] = value
        return kept

    def _reads(self, data: Data, name: str, note: Note) -> bool:
        try:
            self.build(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other fields can be read
            note(name, error)
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Event:
    """One type of event.

    Attributes:
        check: raises what is wrong with data of which discord.py would keep half.
    """

    kind: str
    parse: Callable[[Any], None]
    note: Note
    check: Callable[[Data], object] | None
    separable: _Separable | None

    def read_or_drop(self, data: Any) -> None:
        try:
            self.read_or_fail(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other events can be read
            self.note(self.kind, error)

    def read_or_fail(self, data: Any) -> None:
        if self.kind in FROM_PEOPLE:
            data = whole(data)
        _check_ids(data)
        _check_types(self.kind, data)
        if self.check is not None:
            self.check(data)
        try:
            self.parse(data)
        except Exception:
            if self.separable is None:
                raise
            self.parse(self.separable.readable(data, self._note_field))

    def _note_field(self, name: str, error: Exception) -> None:
        self.note(f"{self.kind}.{name}", error)


def _checks(client: discord.Client, state: ConnectionState[Any]) -> Mapping[str, Callable[[Data], object]]:
    def check_channel(data: Data) -> None:
        factory, _ = _guild_channel_factory(data["type"])
        guild = client.get_guild(int(data["guild_id"]))
        if factory is not None and guild is not None:
            factory(guild=guild, state=state, data=data)  # the known one would lose its permissions

    def check_author(data: Data) -> None:
        _check_ids(data["author"])
        discord.User(state=state, data=data["author"])  # discord.py takes a message without one

    def check_person(data: Data) -> None:
        member = data.get("member")
        person = member.get("user") if isinstance(member, dict) else data.get("user")
        if isinstance(person, dict):
            _check_ids(person)

    def check_own_id(data: Data) -> None:
        if int(data["id"]) != state.self_id:
            raise ValueError("it is about somebody else")

    return {
        "CHANNEL_UPDATE": check_channel,
        "INTERACTION_CREATE": check_person,
        "MESSAGE_CREATE": check_author,
        "USER_UPDATE": check_own_id,
    }


def _separable(client: discord.Client, state: ConnectionState[Any]) -> Mapping[str, _Separable]:
    def build_message(data: Data) -> object:
        guild_id = int(data["guild_id"]) if "guild_id" in data else None
        channel = client.get_partial_messageable(int(data["channel_id"]), guild_id=guild_id)
        return discord.Message(state=state, channel=channel, data=data)  # type: ignore[arg-type]

    def build_threads(data: Data) -> object:
        guild: Any = client.get_guild(int(data["guild_id"]))
        return [discord.Thread(guild=guild, state=state, data=each) for each in data.get("threads", [])]

    server = _Separable(
        lambda data: discord.Guild(data=data, state=state),  # type: ignore[arg-type]
        needed=("id", "unavailable"),
    )
    return {
        "GUILD_CREATE": server,
        "GUILD_UPDATE": server,
        "INTERACTION_CREATE": _Separable(
            lambda data: discord.Interaction(data=data, state=state),  # type: ignore[arg-type]
            needed=("id", "application_id", "type", "token", "data", "guild_id"),
            spare=BARE_INTERACTION,
        ),
        "MESSAGE_CREATE": _Separable(
            build_message,
            needed=("id", "channel_id", "guild_id", "author", "type", "webhook_id"),
            spare=BARE_MESSAGE,
        ),
        "THREAD_LIST_SYNC": _Separable(build_threads, needed=("guild_id", "channel_ids")),
    }


def whole(data: Any) -> Any:
    """Return a copy of an event or a response in which people and messages have what discord.py takes for granted.

    Messages are without what the bot has no use for: discord.py fails at some of it, such as a poll without an end.
    """
    if isinstance(data, list):
        return [whole(inner) for inner in data]
    if not isinstance(data, dict):
        return data
    if "username" in data:
        return BARE_USER | data
    is_message = "author" in data and "channel_id" in data
    used = {
        name: whole(inner) if isinstance(inner, (dict, list)) and name != "components" else inner  # they hold nobody
        for name, inner in data.items()
        if not is_message or name not in UNUSED_OF_MESSAGES
    }
    if is_message:
        return BARE_MESSAGE | used | {"content": used.get("content") or "", "embeds": _texts(used.get("embeds"))}
    return used


def _texts(embeds: Any) -> list[Data]:
    """Return embeds with nothing but their text: a preview of the job description is read from that."""
    found = embeds if isinstance(embeds, list) else []
    texts = [embed.get("description") for embed in found if isinstance(embed, dict)]
    return [{"description": text} for text in texts if isinstance(text, str)]


def _check_types(kind: str, data: Data) -> None:
    for name, type_ in TYPES.get(kind, {}).items():
        if not isinstance(data[name], type_):
            raise TypeError(f"{name} is of another type")


def _check_ids(data: Data) -> None:
    """Raise _NoId for an id that no database takes: it would hold up what is stored together with it."""
    for name, value in data.items():
        if not (name.endswith(_ENDS_OF_IDS) and _ID.fullmatch(name)):
            continue
        for each in value if isinstance(value, list) else (value,):
            with suppress(TypeError, ValueError):  # whoever reads it finds out
                if not 0 <= int(each) <= MAX_ID:
                    raise _NoId


class _NoId(Exception):
    """What should be an id can't be one."""
