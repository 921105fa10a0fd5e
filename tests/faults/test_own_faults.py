"""A fault of the bot's own costs one question its answer, says so, and is on record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from e2e.database import eventually, rows, set_beforehand
from e2e.questions import CODING, DEGREE

from bot.answering import Answering
from bot.discord_app import forms
from bot.discord_app.catch_up import history, missed, pacing
from bot.discord_app.page import Page
from bot.matching.matcher import Matcher, Ranking
from bot.operations.metrics import Metrics, SkipReason
from bot.storage.resolutions import QuestionSource, Resolution
from bot.storage.servers import ServerSettings
from bot_process import answering
from discords import running_discord
from fake_discord import Channel, FakeDiscord, Hang, Member
from faults.accounting import killed, resolutions, settled_as
from faults.in_process import answering_here


class Broken(Matcher):
    """A matcher that fails on one word."""

    def rank_by_words(self, question: str, *, is_foreign: bool = False) -> Ranking:
        if "phlogiston" in question:
            raise RuntimeError("out of fire")
        return super().rank_by_words(question, is_foreign=is_foreign)


fake = running_discord()


async def test_whoever_meets_a_fault_is_told_and_the_next_question_is_answered(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    guild = fake.add_guild("Product people")
    channel, mia = guild.add_text_channel("general"), guild.add_member("mia")

    async with answering_here(tmp_path, fake, Broken):
        struck = await mia.asks(channel, "What about phlogiston?")
        told = await fake.reply_to(struck)
        answer = await fake.reply_to(await mia.asks(channel, "Does a TPM need to code?"))
        await settled_as(tmp_path, struck, Resolution.closed_fault)

    assert "went wrong" in told.said
    assert answer.cards


async def switched_on_forum(fake: FakeDiscord, directory: Path) -> tuple[Channel, Member]:
    """Return a forum where new posts are answered, and somebody who may write there."""
    guild = fake.add_guild("Product people")
    forum = guild.add_forum("questions")
    await set_beforehand(directory, {guild.id: ServerSettings(forum_channels=frozenset({forum.id}))})
    return forum, guild.add_member("mia")


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[QuestionSource, Resolution]]:
    """What became of each question, as it is counted."""
    noted: list[tuple[QuestionSource, Resolution]] = []
    count = Metrics.question_settled

    def counted(metrics: Metrics, source: QuestionSource, resolution: Resolution) -> None:
        noted.append((source, resolution))
        count(metrics, source, resolution)

    monkeypatch.setattr(Metrics, "question_settled", counted)
    return noted


async def test_a_command_that_meets_a_fault_says_so_and_is_recorded_and_counted_once(
    fake: FakeDiscord, tmp_path: Path, noted: list[tuple[QuestionSource, Resolution]]
) -> None:
    guild = fake.add_guild("Product people")
    channel, mia = guild.add_text_channel("general"), guild.add_member("mia")

    async with answering_here(tmp_path, fake, Broken):
        asked = await mia.slash(channel, "ask", question="What about phlogiston?")
        assert "went wrong" in (await asked.answer()).said
        await settled_as(tmp_path, asked, Resolution.closed_fault)

    assert noted == [(QuestionSource.interaction, Resolution.closed_fault)]


async def test_a_fault_while_an_answer_is_given_is_counted_once(
    fake: FakeDiscord, tmp_path: Path, noted: list[tuple[QuestionSource, Resolution]], monkeypatch: pytest.MonkeyPatch
) -> None:
    guild = fake.add_guild("Product people")
    channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
    layout, faults = forms.layout_of, [RuntimeError()]

    def layout_of(page: Page) -> Any:
        if faults:
            raise faults.pop()
        return layout(page)

    monkeypatch.setattr(forms, "layout_of", layout_of)
    async with answering_here(tmp_path, fake):
        asked = await mia.slash(channel, "help")
        assert "went wrong" in (await asked.answer()).said
        await settled_as(tmp_path, asked, Resolution.closed_fault)

    assert noted == [(QuestionSource.interaction, Resolution.closed_fault)]


async def test_whose_click_meets_a_fault_is_told_and_that_is_on_record(
    fake: FakeDiscord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guild = fake.add_guild("Product people")
    channel, mia = guild.add_text_channel("general"), guild.add_member("mia")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    async with answering_here(tmp_path, fake):
        answer = await fake.reply_to(await mia.asks(channel, CODING))
        monkeypatch.setattr(Answering, "pick", fail)
        clicked = await mia.clicks(answer, DEGREE)
        assert "went wrong" in (await clicked.answer()).said
        await settled_as(tmp_path, clicked, Resolution.closed_fault)


async def test_a_missed_post_whose_thread_cannot_be_read_at_first_is_answered_when_it_can(
    fake: FakeDiscord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum, mia = await switched_on_forum(fake, tmp_path)
    post, _ = await mia.opens_post(forum, CODING, "I wonder.")
    faults = [ConnectionResetError()]

    async def has_spoken_in(thread: Any, *, bot_id: int) -> bool:
        if faults:
            raise faults.pop()
        return await history.has_spoken_in(thread, bot_id=bot_id)

    monkeypatch.setattr("bot.discord_app.catch_up.missed.has_spoken_in", has_spoken_in)
    monkeypatch.setattr(pacing, "PAUSE_BETWEEN_ROUNDS", 0.2)
    async with answering_here(tmp_path, fake):
        await settled_as(tmp_path, post, Resolution.answered)


async def test_of_too_many_missed_posts_the_newest_are_answered_and_the_others_counted(
    fake: FakeDiscord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum, mia = await switched_on_forum(fake, tmp_path)
    posts = [(await mia.opens_post(forum, CODING, "I wonder."))[0] for _ in range(4)]
    monkeypatch.setattr(missed, "MAX_POSTS", 2)
    skipped: list[SkipReason] = []
    monkeypatch.setattr(Metrics, "channel_skipped", lambda _, reason: skipped.append(reason))

    async with answering_here(tmp_path, fake):
        await settled_as(tmp_path, posts[3], Resolution.answered)
        await eventually(lambda: len(rows(tmp_path, "SELECT * FROM shard_progress")), 1, "the end of the gap")

    assert set(resolutions(tmp_path)) == {post.id for post in posts[2:]}
    assert skipped == [SkipReason.too_many] * 2


async def test_a_missed_post_that_meets_a_fault_is_recorded_and_blocks_no_later_one(
    fake: FakeDiscord, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    forum, mia = await switched_on_forum(fake, tmp_path)
    struck, _ = await mia.opens_post(forum, "What about phlogiston?", "I wonder.")
    later, _ = await mia.opens_post(forum, CODING, "I wonder.")

    async with answering_here(tmp_path, fake, Broken):
        await settled_as(tmp_path, struck, Resolution.closed_fault)
        await settled_as(tmp_path, later, Resolution.answered)
        await eventually(lambda: len(rows(tmp_path, "SELECT * FROM shard_progress")), 1, "the end of the gap")

    assert caplog.text.count("Traceback") == 1


async def test_a_resumed_claim_that_meets_a_fault_is_recorded_and_blocks_no_other(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    forum, mia = await switched_on_forum(fake, tmp_path)
    async with answering(tmp_path, fake) as bot:
        await bot.logged("Ready as")
        fake.faults.on("POST /channels/*/messages", Hang())
        struck, _ = await mia.opens_post(forum, "Does a TPM need to code?", "I wonder.")
        assert mia.guild
        begun = await mia.asks(mia.guild.add_text_channel("general"), CODING)
        await killed(bot, tmp_path, struck, begun)
    fake.faults.clear()
    struck.name = "What about phlogiston?"

    async with answering_here(tmp_path, fake, Broken):
        await settled_as(tmp_path, struck, Resolution.closed_fault)
        await settled_as(tmp_path, begun, Resolution.answered)


async def test_a_post_that_the_bot_opened_itself_gets_no_answer(fake: FakeDiscord, tmp_path: Path) -> None:
    guild = fake.add_guild("Product people")
    forum = guild.add_forum("help")
    await set_beforehand(tmp_path, {guild.id: ServerSettings(forum_channels=frozenset({forum.id}))})
    async with answering(tmp_path, fake) as bot:
        own, _ = await guild.me.opens_post(forum, CODING, "Ours.")
        other, _ = await guild.add_member("mia").opens_post(forum, CODING, "Hers.")
        await settled_as(tmp_path, other, Resolution.answered)
        assert own.id not in resolutions(tmp_path)
        assert await bot.stop() == 0, bot.log
