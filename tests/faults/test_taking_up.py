"""What a killed bot had begun is taken up: sent once, or settled by what stands in the channel."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from e2e.database import eventually, set_beforehand
from e2e.process import BotProcess, answering
from e2e.questions import CODING, DEGREE, titles

from bot.fates import Fate
from bot.storage.servers import ServerSettings
from fake_discord import Channel, FakeDiscord, Guild, Hang, Lost, Member, Message, Permission, RateLimits, Slow
from faults.accounting import balanced, fates, settled_as
from faults.test_healing import A_WHILE, claim_earlier

SENDING = "POST /channels/*/messages"
LONG = "Show me the job description"
IN_PUBLIC = ServerSettings(private_by_default=False)
WHILE_STARTING = 15.0  # seconds, two of which discord.py waits for further servers


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(rate_limits=RateLimits.generous()) as fake:
        yield fake
        await balanced(fake, tmp_path)
        fake.assert_clean()


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Product people")


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_text_channel("general")


@pytest.fixture
def mia(guild: Guild) -> Member:
    return guild.add_member("mia")


def said_in(channel: Channel) -> list[Message]:
    return [message for message in channel.history() if message.author is channel.fake.bot]


def forbid(channel: Channel, guild: Guild, permission: Permission) -> None:
    for role in (guild.everyone, guild.bot_role):
        channel.set_permissions(role, deny=permission)


async def killed(bot: BotProcess, directory: Path, asked: Message) -> None:
    """Kill a bot that has claimed a question, so long ago that Discord has forgotten the nonce."""
    await eventually(lambda: asked.id in fates(directory), expected=True, what="a claim")
    bot.send(signal.SIGKILL)
    await bot.ended()
    asked.channel.fake.faults.clear()
    asked.channel.fake.clock.advance(A_WHILE)
    claim_earlier(directory, A_WHILE)


async def test_a_reply_in_a_thread_that_the_bot_was_never_told_of_is_not_sent_again(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        thread = guild.add_thread(channel, "unknown", mia)
        fake.faults.on(SENDING, Lost(Hang()))
        asked = await mia.asks(thread, CODING)
        await fake.wait_for(lambda: said_in(thread), what="a reply that arrived")
        await killed(bot, tmp_path, asked)

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Fate.closed_unconfirmed)
        assert await bot.stop() == 0, bot.log

    assert len(said_in(thread)) == 1


async def test_a_reply_from_before_the_bot_might_read_the_history_is_not_sent_again(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    forbid(channel, guild, Permission.READ_MESSAGE_HISTORY)
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SENDING, Lost(Hang()))
        asked = await mia.asks(channel, CODING)
        await fake.wait_for(lambda: said_in(channel), what="a reply that arrived")
        await killed(bot, tmp_path, asked)
    forbid(channel, guild, Permission(0))

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Fate.closed_unconfirmed)
        assert await bot.stop() == 0, bot.log

    assert len(said_in(channel)) == 1


async def test_what_the_bot_said_to_others_meanwhile_keeps_nobody_from_an_answer(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    await set_beforehand(tmp_path, {guild.id: IN_PUBLIC})
    max_ = guild.add_member("max")
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SENDING, Hang())
        asked = await mia.asks(channel, CODING)
        fake.seed(channel, fake.bot, "To somebody else.", reply_to=fake.seed(channel, max_, DEGREE))
        await (await max_.slash(channel, "ask", question=DEGREE)).answer()
        await killed(bot, tmp_path, asked)

    async with answering(tmp_path, fake) as bot:
        assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING]
        assert await bot.stop() == 0, bot.log


async def test_of_an_answer_in_several_messages_a_first_one_alone_does_not_count_as_the_answer(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    forbid(channel, guild, Permission.EMBED_LINKS)
    async with answering(tmp_path, fake) as bot:
        first = fake.faults.on(SENDING, Slow(0.3), times=1)
        asked = await mia.asks(channel, LONG)
        await fake.wait_for(lambda: first.hits, what="the first message")
        second = fake.faults.on(SENDING, Hang())
        await fake.wait_for(lambda: second.hits, what="the second message")
        await killed(bot, tmp_path, asked)

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Fate.closed_unconfirmed)
        assert await bot.stop() == 0, bot.log

    assert len(said_in(channel)) == 1


@pytest.mark.parametrize("question", [LONG, "qwertz uiop asdf"], ids=["in several messages", "in a short one"])
async def test_an_answer_in_plain_text_that_stands_there_to_the_end_counts_as_answered(
    fake: FakeDiscord, guild: Guild, channel: Channel, tmp_path: Path, question: str
) -> None:
    forbid(channel, guild, Permission.EMBED_LINKS)
    mia = guild.add_member("mia")
    parts = 2 if question == LONG else 1
    async with answering(tmp_path, fake) as bot:
        for _ in range(parts - 1):
            fake.faults.on(SENDING, Slow(0.3), times=1)
        asked = await mia.asks(channel, question)
        if parts > 1:
            await fake.wait_for(lambda: fake.requests_to("POST /channels/{channel_id}/messages"), what="the first")
        fake.faults.on(SENDING, Lost(Hang()))
        await fake.wait_for(lambda: len(said_in(channel)) == parts, what="the last message")
        await killed(bot, tmp_path, asked)

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Fate.answered)
        assert await bot.stop() == 0, bot.log

    assert [message.replies_to for message in said_in(channel)] == [asked] * parts
