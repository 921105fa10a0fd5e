"""Whatever the gateway sends, what can be read of it arrives, and the rest changes nothing."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.unreadable import BEGIN_SESSIONS, MAX_ID, drop_unreadable_events
from fake_discord import Channel, FakeDiscord, Guild, Member, Permission, payloads

ALL_INTENTS = -1
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
POLL = {"question": {"text": "?"}, "allow_multiselect": False, "layout_type": 1}
BROKEN_POLL: dict[str, Any] = {**POLL, "answers": [], "expiry": None}
BROKEN_VOICE = {"id": "1", "filename": "a.ogg", "size": 1, "url": "", "proxy_url": "", "waveform": "abc", "flags": 0}


class Listener(discord.AutoShardedClient):
    """A client that is told of events instead of a bot, and connects to nothing."""

    def __init__(self, guild: Guild) -> None:
        super().__init__(intents=discord.Intents.default())
        self.heard: list[tuple[str, Any]] = []
        self.dropped: list[str] = []
        state: Any = self._connection
        state.shard_count = 1
        state.user = discord.ClientUser(state=state, data=payloads.user(guild.fake.bot))  # type: ignore[arg-type]
        drop_unreadable_events(self, lambda what, _: self.dropped.append(what))
        self.receive("GUILD_CREATE", guild.fake.gateway.describe(guild, ALL_INTENTS))

    def receive(self, kind: str, data: Any) -> None:
        self._connection.parsers[kind](data)

    def dispatch(self, event: str, /, *args: Any, **_: Any) -> None:
        self.heard.append((event, *args))

    def last(self, event: str) -> Any:
        return [args[0] for name, *args in self.heard if name == event][-1]


@pytest.fixture
def listener(fake: FakeDiscord, guild: Guild, channel: Channel) -> Listener:
    assert fake.channels[channel.id]
    return Listener(guild)


async def asked(channel: Channel, mia: Member, **changes: Any) -> dict[str, Any]:
    return payloads.message(await mia.asks(channel, "Does a TPM code?"), content=True, gateway=True) | changes


@pytest.mark.parametrize(
    ("field", "value"),
    [("poll", BROKEN_POLL), ("attachments", [BROKEN_VOICE]), ("embeds", None), ("thread", {"id": "x"})],
)
async def test_what_the_bot_has_no_use_for_keeps_no_question_from_it(
    listener: Listener, channel: Channel, mia: Member, field: str, value: Any
) -> None:
    message = await asked(channel, mia, **{field: value})

    listener.receive("MESSAGE_CREATE", message)
    reply = await asked(channel, mia, message_reference={"channel_id": str(channel.id)}, referenced_message=message)
    listener.receive("MESSAGE_CREATE", reply)

    assert listener.last("message").reference.resolved.id == int(message["id"])
    assert listener.dropped == []


@pytest.mark.parametrize(
    ("field", "value"), [("reactions", 7), ("components", [None]), ("message_reference", {"message_id": "x"})]
)
async def test_a_question_arrives_without_what_cannot_be_read(
    listener: Listener, channel: Channel, mia: Member, field: str, value: Any
) -> None:
    listener.receive("MESSAGE_CREATE", await asked(channel, mia, **{field: value}))

    message = listener.last("message")
    assert message.content.endswith("Does a TPM code?")
    assert [user.id for user in message.mentions] == [channel.fake.bot.id]
    assert listener.dropped == [f"MESSAGE_CREATE.{field}"]


@pytest.mark.parametrize("field", ["discriminator", "avatar", "global_name"])
async def test_people_need_no_more_than_an_id_and_a_name(
    listener: Listener, channel: Channel, mia: Member, field: str
) -> None:
    message = await asked(channel, mia)
    for person in (message["author"], *message["mentions"]):
        del person[field]

    listener.receive("MESSAGE_CREATE", message)

    assert listener.last("message").author.id == mia.id
    assert [user.id for user in listener.last("message").mentions] == [channel.fake.bot.id]
    assert listener.dropped == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("author", None),
        ("author", {"id": "-1", "username": "nobody"}),
        ("content", 7),
        ("id", "x"),
        ("id", MAX_ID + 1),
        ("type", []),
    ],
)
async def test_a_message_that_makes_no_sense_is_dropped(
    listener: Listener, channel: Channel, mia: Member, field: str, value: Any
) -> None:
    listener.receive("MESSAGE_CREATE", await asked(channel, mia, **{field: value}))

    assert "message" not in {event for event, *_ in listener.heard}
    assert listener.dropped == ["MESSAGE_CREATE"]


async def test_a_message_whose_text_is_null_says_nothing(listener: Listener, channel: Channel, mia: Member) -> None:
    listener.receive("MESSAGE_CREATE", await asked(channel, mia, content=None))

    assert listener.last("message").content == ""


def test_a_channel_keeps_its_permissions_if_its_update_cannot_be_read(listener: Listener, channel: Channel) -> None:
    assert channel.guild
    channel.set_permissions(channel.guild.everyone, deny=Permission.VIEW_CHANNEL)
    listener.receive("CHANNEL_UPDATE", payloads.channel(channel))

    listener.receive("CHANNEL_UPDATE", payloads.channel(channel) | {"name": "renamed", "permission_overwrites": None})

    known = listener.get_channel(channel.id)
    assert isinstance(known, discord.TextChannel)
    assert known.name == channel.name
    assert not known.permissions_for(known.guild.default_role).view_channel
    assert listener.dropped == ["CHANNEL_UPDATE"]


def test_a_server_keeps_the_roles_that_can_be_read(listener: Listener, guild: Guild) -> None:
    update = payloads.guild(guild, members=[])
    broken = update["roles"][0] | {"permissions": None, "id": "7"}

    listener.receive("GUILD_UPDATE", update | {"roles": [broken, *update["roles"]], "afk_channel_id": "x"})

    known = listener.get_guild(guild.id)
    assert known
    assert {role.id for role in known.roles} == set(guild.roles)
    assert sorted(listener.dropped) == ["GUILD_UPDATE.afk_channel_id", "GUILD_UPDATE.roles"]


async def test_a_deletion_with_an_id_that_no_database_takes_is_dropped(listener: Listener, channel: Channel) -> None:
    listener.receive("MESSAGE_DELETE_BULK", {"ids": ["1", "9" * 30], "channel_id": str(channel.id)})

    assert listener.dropped == ["MESSAGE_DELETE_BULK"]


def test_the_bot_remains_who_it_is(listener: Listener, fake: FakeDiscord) -> None:
    listener.receive("USER_UPDATE", payloads.user(fake.stranger.user))

    assert listener.user
    assert listener.user.id == fake.bot.id
    assert listener.dropped == ["USER_UPDATE"]


@given(data=JSON)
def test_no_event_passes_an_error(data: Any) -> None:
    listener = Listener(FakeDiscord(openapi="").add_guild("Product people"))

    for kind in listener._connection.parsers.keys() - BEGIN_SESSIONS:
        listener.receive(kind, data)


def test_a_session_that_begins_unreadably_is_none(listener: Listener) -> None:
    with pytest.raises(KeyError):
        listener.receive("READY", {})
