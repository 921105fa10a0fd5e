"""Unanswered questions: what is kept of them, and what takes them back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from storage.locking import locked

from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from bot_process import BotProcess
from e2e.database import eventually, file_of, rows, votes
from e2e.maintainers.lighthouses import NIGHT, VAIN, Ask, by_command, keeps, kept, leaves_the_file
from e2e.questions import VAGUE, topics
from e2e.starting import Start
from fake_discord import Channel, FakeDiscord, Guild, Member, Message


@pytest.mark.usefixtures("bot")
async def test_a_refused_question_is_kept_redacted_and_goes_with_its_message(
    fake: FakeDiscord, guild: Guild, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    asked = await mia.asks(channel, f"{VAIN}? mia here, mia@tower.example, <@{guild.owner_id}>")
    await fake.reply_to(asked)
    await keeps(tmp_path, (asked.id, "refused"))
    [(text, asker)] = rows(tmp_path, "SELECT text, asker FROM unanswered")

    await mia.deletes(asked)
    await keeps(tmp_path)

    assert text == f"{VAIN}? here,"
    assert str(mia.id) not in asker
    await leaves_the_file(tmp_path, "seagulls")


@pytest.mark.usefixtures("bot")
async def test_direct_messages_thanks_and_answered_questions_are_not_kept(
    fake: FakeDiscord, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    await fake.reply_to(await mia.sends_dm(VAIN))
    await (await mia.slash(mia.dm, "ask", question=VAIN)).answer()
    await fake.reply_to(await mia.asks(channel, NIGHT))
    await (await mia.slash(channel, "ask", question="thank you")).answer()
    last = await mia.asks(channel, VAIN)
    await fake.reply_to(last)

    await keeps(tmp_path, (last.id, "refused"))


@pytest.mark.usefixtures("bot")
async def test_a_question_by_command_goes_with_the_answer(channel: Channel, tmp_path: Path, mia: Member) -> None:
    answer = await (await mia.slash(channel, "ask", question=VAIN)).answer()

    await keeps(tmp_path, (answer.id, "refused"))


@pytest.mark.usefixtures("bot")
async def test_many_messages_deleted_at_once_take_their_questions_along(
    fake: FakeDiscord, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    first, second = [await mia.asks(channel, f"{VAIN} {number}") for number in ("indoors", "outdoors")]
    await fake.reply_to(second)
    await eventually(lambda: len(kept(tmp_path)), 2, "unanswered questions")

    await mia.deletes_many(channel, first, second)

    await keeps(tmp_path)


async def test_a_deletion_waits_for_a_database_that_is_away(
    fake: FakeDiscord, bot: BotProcess, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    asked = await mia.asks(channel, VAIN)
    await fake.reply_to(asked)
    await keeps(tmp_path, (asked.id, "refused"))

    with locked(file_of(tmp_path)):
        await mia.deletes(asked)
        await bot.logged("Can't delete questions yet.")

    await keeps(tmp_path)


async def test_a_suggestion_counts_as_unanswered_until_it_is_chosen(
    fake: FakeDiscord, start: Start, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    await start(KNOWLEDGE_DIR=str(SHIPPED_KNOWLEDGE))
    asked, suggested = await suggested_to(fake, mia, channel)
    await keeps(tmp_path, (asked.id, "not_taken"))

    await (await mia.clicks(suggested, topics(suggested)[0])).answer()

    await keeps(tmp_path)


@pytest.mark.usefixtures("bot")
async def test_deleting_a_channel_deletes_its_questions_and_those_of_its_threads(
    guild: Guild, ask: Ask, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    doomed = guild.add_text_channel("doomed")
    thread = await mia.opens_thread(doomed, "In the thread")
    for place in (doomed, thread):
        await ask(place, VAIN)
    elsewhere = await ask(channel, VAIN)
    await eventually(lambda: len(kept(tmp_path)), 3, "unanswered questions")

    doomed.delete()

    await keeps(tmp_path, (elsewhere.id, "refused"))


@pytest.mark.usefixtures("bot")
async def test_deleting_a_thread_deletes_its_questions_but_not_that_of_its_first_message(
    ask: Ask, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    first = await ask(channel, VAIN)
    thread = await mia.opens_thread(channel, "About seagulls", message=first)
    await ask(thread, f"{VAIN} or lunch")
    await eventually(lambda: len(kept(tmp_path)), 2, "unanswered questions")

    thread.delete()

    await keeps(tmp_path, (first.id, "refused"))
    await leaves_the_file(tmp_path, "lunch")


@pytest.mark.usefixtures("bot")
async def test_a_server_that_removes_the_bot_leaves_nothing(
    fake: FakeDiscord, guild: Guild, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    asked = await mia.asks(channel, VAIN)
    await fake.reply_to(asked)
    await keeps(tmp_path, (asked.id, "refused"))

    fake.remove_guild(guild)

    await keeps(tmp_path)


async def test_without_question_text_nothing_is_kept_and_privacy_and_gaps_say_so(
    fake: FakeDiscord, start: Start, channel: Channel, moderator: Member, tmp_path: Path
) -> None:
    await start(QUESTION_TEXT="off")
    await fake.reply_to(await moderator.asks(channel, VAIN))

    assert "QUESTION_TEXT=off" in (await by_command(moderator, channel, "privacy")).text
    assert "QUESTION_TEXT=off" in (await by_command(moderator, channel, "manage gaps")).said
    assert kept(tmp_path) == []


async def test_a_start_deletes_what_was_kept_for_30_days_and_nothing_else(
    start: Start, ask: Ask, channel: Channel, tmp_path: Path
) -> None:
    former = await start()
    old, young = await ask(channel, f"{VAIN} or lunch"), await ask(channel, VAIN)
    await keeps(tmp_path, (old.id, "refused"), (young.id, "refused"))
    await former.stop()
    age(tmp_path, old, days=30)
    age(tmp_path, young, days=29)

    await start()

    await keeps(tmp_path, (young.id, "refused"))
    await leaves_the_file(tmp_path, "lunch")


async def test_a_start_without_question_text_deletes_all_that_was_kept(
    start: Start, ask: Ask, channel: Channel, tmp_path: Path
) -> None:
    former = await start()
    asked = await ask(channel, VAIN)
    await keeps(tmp_path, (asked.id, "refused"))
    await former.stop()

    await start(QUESTION_TEXT="off")

    await keeps(tmp_path)
    await leaves_the_file(tmp_path, "seagulls")


def age(directory: Path, asked: Message, *, days: int) -> None:
    """Make a question that is kept so many days older."""
    with closing(sqlite3.connect(file_of(directory))) as connection, connection:
        milliseconds = days * 24 * 60 * 60 * 1000
        connection.execute(
            "UPDATE unanswered SET asked_at = asked_at - ? WHERE message_id = ?", (milliseconds, asked.id)
        )


@pytest.mark.usefixtures("bot")
async def test_privacy_tells_anybody_what_is_kept_and_how_to_have_it_deleted(mia: Member) -> None:
    shown = (await by_command(mia, mia.dm, "privacy")).text

    assert "for 30 days" in shown
    for kept_ in (
        "**Questions I couldn't answer**",
        "**Some of these in a weekly digest**",
        "**Your votes**",
        "**That you sent me a DM**",
        "**That your question was passed on to a human**",
        "**What moderators teach me**",
    ):
        assert kept_ in shown
    assert "`/forget-me` deletes your questions, votes, hand-offs, and drafts in all servers" in shown
    assert "QUESTION_TEXT" not in shown


@pytest.mark.usefixtures("bot")
async def test_forget_me_deletes_the_questions_and_votes_of_one_person(
    fake: FakeDiscord, guild: Guild, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    noa = guild.add_member("noa")
    for text in (VAIN, f"{VAIN} and lunch"):
        await fake.reply_to(await mia.asks(channel, text))
    others = await noa.asks(channel, VAIN)
    await fake.reply_to(others)
    answer = await fake.reply_to(await noa.asks(channel, NIGHT))
    await (await mia.clicks(answer, "👍")).answer()
    await (await noa.clicks(answer, "👍")).answer()
    await eventually(lambda: len(kept(tmp_path)), 3, "unanswered questions")

    said = await by_command(mia, mia.dm, "forget-me")
    again = await by_command(mia, channel, "forget-me")

    assert said.said == "Deleted 2 questions and 1 vote of yours, in all servers."
    assert again.said == "I don't have any questions or votes of yours."
    assert kept(tmp_path) == [(others.id, "refused")]
    assert votes(tmp_path, answer.id) == [('["night-shift"]', 1)]
    await leaves_the_file(tmp_path, "lunch")


@pytest.mark.usefixtures("bot")
async def test_forget_me_is_honest_while_the_database_is_away(
    fake: FakeDiscord, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    await fake.reply_to(await mia.asks(channel, VAIN))
    await eventually(lambda: len(kept(tmp_path)), 1, "unanswered questions")

    with locked(file_of(tmp_path)):
        said = await by_command(mia, channel, "forget-me")

    assert "some of your data isn't deleted yet" in said.said
    again = await by_command(mia, channel, "forget-me")
    assert again.said == "Deleted 1 question and no votes of yours, in all servers."


async def suggested_to(fake: FakeDiscord, member: Member, channel: Channel) -> tuple[Message, Message]:
    """Ask vaguely until the bot is unsure; return the question and what it suggests."""
    for text in VAGUE:
        asked = await member.asks(channel, text)
        if "Did you mean" in (answer := await fake.reply_to(asked)).said:
            return asked, answer
        await member.deletes(asked)
    raise AssertionError("the bot is sure about each of these: make VAGUE vaguer")


async def test_who_wrote_directly_is_remembered_without_a_name_and_forgotten_on_request(
    fake: FakeDiscord, bot: BotProcess, tmp_path: Path, mia: Member
) -> None:
    direct = "SELECT channel_id, person FROM direct_channels"
    await fake.reply_to(await mia.sends_dm(NIGHT))
    await eventually(lambda: len(rows(tmp_path, direct)), 1, "channels of direct messages")
    [(channel_id, person)] = rows(tmp_path, direct)

    await (await mia.slash(mia.dm, "forget-me")).answer()
    assert rows(tmp_path, direct) == [], bot.log
    await fake.reply_to(await mia.sends_dm(VAIN))
    await eventually(lambda: rows(tmp_path, direct), [(channel_id, person)], "the channel once more")

    assert channel_id == mia.dm.id
    assert str(mia.id) not in person
    assert len(person) == 64
