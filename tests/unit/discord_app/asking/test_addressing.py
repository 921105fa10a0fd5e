"""Which messages speak to the bot, and what they say: real discord.py messages, made of what Discord sends."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.asking.addressing import (
    Addressed,
    Asked,
    BareCall,
    HiddenQuote,
    HiddenText,
    NotAddressed,
    read_address,
)
from fake_discord import FakeDiscord, Guild, Member, Message, MessageKind, payloads

CODING = "Does a TPM need to code?"


class Ear(discord.Client):
    """Turn what the gateway would send into discord.py's messages, without a connection."""

    def __init__(self, fake: FakeDiscord, guild: Guild) -> None:
        self.heard: list[discord.Message] = []
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(intents=intents, max_messages=None, member_cache_flags=discord.MemberCacheFlags.none())
        self._connection.user = discord.ClientUser(state=self._connection, data=self._spelt(payloads.user(fake.bot)))
        server = fake.gateway.describe(guild, intents.value)
        self._connection._add_guild(discord.Guild(data=self._spelt(server), state=self._connection))

    def dispatch(self, event: str, /, *args: Any, **_: Any) -> None:
        if event == "message":
            self.heard.append(args[0])

    def address_of(self, message: Message) -> Addressed | NotAddressed:
        self._connection.parse_message_create(self._spelt(payloads.message(message, content=False, gateway=True)))
        assert self.user is not None
        return read_address(self.heard[-1], self.user)

    @staticmethod
    def _spelt(payload: dict[str, Any]) -> Any:
        """Return what came as JSON; discord.py wants types of its own here."""
        return payload


@pytest.fixture
def fake() -> FakeDiscord:
    return FakeDiscord(role_mention_reveals_content=False)


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    guild = fake.add_guild("Product people")
    guild.add_text_channel("general")
    return guild


@pytest.fixture
def mia(guild: Guild) -> Member:
    return guild.add_member("mia")


def channel_of(guild: Guild) -> Any:
    return next(iter(guild.channels.values()))


async def test_a_mention_asks_what_stands_around_it(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    said = await mia.says(channel_of(guild), f"hey {fake.bot.mention} does it <@!{fake.bot.id}> work?")

    assert Ear(fake, guild).address_of(said) == Asked("hey   does it   work?")


async def test_others_who_are_mentioned_stay_in_the_question(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    said = await mia.asks(channel_of(guild), f"does {mia.mention} code?")

    assert Ear(fake, guild).address_of(said) == Asked(f"does {mia.mention} code?")


async def test_a_direct_message_asks_without_a_mention(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    assert Ear(fake, guild).address_of(await mia.sends_dm(CODING)) == Asked(CODING)


async def test_a_direct_message_of_a_picture_alone_is_a_bare_call(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    assert Ear(fake, guild).address_of(await mia.sends_dm("")) == BareCall()


async def test_a_role_mention_whose_text_is_shown_asks(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    fake.role_mention_reveals_content = True
    said = await mia.says(channel_of(guild), CODING, mention=guild.bot_role)

    assert Ear(fake, guild).address_of(said) == Asked(CODING)


async def test_a_role_mention_whose_text_is_kept_back_is_hidden(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    said = await mia.says(channel_of(guild), CODING, mention=guild.bot_role)

    assert Ear(fake, guild).address_of(said) == HiddenText()


async def test_a_reply_to_the_bot_asks(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    answer = fake.seed(channel_of(guild), fake.bot, "an answer")

    assert Ear(fake, guild).address_of(await mia.says(channel_of(guild), CODING, reply_to=answer)) == Asked(CODING)


async def test_a_reply_to_the_bot_with_the_ping_turned_off_is_hidden(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    answer = fake.seed(channel_of(guild), fake.bot, "an answer")
    said = await mia.says(channel_of(guild), CODING, reply_to=answer, ping=False)

    assert Ear(fake, guild).address_of(said) == HiddenText()


async def test_a_mention_without_words_is_a_bare_call(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    assert Ear(fake, guild).address_of(await mia.asks(channel_of(guild), " ")) == BareCall()


async def test_a_mention_without_words_in_a_reply_to_the_bot_is_a_bare_call(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    answer = fake.seed(channel_of(guild), fake.bot, "an answer")

    assert Ear(fake, guild).address_of(await mia.asks(channel_of(guild), "", reply_to=answer)) == BareCall()


async def test_an_empty_mention_in_a_reply_to_others_points_at_their_message(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    remark = await guild.add_member("max").says(channel_of(guild), CODING)

    assert Ear(fake, guild).address_of(await mia.asks(channel_of(guild), "", reply_to=remark)) == HiddenQuote()


async def test_an_empty_mention_in_a_reply_to_a_deleted_message_says_so(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    remark = await mia.says(channel_of(guild), CODING)
    said = await mia.asks(channel_of(guild), "", reply_to=remark)
    await mia.deletes(remark)

    assert Ear(fake, guild).address_of(said) == HiddenQuote()


async def test_talk_among_people_is_not_for_the_bot(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    max_, mods, channel = guild.add_member("max"), guild.add_role("mods"), channel_of(guild)
    remark = await mia.says(channel, CODING)
    ear = Ear(fake, guild)

    for said in (
        remark,
        await mia.says(channel, "@everyone @here"),
        await mia.says(channel, CODING, mention=mods),
        await mia.says(channel, CODING, mention=max_),
        await max_.says(channel, CODING, reply_to=remark),
    ):
        assert ear.address_of(said) == NotAddressed()


async def test_bots_webhooks_and_discord_itself_are_not_heard(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    robot, channel = guild.add_member("robot", bot=True), channel_of(guild)
    ear = Ear(fake, guild)

    for said in (
        await robot.asks(channel, CODING),
        await robot.sends_dm(CODING),
        await mia.asks(channel, CODING, webhook=True),
        await mia.asks(channel, CODING, kind=MessageKind.PIN),
        await mia.asks(channel, CODING, kind=MessageKind.JOIN),
        fake.seed(channel, fake.bot, f"{fake.bot.mention} {CODING}"),
    ):
        assert ear.address_of(said) == NotAddressed()


@given(text=st.text(st.sampled_from("<@!&> 1\n?ab\u200b")))
async def test_whatever_stands_beside_a_mention_is_asked_without_the_mention(text: str) -> None:
    fake = FakeDiscord()
    guild = fake.add_guild("Product people")
    channel, mia = guild.add_text_channel("general"), guild.add_member("mia")

    address = Ear(fake, guild).address_of(await mia.says(channel, f"{text} {fake.bot.mention} {text}"))

    if text.strip():
        assert isinstance(address, Asked)
        assert fake.bot.mention not in address.text
        assert address.text.split() == [*text.split(), *text.split()]
    else:
        assert address == BareCall()


async def test_a_message_in_a_server_that_discord_py_does_not_know_is_no_direct_one(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    ear = Ear(fake, guild)
    unknown = fake.add_guild("Other people")
    said = await unknown.add_member("max").says(unknown.add_text_channel("general"), "Let's have lunch.")

    assert ear.address_of(said) == NotAddressed()
    assert ear.address_of(await mia.sends_dm("Let's have lunch.")) == Asked("Let's have lunch.")
