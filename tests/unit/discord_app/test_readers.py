"""Which questions may be quoted in a channel: those that everyone who sees it can read where they were asked."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.discord_app.permissions import find_place, is_open_to_readers_of
from fake_discord import Channel, FakeDiscord, Guild, Permission, Role, payloads

VIEW, HISTORY = Permission.VIEW_CHANNEL, Permission.READ_MESSAGE_HISTORY


@pytest.fixture
def fake() -> FakeDiscord:
    return FakeDiscord()


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Product people")


@pytest.fixture
def team(guild: Guild) -> Role:
    return guild.add_role("team")


@pytest.fixture
def public(guild: Guild) -> Channel:
    return guild.add_text_channel("general")


@pytest.fixture
def other(guild: Guild) -> Channel:
    return guild.add_text_channel("other")


def hide(channel: Channel, *but_from: Any) -> None:
    """Hide a channel from everyone but some, and the bot."""
    assert channel.guild
    channel.set_permissions(channel.guild.everyone, deny=VIEW)
    for each in (channel.guild.me, *but_from):
        channel.set_permissions(each, allow=VIEW)


def is_quoted(fake: FakeDiscord, guild: Guild, *, asked_in: Channel, shown_in: Channel) -> bool:
    """Return what the bot finds, from what the gateway tells it of a server."""
    intents = discord.Intents(guilds=True)
    client = discord.Client(intents=intents, member_cache_flags=discord.MemberCacheFlags.none())
    state: Any = client._connection
    spelt: Any = payloads.user(fake.bot)
    state.user = discord.ClientUser(state=state, data=spelt)
    described: Any = fake.gateway.describe(guild, intents.value)
    state._add_guild(discord.Guild(data=described, state=state))
    place = find_place(client.get_guild(guild.id), shown_in.id)
    assert place is not None
    return is_open_to_readers_of(place, asked_in.id)


def test_between_channels_that_everyone_can_see(
    fake: FakeDiscord, guild: Guild, public: Channel, other: Channel
) -> None:
    assert is_quoted(fake, guild, asked_in=public, shown_in=other)


def test_from_a_public_channel_in_a_hidden_one(
    fake: FakeDiscord, guild: Guild, team: Role, public: Channel, other: Channel
) -> None:
    hide(other, team)

    assert is_quoted(fake, guild, asked_in=public, shown_in=other)


def test_not_from_a_hidden_channel_in_a_public_one(
    fake: FakeDiscord, guild: Guild, team: Role, public: Channel, other: Channel
) -> None:
    hide(other, team)

    assert not is_quoted(fake, guild, asked_in=other, shown_in=public)


def test_from_a_hidden_channel_in_one_hidden_alike(
    fake: FakeDiscord, guild: Guild, team: Role, public: Channel, other: Channel
) -> None:
    for channel in (public, other):
        hide(channel, team)

    assert is_quoted(fake, guild, asked_in=public, shown_in=other)


def test_not_where_another_role_can_look(
    fake: FakeDiscord, guild: Guild, team: Role, public: Channel, other: Channel
) -> None:
    hide(public, team)
    hide(other, team, guild.add_role("guests"))

    assert not is_quoted(fake, guild, asked_in=public, shown_in=other)
    assert is_quoted(fake, guild, asked_in=other, shown_in=public)


def test_not_where_another_member_can_look(
    fake: FakeDiscord, guild: Guild, team: Role, public: Channel, other: Channel
) -> None:
    hide(public, team)
    hide(other, team, guild.add_member("guest"))

    assert not is_quoted(fake, guild, asked_in=public, shown_in=other)


@pytest.mark.parametrize("permission", [VIEW, HISTORY])
def test_not_from_where_somebody_is_kept_out(
    fake: FakeDiscord, guild: Guild, team: Role, public: Channel, other: Channel, permission: int
) -> None:
    public.set_permissions(team, deny=permission)

    assert not is_quoted(fake, guild, asked_in=public, shown_in=other)


def test_not_from_where_nobody_can_look_back(fake: FakeDiscord, guild: Guild, public: Channel, other: Channel) -> None:
    public.set_permissions(guild.everyone, deny=HISTORY)

    assert not is_quoted(fake, guild, asked_in=public, shown_in=other)


def test_from_the_channel_itself_whoever_sees_it(fake: FakeDiscord, guild: Guild, public: Channel, team: Role) -> None:
    hide(public, team)

    assert is_quoted(fake, guild, asked_in=public, shown_in=public)


async def test_from_threads_like_their_channels(
    fake: FakeDiscord, guild: Guild, public: Channel, other: Channel
) -> None:
    mia = guild.add_member("mia")
    thread = await mia.opens_thread(public, "open")
    post, _ = await mia.opens_post(guild.add_forum("forum"), "Why?", "Why?")

    assert is_quoted(fake, guild, asked_in=thread, shown_in=other)
    assert is_quoted(fake, guild, asked_in=post, shown_in=other)
    hide(public)
    assert not is_quoted(fake, guild, asked_in=thread, shown_in=other)


def test_not_from_a_channel_that_is_gone(fake: FakeDiscord, guild: Guild, public: Channel, other: Channel) -> None:
    fake.remove_channel(public)

    assert not is_quoted(fake, guild, asked_in=public, shown_in=other)
