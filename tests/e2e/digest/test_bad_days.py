"""How a digest handles crashes, absences, lost permissions, deleted channels, and a slow database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from storage.locking import locked

from bot_process import BotProcess, answering
from discords import stop_cleanly
from e2e.database import file_of, rows
from e2e.digest.digests import (
    A_WHILE,
    GULLS,
    MODERATORS_PATIENCE,
    SEND,
    SUBMARINE,
    asks,
    chooses,
    keeps,
    looked,
    passes,
    planned,
    planned_with_a_question,
    posted,
    screen,
    settles,
)
from e2e.starting import Start
from e2e.teaching.lessons import opened
from fake_discord import Channel, FakeDiscord, Guild, Hang, Lost, Member, Permission, Status
from fake_discord.faults import Failure


async def test_two_processes_post_one_digest(
    fake: FakeDiscord,
    guild: Guild,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    knowledge_dir: Path,
    tmp_path: Path,
) -> None:
    assert guild.me
    shared = tmp_path / "data" / "bot.db"
    settings = {"KNOWLEDGE_DIR": str(knowledge_dir), "DATABASE_URL": f"sqlite:///{shared}"}
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    async with (
        answering(tmp_path / "first", fake, **settings) as first,
        answering(tmp_path / "second", fake, **settings) as second,
    ):
        for bot in (first, second):
            await bot.logged("Ready as")
        due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)

        await passes(fake, mia, channel, due_at)
        [message] = await posted(fake, digest)
        await settles(tmp_path, message.id)
        fake.clock.advance(A_WHILE)
        await passes(fake, mia, channel, due_at + timedelta(hours=2))
        await fake.settled()
        for bot in (first, second):
            await stop_cleanly(bot)

    assert digest.history() == [message]
    sent = [each for each in fake.requests_to(SEND) if each.params["channel_id"] == str(digest.id)]
    assert len(sent) == 1


@pytest.mark.parametrize("hours", [2, 23])
async def test_a_bot_that_was_away_at_that_hour_posts_the_digest_once_it_is_back(
    fake: FakeDiscord,
    start: Start,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    tmp_path: Path,
    hours: int,
) -> None:
    former = await start()
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    assert await former.stop() == 0, former.log
    fake.clock.advance(60 * 60 * hours)

    bot = await start()
    [message] = await posted(fake, digest)
    await settles(tmp_path, message.id)
    assert await bot.stop() == 0, bot.log
    fake.clock.advance(A_WHILE)
    await start()
    await passes(fake, mia, channel, due_at + timedelta(hours=hours + 1))
    await screen(moderator, channel)

    assert GULLS in message.text
    assert digest.history() == [message]


async def test_a_bot_that_was_away_for_days_skips_the_digest(
    fake: FakeDiscord, start: Start, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    former = await start()
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    assert await former.stop() == 0, former.log
    fake.clock.advance(timedelta(days=2).total_seconds())

    await start()
    await asks(fake, mia, channel, SUBMARINE)
    await keeps(tmp_path, 2)
    await passes(fake, mia, channel, due_at + timedelta(days=7))
    [message] = await posted(fake, digest)

    assert SUBMARINE in message.text
    assert len(rows(tmp_path, "SELECT * FROM digests")) == 1


@pytest.mark.parametrize("failure", [Hang(), Lost(Hang())], ids=["before it is posted", "before that is known"])
async def test_a_bot_that_is_killed_while_it_posts_leaves_one_digest_after_the_next_start(
    fake: FakeDiscord,
    start: Start,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    tmp_path: Path,
    failure: Failure | Lost,
) -> None:
    bot = await start()
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    injected = fake.faults.on(SEND, failure)
    await passes(fake, mia, channel, due_at)
    await fake.wait_for(lambda: injected.hits, what="an attempt to post")
    before = digest.history()
    await bot.abandon()
    fake.faults.clear()
    fake.clock.advance(A_WHILE)

    await start()
    [message] = await posted(fake, digest)
    await settles(tmp_path, message.id)

    assert digest.history() == [message]
    assert before in ([], [message])
    assert GULLS in message.text


@pytest.mark.usefixtures("bot")
async def test_a_digest_whose_response_was_lost_is_not_posted_again(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    injected = fake.faults.on(SEND, Lost(Status(400, 20028)), times=1)
    await passes(fake, mia, channel, due_at)
    await fake.wait_for(lambda: injected.hits, what="an attempt to post")
    [message] = digest.history()

    await passes(fake, mia, channel, due_at + timedelta(seconds=A_WHILE))
    await settles(tmp_path, message.id)

    assert digest.history() == [message]


@pytest.mark.usefixtures("bot")
async def test_a_missing_permission_is_named_on_the_screen_and_the_digest_waits_for_it(
    fake: FakeDiscord,
    guild: Guild,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    tmp_path: Path,
) -> None:
    digest.set_permissions(guild.me, deny=Permission.SEND_MESSAGES)
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    await passes(fake, mia, channel, due_at)
    shown = await screen(moderator, channel)
    await looked(fake, tmp_path)
    attempts = [each for each in fake.requests_to(SEND) if each.params["channel_id"] == str(digest.id)]

    digest.set_permissions(guild.me, allow=Permission.SEND_MESSAGES)
    [message] = await posted(fake, digest)

    assert f"To post there, I need the **Send Messages** permission in {digest.mention}." in shown.text
    assert attempts == []
    assert GULLS in message.text
    assert "I need the" not in (await screen(moderator, channel)).text


@pytest.mark.usefixtures("bot")
async def test_a_channel_that_was_deleted_is_named_on_the_screen_until_another_is_chosen(
    fake: FakeDiscord,
    guild: Guild,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    tmp_path: Path,
) -> None:
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    fake.remove_channel(digest)
    await passes(fake, mia, channel, due_at)
    shown = await screen(moderator, channel)
    told, preselected = shown.text, shown.selects[0].get("default_values", [])
    other = guild.add_text_channel("other")

    again = await chooses(moderator, shown, "channel", other)
    await asks(fake, mia, channel, SUBMARINE)
    await keeps(tmp_path, 2)
    await passes(fake, mia, channel, due_at + timedelta(days=7))
    [message] = await posted(fake, other)

    assert "I can't see that channel, or it was deleted. Choose another one." in told
    assert preselected == []
    assert "Choose another one." not in again.text
    assert SUBMARINE in message.text


@pytest.mark.usefixtures("bot")
async def test_a_slow_database_does_not_delay_the_first_response(
    fake: FakeDiscord, moderator: Member, mia: Member, channel: Channel, digest: Channel, tmp_path: Path
) -> None:
    due_at = await planned(fake, moderator, channel, digest)
    await asks(fake, mia, channel, f"{GULLS} *on Sundays*")
    await keeps(tmp_path, 1)
    await passes(fake, mia, channel, due_at)
    [message] = await posted(fake, digest)
    await settles(tmp_path, message.id)
    shown = await screen(moderator, channel)

    with locked(file_of(tmp_path)):
        form = await moderator.clicks(message, "Write an answer")
        fields = await opened(form)
        command = await moderator.slash(channel, "manage digest")
        choice = await moderator.selects(shown, "digest:hour", "5")
        responses = [await each.response() for each in (form, command, choice)]

    assert fields["question"] == f"{GULLS} *on Sundays*"
    assert [each.after < MODERATORS_PATIENCE for each in responses] == [True, True, True]


async def test_while_the_database_is_away_nothing_is_posted_and_afterwards_one_digest(
    bot: BotProcess,
    fake: FakeDiscord,
    moderator: Member,
    mia: Member,
    channel: Channel,
    digest: Channel,
    tmp_path: Path,
) -> None:
    due_at = await planned_with_a_question(fake, moderator, mia, channel, digest, tmp_path)
    with locked(file_of(tmp_path)):
        await passes(fake, mia, channel, due_at)
        await bot.logged("can't be posted yet: The database can't be used right now")
        unposted = digest.history()

    [message] = await posted(fake, digest)
    await settles(tmp_path, message.id)

    assert unposted == []
    assert digest.history() == [message]
