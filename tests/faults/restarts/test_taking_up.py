"""What a killed bot had begun is taken up: sent once, or settled by what stands in the channel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from e2e.database import set_beforehand
from e2e.questions import CODING, DEGREE, titles

from bot.storage.resolutions import Resolution
from bot_process import BotProcess, answering
from fake_discord import Channel, FakeDiscord, Guild, Hang, Lost, Member, Message, Permission, Status
from fake_discord.faults import Action
from faults.accounting import killed, settled_as
from faults.asking import A_WHILE, IN_PUBLIC, LONG, SEND, WHILE_STARTING, claim_earlier, forbid, said_in
from faults.odd_places import MakePlace, channel_of_tomorrow, overwrites_null


def fail_in(channels: Sequence[Channel], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let writing in some channels fail, and nothing else."""
    fake, ids = channels[0].fake, {str(channel.id) for channel in channels}
    strike = fake.faults.strike

    def strike_there(name: str) -> Action | None:
        is_there = name == SEND and fake.requests[-1].params["channel_id"] in ids
        return Status(503) if is_there else strike(name)

    monkeypatch.setattr(fake.faults, "strike", strike_there)


async def killed_a_while_ago(bot: BotProcess, directory: Path, asked: Message) -> None:
    """Kill a bot that has claimed a question, so long ago that Discord has forgotten the nonce."""
    await killed(bot, directory, asked)
    asked.channel.fake.faults.clear()
    asked.channel.fake.clock.advance(A_WHILE)
    claim_earlier(directory, A_WHILE)


async def test_a_reply_in_a_thread_that_the_bot_was_never_told_of_is_not_sent_again(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        thread = guild.add_thread(channel, "unknown", mia)
        fake.faults.on(SEND, Lost(Hang()))
        asked = await mia.asks(thread, CODING)
        await fake.wait_for(lambda: said_in(thread), what="a reply that arrived")
        await killed_a_while_ago(bot, tmp_path, asked)

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Resolution.closed_unconfirmed)
        assert await bot.stop() == 0, bot.log

    assert len(said_in(thread)) == 1


async def test_a_reply_from_before_the_bot_might_read_the_history_is_not_sent_again(
    fake: FakeDiscord, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    forbid(channel, Permission.READ_MESSAGE_HISTORY)
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Lost(Hang()))
        asked = await mia.asks(channel, CODING)
        await fake.wait_for(lambda: said_in(channel), what="a reply that arrived")
        await killed_a_while_ago(bot, tmp_path, asked)
    forbid(channel, Permission(0))

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Resolution.closed_unconfirmed)
        assert await bot.stop() == 0, bot.log

    assert len(said_in(channel)) == 1


@pytest.mark.parametrize("make", [overwrites_null, channel_of_tomorrow])
async def test_a_question_in_a_channel_that_cannot_be_read_is_taken_up(
    fake: FakeDiscord, guild: Guild, mia: Member, tmp_path: Path, make: MakePlace
) -> None:
    odd = await make(guild, mia)
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Status(503))
        asked = await mia.asks(odd, CODING)
        await killed(bot, tmp_path, asked)
    fake.faults.clear()

    async with answering(tmp_path, fake) as bot:
        assert CODING in (await fake.reply_to(asked, WHILE_STARTING)).text, bot.log
        assert await bot.stop() == 0, bot.log
    assert "Traceback" not in bot.log


async def test_what_the_bot_said_to_others_meanwhile_keeps_nobody_from_an_answer(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    await set_beforehand(tmp_path, {guild.id: IN_PUBLIC})
    max_ = guild.add_member("max")
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Hang())
        asked = await mia.asks(channel, CODING)
        fake.seed(channel, fake.bot, "To somebody else.", reply_to=fake.seed(channel, max_, DEGREE))
        await (await max_.slash(channel, "ask", question=DEGREE)).answer()
        await killed_a_while_ago(bot, tmp_path, asked)

    async with answering(tmp_path, fake) as bot:
        assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING]
        assert await bot.stop() == 0, bot.log


async def test_read_only_channels_hold_up_neither_started_answers_nor_missed_questions(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [guild.add_text_channel(f"failing-{n}") for n in range(4)]
    good, other = guild.add_text_channel("good"), guild.add_text_channel("other")
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Hang())
        begun = [await guild.add_member("mia").asks(channel, CODING) for channel in (*failing, good)]
        await killed(bot, tmp_path, *begun)
    fake.faults.clear()
    missed = await guild.add_member("max").asks(other, CODING)
    with monkeypatch.context() as patch:
        fail_in(failing, patch)
        async with answering(tmp_path, fake) as bot:
            for asked in (begun[-1], missed):
                assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING], bot.log
            assert not any(fake.ledger.entry(asked).answers for asked in begun[:-1])

            patch.undo()
            for asked in begun[:-1]:
                await fake.reply_to(asked, WHILE_STARTING)
            assert await bot.stop() == 0, bot.log


async def test_of_many_claims_in_a_channel_that_fails_none_keeps_one_elsewhere_waiting(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, good = guild.add_text_channel("failing"), guild.add_text_channel("good")
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Hang())
        begun = [await guild.add_member("mia").asks(failing, text) for text in (CODING, DEGREE) * 6]
        asked = await guild.add_member("max").asks(good, CODING)
        await killed(bot, tmp_path, *begun, asked)
    fake.faults.clear()
    with monkeypatch.context() as patch:
        fail_in([failing], patch)
        async with answering(tmp_path, fake) as bot:
            assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING], bot.log

            patch.undo()
            for each in begun:
                await fake.reply_to(each, WHILE_STARTING)
            assert await bot.stop() == 0, bot.log


@pytest.mark.parametrize("question", [LONG, "qwertz uiop asdf"], ids=["with a card", "plain"])
async def test_an_answer_that_stands_there_counts_as_answered(
    fake: FakeDiscord, guild: Guild, channel: Channel, tmp_path: Path, question: str
) -> None:
    mia = guild.add_member("mia")
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Lost(Hang()))
        asked = await mia.asks(channel, question)
        await fake.wait_for(lambda: said_in(channel), what="the answer")
        await killed_a_while_ago(bot, tmp_path, asked)

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Resolution.answered)
        assert await bot.stop() == 0, bot.log

    assert [message.replies_to for message in said_in(channel)] == [asked]
