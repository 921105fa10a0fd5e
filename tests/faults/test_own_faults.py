"""A fault of the bot's own costs one question its answer, says so, and is on record."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from e2e.database import eventually, rows, set_beforehand
from e2e.process import answering
from e2e.questions import CODING

from bot.fates import Fate
from bot.matching.matcher import Matcher
from bot.storage.servers import ServerSettings
from fake_discord import FakeDiscord, Hang, RateLimits
from faults.accounting import fates, settled_as
from faults.in_process import answering_here


class Broken(Matcher):
    """A matcher that fails on one word."""

    def rank(self, question: Any, *arguments: Any, **options: Any) -> Any:
        if "phlogiston" in str(question):
            raise RuntimeError("out of fire")
        return super().rank(question, *arguments, **options)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(rate_limits=RateLimits.generous()) as fake:
        yield fake
        fake.assert_clean()


async def test_whoever_meets_a_fault_is_told_and_the_next_question_is_answered(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    guild = fake.add_guild("Product people")
    channel, mia = guild.add_text_channel("general"), guild.add_member("mia")

    async with answering_here(tmp_path, fake, Broken):
        struck = await mia.asks(channel, "What about phlogiston?")
        told = await fake.reply_to(struck)
        answer = await fake.reply_to(await mia.asks(channel, "Does a TPM need to code?"))
        await settled_as(tmp_path, struck, Fate.closed_fault)

    assert "went wrong" in told.content
    assert answer.embeds


async def test_a_missed_post_that_meets_a_fault_is_on_record_and_keeps_no_later_one_from_its_answer(
    fake: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    guild = fake.add_guild("Product people")
    forum, mia = guild.add_forum("questions"), guild.add_member("mia")
    await set_beforehand(tmp_path, {guild.id: ServerSettings(forum_channels=frozenset({forum.id}))})
    struck, _ = await mia.opens_post(forum, "What about phlogiston?", "I wonder.")
    later, _ = await mia.opens_post(forum, CODING, "I wonder.")

    async with answering_here(tmp_path, fake, Broken):
        await settled_as(tmp_path, struck, Fate.closed_fault)
        await settled_as(tmp_path, later, Fate.answered)
        await eventually(lambda: len(rows(tmp_path, "SELECT * FROM progress")), 1, "the end of the gap")

    assert caplog.text.count("Traceback") == 1


async def test_a_claim_that_meets_a_fault_when_it_is_taken_up_is_on_record_and_keeps_no_other_one_waiting(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    guild = fake.add_guild("Product people")
    forum, mia = guild.add_forum("questions"), guild.add_member("mia")
    await set_beforehand(tmp_path, {guild.id: ServerSettings(forum_channels=frozenset({forum.id}))})
    async with answering(tmp_path, fake) as bot:
        await bot.logged("Ready as")
        fake.faults.on("POST /channels/*/messages", Hang())
        struck, _ = await mia.opens_post(forum, "Does a TPM need to code?", "I wonder.")
        begun = await mia.asks(guild.add_text_channel("general"), CODING)
        await eventually(lambda: len(fates(tmp_path)), 2, "claims")
        bot.send(signal.SIGKILL)
        await bot.ended()
    fake.faults.clear()
    struck.name = "What about phlogiston?"

    async with answering_here(tmp_path, fake, Broken):
        await settled_as(tmp_path, struck, Fate.closed_fault)
        await settled_as(tmp_path, begun, Fate.answered)
