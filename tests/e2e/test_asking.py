"""Whoever speaks to the bot is answered, or hears honestly why not."""

from __future__ import annotations

import pytest

from e2e.process import BotProcess
from fake_discord import FakeDiscord, Guild, Member, Permission

pytestmark = pytest.mark.asyncio(loop_scope="module")
CODING = "Does a TPM need to code?"


async def test_a_mention_is_answered_with_the_question_the_answer_its_source_and_related_topics(
    bot: BotProcess, fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    channel = guild.add_text_channel("general")

    asked = await mia.asks(channel, "does a tpm need to code?")
    answer = await fake.reply_to(asked)

    assert answer.replies_to is asked
    assert answer.content == ""
    [embed] = answer.embeds
    assert embed["title"] == CODING
    assert embed["description"].startswith("Generally no")
    [source] = embed["fields"]
    assert source["name"] == "Source"
    assert "Wahl+Case" in source["value"]
    assert "FAQ, Does a TPM need to code?" in source["value"]
    assert len(answer.labels) == 3
    assert "Does a TPM need a degree?" in answer.labels
