"""Messages reach the bot, and its own the channel, as with Discord."""

from __future__ import annotations

import asyncio

import discord
import pytest

from fake_discord import (
    Channel,
    FakeDiscord,
    Guild,
    Member,
    Message,
    Team,
    TeamMember,
)
from fake_discord_tests.bot import running


class TestMessages:
    async def test_a_mention_shows_its_content_and_can_be_replied_to(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake) as bot:
            asked = await mia.asks(channel, "what is a TPM?")
            answer = await fake.next_message(channel)

        assert bot.heard[0].content == f"<@{fake.bot.id}> what is a TPM?"
        assert answer.content == "pong: what is a TPM?"
        assert answer.replies_to is asked
        assert answer.pings == frozenset()
        assert fake.ledger.account().once == 1
        fake.assert_clean()

    async def test_what_is_not_for_the_bot_comes_without_content_on_gateway_and_rest(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake) as bot:
            said = await mia.says(channel, "secret", embeds=[{"title": "secret"}])
            heard = await fake.heard_before(await mia.asks(channel, "hello"))
            fetched = await bot.get_partial_messageable(channel.id).fetch_message(said.id)

        assert heard == []
        for seen in (bot.heard[0], fetched):
            assert (seen.id, seen.content, seen.embeds) == (said.id, "", [])

    async def test_a_role_mention_and_a_reply_without_ping_show_no_content(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member
    ) -> None:
        async with running(fake) as bot:
            answer = await fake.reply_to(await mia.asks(channel, "hello"))
            await mia.says(channel, "pinged", reply_to=answer)
            await mia.says(channel, "unpinged", reply_to=answer, ping=False)
            await mia.says(channel, "by role", mention=guild.bot_role)
            await fake.wait_for(lambda: len(bot.heard) == 4)

        assert [message.content for message in bot.heard[1:]] == ["pinged", "", ""]
        assert bot.heard[3].role_mentions[0].is_bot_managed()

    async def test_a_dm_is_readable_and_answered(self, fake: FakeDiscord, mia: Member) -> None:
        async with running(fake):
            answer = await fake.reply_to(await mia.sends_dm("hello"))

        assert answer.channel is mia.dm
        assert answer.content == "pong: hello"

    async def test_events_come_only_for_declared_intents(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake, discord.Intents(guilds=True, dm_messages=True)) as bot:
            await mia.asks(channel, "not seen")
            await fake.reply_to(await mia.sends_dm("seen"))

        assert [message.content for message in bot.heard] == ["seen"]

    async def test_the_same_nonce_makes_one_message(self, fake: FakeDiscord, channel: Channel) -> None:
        async with running(fake) as bot:
            place = bot.get_partial_messageable(channel.id)
            first = await place.send("one", nonce=7)
            second = await place.send("one", nonce=7)
            fake.clock.advance(600)
            third = await place.send("one", nonce=7)

        assert first.id == second.id != third.id
        assert len(channel.history()) == 2

    async def test_pings_are_those_that_allowed_mentions_allows(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        text = f"@everyone {mia.mention}"
        async with running(fake) as bot:
            place = bot.get_partial_messageable(channel.id)
            await place.send(text)
            await place.send(text, allowed_mentions=discord.AllowedMentions.all())

        silent, loud = channel.history()
        assert silent.pings == frozenset()
        assert loud.pings == {"everyone", str(mia.id)}

    async def test_many_messages_deleted_at_once_are_told_in_one_event(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        async with running(fake) as bot:
            said = [await mia.says(channel, "one"), await mia.says(channel, "two")]
            telling = asyncio.ensure_future(bot.wait_for("raw_bulk_message_delete", timeout=5))
            await asyncio.sleep(0)  # so that it waits
            await mia.deletes_many(channel, *said)
            told = await telling

        assert told.message_ids == {message.id for message in said}
        assert channel.history() == []

    async def test_a_deleted_channel_takes_its_threads_along(
        self, fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member
    ) -> None:
        async with running(fake) as bot:
            thread = await mia.opens_thread(channel, "About towers")
            await fake.wait_for(lambda: bot.threads_seen, what="the thread")
            channel.delete()
            with pytest.raises(discord.NotFound):
                await bot.get_partial_messageable(thread.id).send("still there?")

        assert guild.threads == {}

    async def test_an_application_can_belong_to_a_team(self, fake: FakeDiscord, mia: Member) -> None:
        fake.team = Team(7, "keepers", mia.user, [TeamMember(fake.stranger.user, "read_only", accepted=False)])
        async with running(fake) as bot:
            application = await bot.application_info()

        assert application.team is not None
        assert application.team.owner_id == mia.id
        assert application.owner.id == 7
        invited = application.team.members[1]
        assert (invited.role, invited.membership_state) == (
            discord.TeamMemberRole.read_only,
            discord.TeamMembershipState.invited,
        )

    async def test_a_message_takes_components_v2_only_if_its_text_and_embeds_go(
        self, fake: FakeDiscord, channel: Channel
    ) -> None:
        layout = discord.ui.LayoutView().add_item(discord.ui.TextDisplay("new"))
        async with running(fake) as bot:
            place = bot.get_partial_messageable(channel.id)
            old = await place.send("old", embed=discord.Embed(title="old"))
            for changes in ({"content": None}, {"embeds": ()}):
                with pytest.raises(discord.HTTPException, match="not with Components V2"):
                    await old.edit(view=layout, **changes)
            refused = len(fake.take_violations())
            await old.edit(view=layout, content=None, embeds=())

        assert refused == 2
        [message] = channel.history()
        assert (message.content, message.embeds, message.cards, message.text) == ("", [], [], "new")

    async def test_messages_are_read_edited_deleted_and_reacted_to(
        self, fake: FakeDiscord, channel: Channel, mia: Member
    ) -> None:
        old = fake.seed(channel, mia, "long ago", ago=3600)
        async with running(fake) as bot:
            place = bot.get_channel(channel.id)
            assert isinstance(place, discord.TextChannel)
            assert place.last_message_id == old.id
            sent = await place.send("first", file=discord.File(__file__, "note.txt"))
            await sent.edit(content="second")
            await sent.add_reaction("👍")
            stored = fake.messages[sent.id]
            reactions = {emoji: set(who) for emoji, who in stored.reactions.items()}
            await sent.remove_reaction("👍", bot.user)  # type: ignore[arg-type]
            seen = [message.id async for message in place.history(limit=10)]
            await sent.delete()

        assert seen == [sent.id, old.id]
        assert reactions == {"👍": {fake.bot.id}}
        assert (stored.content, stored.deleted) == ("second", True)
        assert stored.attachments[0]["filename"] == "note.txt"
        fake.assert_clean()

    async def test_a_forum_post_refuses_answers_until_its_author_has_spoken(
        self, fake: FakeDiscord, guild: Guild, mia: Member
    ) -> None:
        forum = guild.add_forum("help")
        async with running(fake) as bot:
            thread, _ = await mia.opens_post(forum, "Does a TPM code?")
            seen = await fake.wait_for(lambda: bot.threads_seen[0] if bot.threads_seen else None)
            with pytest.raises(discord.Forbidden) as refused:
                await seen.send("too early")
            first = await mia.says(thread, "As in the title.")
            await seen.send("now")

        assert seen.name == "Does a TPM code?"
        assert refused.value.code == 40058
        assert first.id == thread.id


async def test_only_the_newest_messages_are_kept() -> None:
    async with FakeDiscord(keep=10) as fake:
        channel = fake.add_guild().add_text_channel("general")
        said: list[Message] = [fake.seed(channel, fake.stranger, str(n)) for n in range(25)]

    assert channel.history() == said[-10:]
    assert len(fake.messages) == 10
