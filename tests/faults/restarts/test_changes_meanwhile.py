"""Between two attempts a clock is put right, a permission goes, an answer is deleted: there is no second answer."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest
from e2e.database import eventually, file_of, rows
from e2e.questions import CODING, DEGREE, MANAGEMENT, titles
from storage.locking import locked

from bot.storage.resolutions import Resolution
from bot_process import answering
from fake_discord import Channel, FakeDiscord, Hang, Lost, Member, Message
from faults.accounting import killed, settled_as
from faults.asking import HISTORY, SEND, WHILE_STARTING, said_in


async def killed_after_its_reply_arrived(mia: Member, channel: Channel, directory: Path, text: str) -> Message:
    """Let a bot be killed that doesn't know yet that its reply has arrived."""
    fake = channel.fake
    async with answering(directory, fake) as bot:
        fake.faults.on(SEND, Lost(Hang()))
        asked = await mia.asks(channel, text)
        await fake.wait_for(lambda: said_in(channel), what="a reply that arrived")
        await killed(bot, directory, asked)
    fake.faults.clear()
    return asked


async def test_a_nonce_discord_forgot_is_not_trusted_after_the_local_clock_is_set_back(
    fake: FakeDiscord, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    asked = await killed_after_its_reply_arrived(mia, channel, tmp_path, CODING)
    fake.clock.advance(240)  # and the clock here, which was 4 minutes fast, shows the same again

    async with answering(tmp_path, fake) as bot:
        await settled_as(tmp_path, asked, Resolution.answered)
        await bot.stop()

    assert len(said_in(channel)) == 1


@pytest.mark.parametrize("is_locked", [False, True], ids=["database there", "database locked"])
async def test_an_answer_its_asker_deleted_does_not_come_back_after_a_restart(
    fake: FakeDiscord, channel: Channel, mia: Member, tmp_path: Path, *, is_locked: bool
) -> None:
    async with answering(tmp_path, fake) as bot:
        await eventually(
            lambda: len(rows(tmp_path, "SELECT * FROM shard_progress")), 1, "times up to which all was seen"
        )
        answer = await fake.reply_to(await mia.asks(channel, CODING))
        await mia.clicks(answer, "Delete")
        await fake.wait_for(lambda: answer.deleted, what="its deletion")
        assert await bot.stop() == 0
    fake.clock.advance(200)

    with locked(file_of(tmp_path)) if is_locked else nullcontext():
        async with answering(tmp_path, fake) as bot:
            await fake.reply_to(await mia.asks(channel, DEGREE), WHILE_STARTING)
            look = await fake.wait_for(lambda: fake.requests_to(HISTORY), timeout=20, what="a look through the channel")
            await fake.wait_for(lambda: look[-1].status, what="its end")
            await fake.reply_to(await mia.asks(channel, MANAGEMENT), WHILE_STARTING)
            await bot.stop()

    assert [titles(message) for message in said_in(channel)] == [[DEGREE], [MANAGEMENT]]
