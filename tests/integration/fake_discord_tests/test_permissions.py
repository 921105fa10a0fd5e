"""The fake Discord refuses what a role or a channel doesn't allow."""

from __future__ import annotations

import discord
import pytest

from fake_discord import (
    ORDINARY,
    Channel,
    FakeDiscord,
    Guild,
    Member,
    NotOffered,
    Permission,
)
from fake_discord_tests.bot import running


class TestPermissions:
    @pytest.mark.parametrize(
        ("denied", "code"),
        [
            (Permission.SEND_MESSAGES, 50013),
            (Permission.VIEW_CHANNEL, 50001),
            (Permission.READ_MESSAGE_HISTORY, 160002),
        ],
    )
    async def test_an_overwrite_on_the_channel_refuses_a_reply(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, denied: Permission, code: int
    ) -> None:
        old = fake.seed(channel, guild.add_member("max"), "hello")
        channel.set_permissions(guild.bot_role, deny=denied)
        async with running(fake) as bot:
            place = bot.get_partial_messageable(channel.id)
            with pytest.raises(discord.Forbidden) as refused:
                await place.send("hi", reference=place.get_partial_message(old.id))

        assert refused.value.code == code
        fake.assert_clean()

    async def test_without_embed_links_embeds_are_refused_alone_and_dropped_beside_text(
        self, fake: FakeDiscord
    ) -> None:
        channel = fake.add_guild(bot_permissions=0, everyone=ORDINARY & ~Permission.EMBED_LINKS).add_text_channel(
            "plain"
        )
        embed = discord.Embed(title="title")
        async with running(fake) as bot:
            place = bot.get_partial_messageable(channel.id)
            with pytest.raises(discord.Forbidden):
                await place.send(embed=embed)
            await place.send("text", embed=embed)

        (sent,) = channel.history()
        assert (sent.content, sent.embeds) == ("text", [])

    async def test_a_channel_that_the_bot_cannot_see_sends_no_events(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member
    ) -> None:
        hidden = guild.add_text_channel("hidden")
        hidden.set_permissions(guild.everyone, deny=Permission.VIEW_CHANNEL)
        async with running(fake) as bot:
            await mia.asks(hidden, "psst")
            assert await fake.heard_before(await mia.asks(channel, "hello")) == []

        assert len(bot.heard) == 1

    async def test_a_command_is_offered_by_its_default_or_by_an_admins_grant(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member
    ) -> None:
        recruiters = guild.add_role("recruiters")
        zoe = guild.add_member("zoe", recruiters)
        mod = guild.add_member("mod", guild.add_role("mods", Permission.MANAGE_MESSAGES))
        async with running(fake):
            with pytest.raises(NotOffered):
                await zoe.slash(channel, "jd", channel=channel)
            guild.grant_command("jd", recruiters)
            answer = await (await zoe.slash(channel, "jd", channel=channel)).answer()

            assert answer.content == f"for {channel.mention}"
            assert mod.sees_command(channel, "jd")
            assert not mia.sees_command(channel, "jd")
            assert not mod.sees_command(mod.dm, "jd")
