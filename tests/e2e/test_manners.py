"""Whoever greets, thanks, or asks the bot about itself gets a friendly reply, and none of it counts as a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.database import counted, rows
from e2e.questions import CODING, DEGREE, titles
from fake_discord import Channel, FakeDiscord, Guild, Member, Permission

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

HELLO = "Hello! I answer questions about **the Technical Product Manager role**. What would you like to know?"
SOURCE = "My answers come from Wahl+Case, What is a TPM? Technical Product Manager Role Explained (JD Included)."


@pytest.fixture
def admin(guild: Guild) -> Member:
    return guild.add_member("ada", guild.add_role("admins", Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES))


async def test_a_mention_that_greets_is_greeted(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    asked = await mia.asks(channel, "hello there!")
    answer = await fake.reply_to(asked)

    assert answer.replies_to is asked
    assert answer.said == HELLO
    assert (answer.cards, answer.buttons) == ([], [])


async def test_a_direct_message_that_says_goodbye_gets_a_goodbye(fake: FakeDiscord, mia: Member) -> None:
    answer = await fake.reply_to(await mia.sends_dm("thanks, see you!"))

    assert answer.said == "Goodbye! Come back whenever you have a question."


async def test_a_reply_that_asks_where_the_answer_is_from_is_told_the_source(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    greeting = await fake.reply_to(await mia.asks(channel, "hi"))

    answer = await fake.reply_to(await mia.says(channel, "where is this from?", reply_to=greeting))

    assert answer.said == SOURCE


async def test_a_command_that_asks_who_the_bot_is_is_told_privately(mia: Member, channel: Channel) -> None:
    answer = await (await mia.slash(channel, "ask", question="who are you?")).answer()

    assert answer.said.startswith("I'm a bot that answers questions about **the Technical Product Manager role**.")
    assert answer.ephemeral
    assert answer.buttons == []


async def test_a_public_command_that_greets_is_greeted_in_public(admin: Member, mia: Member, channel: Channel) -> None:
    settings = await (await admin.slash(channel, "manage settings")).answer()
    await (await admin.selects(settings, "settings:privacy", "public")).answer()

    answer = await (await mia.slash(channel, "ask", question="good evening")).answer()

    assert answer.said == HELLO
    assert not answer.ephemeral
    await (await admin.selects(settings, "settings:privacy", "private")).answer()


async def test_an_insult_is_taken_calmly(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    answer = await fake.reply_to(await mia.asks(channel, "you're useless"))

    assert answer.said.startswith("I'm sorry I wasn't more help.")


async def test_a_question_after_a_greeting_is_answered(fake: FakeDiscord, mia: Member) -> None:
    answer = await fake.reply_to(await mia.sends_dm("Hi! Thanks for being here. Does a TPM need to code?"))

    assert titles(answer) == [CODING]


async def test_manners_take_no_question_away_but_have_a_limit_too(fake: FakeDiscord, guild: Guild) -> None:
    sam = guild.add_member("sam")
    for question in (CODING, DEGREE) * 2:
        await fake.reply_to(await sam.sends_dm(question))
    for _ in range(5):
        await fake.reply_to(await sam.sends_dm("hello"))

    assert await fake.reaction(await sam.sends_dm("hello")) == "⏳"
    assert titles(await fake.reply_to(await sam.sends_dm(CODING))) == [CODING]


async def test_manners_are_no_questions_in_statistics_and_none_is_kept(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel, directory: Path
) -> None:
    for text in ("hello", "who are you?", "you suck"):
        await fake.reply_to(await mia.asks(channel, text))
    await (await mia.slash(channel, "ask", question="what can you do?")).answer()
    await fake.reply_to(await mia.asks(channel, CODING))

    await counted(directory, guild.id, "answered", "coding")
    await counted(directory, guild.id, "asked", times=1)
    assert rows(directory, "SELECT text FROM unanswered") == []
