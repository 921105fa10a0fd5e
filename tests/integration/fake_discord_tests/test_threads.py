"""Threads and posts that the bot opens."""

from __future__ import annotations

import discord
import pytest

from fake_discord import Channel, FakeDiscord, Guild, Permission
from fake_discord_tests.bot import running


async def test_a_post_in_a_forum_has_the_id_of_its_first_message(fake: FakeDiscord, guild: Guild) -> None:
    forum = guild.add_forum("help")
    async with running(fake) as bot:
        place = bot.get_channel(forum.id)
        assert isinstance(place, discord.ForumChannel)
        opened = await place.create_thread(name="a question", content="hello")

    assert opened.thread.id == opened.message.id
    assert fake.messages[opened.message.id].channel is guild.threads[opened.thread.id]
    fake.assert_clean()


async def test_a_forum_may_want_a_tag(fake: FakeDiscord, guild: Guild) -> None:
    forum = guild.add_forum("help", requires_tag=True)
    async with running(fake) as bot:
        place = bot.get_channel(forum.id)
        assert isinstance(place, discord.ForumChannel)
        with pytest.raises(discord.HTTPException) as refused:
            await place.create_thread(name="a question", content="hello")
        await place.create_thread(name="a question", content="hello", applied_tags=place.available_tags)

    assert refused.value.code == 40067
    assert len(guild.threads) == 1


async def test_a_post_takes_send_messages_and_a_thread_the_right_to_create_one(
    fake: FakeDiscord, guild: Guild, channel: Channel
) -> None:
    forum = guild.add_forum("help")
    forum.set_permissions(guild.bot_role, deny=Permission.SEND_MESSAGES)
    channel.set_permissions(guild.bot_role, deny=Permission.CREATE_PUBLIC_THREADS)
    async with running(fake) as bot:
        place, general = bot.get_channel(forum.id), bot.get_channel(channel.id)
        assert isinstance(place, discord.ForumChannel)
        assert isinstance(general, discord.TextChannel)
        said = await general.send("hello")
        with pytest.raises(discord.Forbidden):
            await place.create_thread(name="a question", content="hello")
        with pytest.raises(discord.Forbidden):
            await said.create_thread(name="a question")

    assert guild.threads == {}


async def test_a_message_has_one_thread(fake: FakeDiscord, channel: Channel) -> None:
    async with running(fake) as bot:
        place = bot.get_channel(channel.id)
        assert isinstance(place, discord.TextChannel)
        said = await place.send("hello")
        thread = await said.create_thread(name="a question")
        with pytest.raises(discord.HTTPException) as refused:
            await said.create_thread(name="a question")

    assert thread.id == said.id
    assert refused.value.code == 160004


async def test_a_deleted_role_is_gone_for_those_who_had_it(fake: FakeDiscord, guild: Guild) -> None:
    role = guild.add_role("experts", mentionable=True)
    expert = guild.add_member("eva", role)
    async with running(fake) as bot:
        known = bot.get_guild(guild.id)
        assert known is not None
        there = known.get_role(role.id)
        assert there is not None
        assert there.mentionable
        guild.remove_role(role)
        await bot.wait_for("guild_role_delete", timeout=10)
        assert known.get_role(role.id) is None

    assert expert.roles == []
