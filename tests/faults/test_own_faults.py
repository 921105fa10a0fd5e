"""A fault of the bot's own costs one question its answer, says so, and is on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.fates import Fate
from bot.matching.matcher import Matcher
from fake_discord import FakeDiscord, RateLimits
from faults.accounting import settled_as
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
