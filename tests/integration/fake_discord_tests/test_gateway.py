"""Sessions begin, resume and end as Discord's do."""

from __future__ import annotations

import aiohttp
import discord
import pytest

from fake_discord import Channel, FakeDiscord, Guild, Intent, Member, Permission, payloads
from fake_discord.oddities import NULL_OVERWRITES
from fake_discord.payloads import HIDDEN_NAME
from fake_discord_tests.bot import running


class TestGateway:
    async def test_a_channel_that_the_bot_cannot_view_arrives_hidden_and_is_in_no_list(
        self, fake: FakeDiscord, guild: Guild, channel: Channel
    ) -> None:
        unseen = guild.add_text_channel("unseen")
        unseen.set_permissions(guild.everyone, deny=Permission.VIEW_CHANNEL)
        async with running(fake) as bot:
            await fake.wait_for(lambda: bot.get_channel(unseen.id))
            known, listed = bot.get_channel(unseen.id), await bot.guilds[0].fetch_channels()

        assert isinstance(known, discord.TextChannel)
        assert (known.name, known.overwrites_for(known.guild.default_role).view_channel) == (HIDDEN_NAME, False)
        assert [each.id for each in listed] == [channel.id]

    async def test_an_oddity_is_spelled_wherever_its_channel_is(
        self, fake: FakeDiscord, guild: Guild, channel: Channel
    ) -> None:
        channel.oddities = (NULL_OVERWRITES,)

        [described] = fake.gateway.describe(guild, 0)["channels"]

        assert described == payloads.channel(channel)
        assert described["permission_overwrites"] is None

    async def test_after_a_cut_the_shard_resumes_and_missed_events_are_replayed(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            fake.gateway.cut()
            await fake.wait_for(lambda: not fake.gateway.connected)
            answer = await fake.reply_to(await mia.asks(channel, "missed me?"))

        assert answer.content == "pong: missed me?"
        assert (fake.gateway.identifies, fake.gateway.resumes) == (1, 1)

    async def test_op_7_makes_the_shard_resume(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake):
            fake.gateway.ask_to_reconnect()
            await fake.wait_for(lambda: fake.gateway.resumes == 1)
            await fake.reply_to(await mia.asks(channel, "still there?"))

        assert fake.gateway.identifies == 1

    async def test_op_9_makes_the_shard_identify_anew(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake):
            fake.gateway.invalidate()
            # discord.py leaves five seconds between two IDENTIFYs.
            await fake.wait_for(lambda: fake.gateway.identifies == 2, timeout=15)
            await fake.reply_to(await mia.asks(channel, "still there?"))

        assert fake.gateway.resumes == 0

    async def test_another_token_is_refused(self, fake: FakeDiscord) -> None:
        with pytest.raises(discord.LoginFailure):
            async with running(fake, login_as="another"):
                pass

        assert fake.invalid_requests == 1

    async def test_a_resume_that_comes_too_late_leads_to_a_new_session(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake):
            fake.gateway.forget_sessions()
            fake.gateway.cut()
            missed = await mia.asks(channel, "into the void")
            await fake.wait_for(lambda: fake.gateway.identifies == 2, timeout=15)
            await fake.reply_to(await mia.asks(channel, "hello"))

        assert fake.gateway.invalidated == 1
        assert fake.ledger.unanswered() == [missed.id]

    async def test_a_second_identify_within_the_window_is_refused(self) -> None:
        async with FakeDiscord(identify_window=5.0) as fake:
            identify = {"op": 2, "d": {"token": fake.token, "intents": 1}}
            for expected in (0, 9):
                async with (
                    aiohttp.ClientSession() as session,
                    session.ws_connect(fake.gateway_url) as socket,
                ):
                    assert (await socket.receive_json())["op"] == 10
                    await socket.send_json(identify)
                    assert (await socket.receive_json())["op"] == expected

    async def test_servers_are_spread_over_shards_and_each_hears_only_its_own(self) -> None:
        async with FakeDiscord(shards=2) as fake:
            first = fake.add_guild()
            while (second := fake.add_guild()).id >> 22 & 1 == first.id >> 22 & 1:
                pass
            async with aiohttp.ClientSession() as session:
                heard = []
                for shard in (0, 1):
                    async with session.ws_connect(fake.gateway_url) as socket:
                        await socket.receive_json()
                        data = {"token": fake.token, "intents": 1, "shard": [shard, 2]}
                        await socket.send_json({"op": 2, "d": data})
                        ready = await socket.receive_json()
                        heard.append({int(each["id"]) for each in ready["d"]["guilds"]})

        assert heard[0] | heard[1] == set(fake.guilds)
        assert not heard[0] & heard[1]
        assert any(first.id in each and second.id not in each for each in heard)

    async def test_privileged_intents_need_leave(self, fake: FakeDiscord) -> None:
        with pytest.raises(discord.PrivilegedIntentsRequired):
            async with running(fake, discord.Intents.all()):
                pass

        assert fake.gateway.closed_with == [4014]

    async def test_with_leave_the_message_content_intent_shows_everything(self) -> None:
        async with FakeDiscord(allowed_intents=Intent.MESSAGE_CONTENT) as fake:
            guild = fake.add_guild()
            channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
            intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
            async with running(fake, intents) as bot:
                await mia.says(channel, "for all to read")
                await fake.wait_for(lambda: bot.heard)

        assert bot.heard[0].content == "for all to read"

    async def test_a_repeated_event_arrives_twice(self, fake: FakeDiscord, channel: Channel, mia: Member) -> None:
        async with running(fake) as bot:
            fake.gateway.repeat_events = 1
            await mia.asks(channel, "again")
            await fake.wait_for(lambda: len(bot.heard) == 2)
            await fake.settled()

        assert len(channel.history()) == 2, "the nonce keeps the answer single"
