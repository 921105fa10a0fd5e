"""Whoever doesn't speak to the bot never hears from it.

Each test lets a question follow: its answer has to be the first thing heard.
"""

from __future__ import annotations

import pytest

from e2e.questions import CODING
from fake_discord import FakeDiscord, Guild, Member, MessageKind

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


async def test_people_who_talk_to_each_other(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    channel, max_ = guild.add_text_channel("general"), guild.add_member("max")

    remark = await mia.says(channel, CODING)
    await max_.says(channel, "tpm-bot would know", reply_to=remark)
    await max_.says(channel, f"{mia.mention} ask the bot")

    assert await fake.heard_before(await mia.asks(channel, CODING)) == []


async def test_mentions_of_everyone_and_of_other_roles(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    channel = guild.add_text_channel("general")

    await mia.says(channel, f"@everyone {CODING}")
    await mia.says(channel, CODING, mention=guild.add_role("mods"))

    assert await fake.heard_before(await mia.asks(channel, CODING)) == []


async def test_other_bots_that_mention_it_or_reply_to_it(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    channel, robot = guild.add_text_channel("general"), guild.add_member("robot", bot=True)
    answer = await fake.reply_to(await mia.asks(channel, CODING))

    await robot.asks(channel, CODING)
    await robot.says(channel, CODING, reply_to=answer)
    await robot.sends_dm(CODING)

    assert await fake.heard_before(await mia.asks(channel, CODING)) == [answer]


async def test_its_own_answers(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    channel = guild.add_text_channel("general")

    first = await fake.reply_to(await mia.says(channel, CODING, mention=guild.bot_role))
    assert fake.bot.mention in first.said

    assert await fake.heard_before(await mia.asks(channel, CODING)) == [first]


async def test_webhooks(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    channel = guild.add_text_channel("general")

    await mia.asks(channel, CODING, webhook=True)

    assert await fake.heard_before(await mia.asks(channel, CODING)) == []


@pytest.mark.parametrize("kind", [MessageKind.PIN, MessageKind.JOIN])
async def test_system_messages(fake: FakeDiscord, guild: Guild, mia: Member, kind: MessageKind) -> None:
    channel = guild.add_text_channel("general")

    await mia.asks(channel, CODING, kind=kind)

    assert await fake.heard_before(await mia.asks(channel, CODING)) == []


async def test_edits_of_a_question_already_answered_and_of_a_remark(
    fake: FakeDiscord, guild: Guild, mia: Member
) -> None:
    channel = guild.add_text_channel("general")
    asked, remark = await mia.asks(channel, CODING), await mia.says(channel, "hm")
    answer = await fake.reply_to(asked)

    await mia.edits(asked, f"{fake.bot.mention} does a TPM need a degree?")
    await mia.edits(remark, f"{fake.bot.mention} {CODING}")

    assert await fake.heard_before(await mia.asks(channel, CODING)) == [answer]


async def test_previews_of_links_in_a_question_already_answered(fake: FakeDiscord, guild: Guild, mia: Member) -> None:
    channel = guild.add_text_channel("general")
    asked = await mia.asks(channel, f"{CODING} see https://example.org")
    answer = await fake.reply_to(asked)

    fake.unfurl(asked)

    assert await fake.heard_before(await mia.asks(channel, CODING)) == [answer]
