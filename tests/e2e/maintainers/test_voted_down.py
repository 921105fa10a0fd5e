"""A question whose answer is voted down: kept from servers, by message or by command, and taken back with the vote."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from bot.storage.servers import ServerSettings
from e2e.database import rows, set_beforehand, votes
from e2e.maintainers.lighthouses import NIGHT, VAIN, Ask, by_command, keeps
from e2e.questions import VAGUE, topics
from e2e.starting import Start
from fake_discord import Channel, FakeDiscord, Guild, Member, Message, Slow


async def votes_on(person: Member, answer: Message, thumb: str) -> None:
    """Click a thumb and wait for the thanks."""
    assert thumb in (await (await person.clicks(answer, thumb)).answer()).said


def kept_at(directory: Path, asked: Message) -> int:
    """Return when a question was last kept."""
    [(moment,)] = rows(directory, "SELECT asked_at FROM unanswered WHERE message_id = ?", asked.id)
    return int(moment)


async def by_ask(person: Member, channel: Channel, question: str) -> Message:
    return await (await person.slash(channel, "ask", question=question)).answer()


@pytest.mark.usefixtures("bot")
async def test_a_question_by_message_is_kept_when_anybody_votes_its_answer_down(
    fake: FakeDiscord, guild: Guild, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    noa = guild.add_member("noa")
    asked = await mia.asks(channel, f"mia asks: {NIGHT}")
    await votes_on(noa, await fake.reply_to(asked), "👎")
    await keeps(tmp_path, (asked.id, "voted_down"))

    assert rows(tmp_path, "SELECT text, nearest FROM unanswered") == [(f"asks: {NIGHT}", "night-shift")]


@pytest.mark.usefixtures("bot")
async def test_a_question_by_command_answered_in_private_is_kept_too(
    channel: Channel, tmp_path: Path, mia: Member
) -> None:
    answer = await by_ask(mia, channel, f"mia asks: {NIGHT}")
    assert answer.ephemeral
    await votes_on(mia, answer, "👎")
    await keeps(tmp_path, (answer.id, "voted_down"))

    assert rows(tmp_path, "SELECT text, nearest FROM unanswered") == [(f"asks: {NIGHT}", "night-shift")]


async def test_a_question_by_command_answered_in_public_is_kept_until_the_answer_goes(
    start: Start, guild: Guild, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    await set_beforehand(tmp_path, {guild.id: ServerSettings(private_by_default=False)})
    await start()
    answer = await by_ask(mia, channel, NIGHT)
    assert not answer.ephemeral
    await votes_on(guild.add_member("noa"), answer, "👎")
    await keeps(tmp_path, (answer.id, "voted_down"))

    await mia.deletes(answer)

    await keeps(tmp_path)


async def test_a_suggestion_that_was_chosen_and_voted_down_brings_its_question_back(
    start: Start, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    await start(KNOWLEDGE_DIR=str(SHIPPED_KNOWLEDGE))
    for question in VAGUE:
        suggested = await by_ask(mia, channel, question)
        if "Did you mean" in suggested.said:
            break
    await keeps(tmp_path, (suggested.id, "not_taken"))
    await (await mia.clicks(suggested, topics(suggested)[0])).answer()
    await keeps(tmp_path)

    await votes_on(mia, suggested, "👎")

    await keeps(tmp_path, (suggested.id, "voted_down"))


@pytest.mark.usefixtures("bot")
async def test_neither_a_direct_message_nor_a_topic_that_was_picked_is_kept(
    fake: FakeDiscord, ask: Ask, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    await votes_on(mia, await fake.reply_to(await mia.sends_dm(NIGHT)), "👎")
    await votes_on(mia, await by_ask(mia, mia.dm, NIGHT), "👎")
    await votes_on(mia, await by_ask(mia, channel, "night-shift"), "👎")
    last = await ask(channel, VAIN)

    await keeps(tmp_path, (last.id, "refused"))


async def test_without_question_text_a_vote_keeps_nothing(
    start: Start, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    bot = await start(QUESTION_TEXT="off")
    answer = await by_ask(mia, channel, NIGHT)
    await votes_on(mia, answer, "👎")
    await bot.stop()

    assert votes(tmp_path, answer.id) == [('["night-shift"]', 0)]
    await keeps(tmp_path)


@pytest.mark.usefixtures("bot")
async def test_a_question_is_dropped_once_the_last_vote_against_its_answer_changes(
    fake: FakeDiscord, guild: Guild, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    noa = guild.add_member("noa")
    asked = await mia.asks(channel, NIGHT)
    answer = await fake.reply_to(asked)
    await votes_on(mia, answer, "👎")
    await keeps(tmp_path, (asked.id, "voted_down"))
    by_mia = kept_at(tmp_path, asked)
    await votes_on(noa, answer, "👎")

    await votes_on(mia, answer, "👍")
    vain = await mia.asks(channel, VAIN)
    await fake.reply_to(vain)
    await keeps(tmp_path, (asked.id, "voted_down"), (vain.id, "refused"))
    assert kept_at(tmp_path, asked) == by_mia  # a second vote keeps it no longer
    await votes_on(noa, answer, "👍")

    await keeps(tmp_path, (vain.id, "refused"))


@pytest.mark.usefixtures("bot")
async def test_votes_on_a_moderators_answer_do_not_drop_an_unanswered_question(
    fake: FakeDiscord, channel: Channel, moderator: Member, tmp_path: Path, mia: Member
) -> None:
    asked = await mia.asks(channel, VAIN)
    await fake.reply_to(asked)
    await keeps(tmp_path, (asked.id, "refused"))
    offered = await (await moderator.message_command(channel, "Answer this", asked)).answer()
    await moderator.clicks(offered, offered.labels[0])
    await fake.wait_for(lambda: len(channel.history()) == 3, what="the moderator's answer")
    for thumb in ("👎", "👍"):
        await votes_on(mia, channel.history()[-1], thumb)
    last = await mia.asks(channel, f"{VAIN} or lunch")
    await fake.reply_to(last)

    await keeps(tmp_path, (asked.id, "refused"), (last.id, "refused"))


@pytest.mark.usefixtures("bot")
async def test_a_vote_that_is_changed_while_the_question_is_looked_up_leaves_nothing(
    fake: FakeDiscord, ask: Ask, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, NIGHT))
    fake.faults.on("GET /channels/*/messages/*", Slow(1.0), times=1)
    await votes_on(mia, answer, "👎")
    await fake.wait_for(lambda: fake.requests_to("GET /channels/{channel_id}/messages/{message_id}"), what="a look-up")
    await votes_on(mia, answer, "👍")
    await fake.wait_for(lambda: fake.requests_to("GET /guilds/{guild_id}/members/{user_id}"), what="its end")
    last = await ask(channel, VAIN)

    await keeps(tmp_path, (last.id, "refused"))


@pytest.mark.usefixtures("bot")
async def test_forget_me_also_takes_what_a_vote_could_still_have_kept(
    ask: Ask, channel: Channel, tmp_path: Path, mia: Member
) -> None:
    answer = await by_ask(mia, channel, NIGHT)
    await by_command(mia, channel, "forget-me")
    await votes_on(mia, answer, "👎")
    last = await ask(channel, VAIN)

    await keeps(tmp_path, (last.id, "refused"))
