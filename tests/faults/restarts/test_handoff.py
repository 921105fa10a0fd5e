"""A question has one thread, and its asker hears once of a reply, through restarts and lost responses."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from e2e.database import file_of, set_beforehand

from bot.storage.servers import ServerSettings
from bot_process import TIMEOUT, answering
from discords import running_discord, server
from fake_discord import Channel, FakeDiscord, Guild, Hang, Lost, Member, Message, Role, Status

fake = running_discord()  # a click whose bot is killed is never answered
guild = server("Product people")
ASK = "Ask a human"
A_WHILE = 4 * 60.0  # seconds; Discord has forgotten a nonce by then
OPEN_POST = "POST /channels/*/threads"
SEND = "POST /channels/*/messages"
OPEN_THREAD = "POST /channels/*/messages/*/threads"


@dataclass
class Desk:
    """Where questions are handed to."""

    guild: Guild
    place: Channel
    role: Role

    @property
    def threads(self) -> list[Channel]:
        return [thread for thread in self.guild.threads.values() if thread.parent is self.place]

    async def replies(self, count: int) -> list[Message]:
        """Wait until the bot has said so much in the only thread, besides what it begins with."""

        def found() -> list[Message] | None:
            [thread] = self.threads
            fake = self.guild.fake
            later = [m for m in thread.history() if m.author is fake.bot and m.id != thread.id]
            return later if len(later) >= count else None

        return await self.guild.fake.wait_for(found, what="messages in the thread")


async def open_desk(guild: Guild, directory: Path, *, is_forum: bool) -> Desk:
    place = guild.add_forum("desk") if is_forum else guild.add_text_channel("desk")
    role = guild.add_role("experts", mentionable=True)
    await set_beforehand(directory, {guild.id: ServerSettings(handoff_role=role.id, handoff_channel=place.id)})
    return Desk(guild, place, role)


async def ask(fake: FakeDiscord, mia: Member, channel: Channel) -> Message:
    return await fake.reply_to(await mia.asks(channel, "xqzt vlrm wpfk"))


async def said(mia: Member, refusal: Message) -> str:
    return (await (await mia.clicks(refusal, ASK)).answer()).said


def execute(directory: Path, change: str) -> None:
    with closing(sqlite3.connect(file_of(directory))) as connection:
        connection.execute(change)
        connection.commit()


def age_claims(directory: Path) -> None:
    """Let two minutes pass since a question was claimed."""
    execute(directory, "UPDATE handoffs SET claimed_at = claimed_at - 121000")


@pytest.mark.parametrize("is_forum", [False, True], ids=["channel", "forum"])
async def test_after_a_restart_a_question_has_its_thread_and_a_reply_is_told_once(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path, *, is_forum: bool
) -> None:
    desk = await open_desk(guild, tmp_path, is_forum=is_forum)
    expert = guild.add_member("eva", desk.role)
    async with answering(tmp_path, fake) as bot:
        refusal = await ask(fake, mia, channel)
        await said(mia, refusal)
        await desk.replies(2)
        assert await bot.stop() == 0
    [thread] = desk.threads
    thread.archived = True

    async with answering(tmp_path, fake) as bot:
        assert await said(mia, refusal) == f"The question has already been passed on: {thread.mention}"
        await expert.says(thread, "let me see")
        assert (await desk.replies(3))[-1].pings == {str(mia.id)}
        assert await bot.stop() == 0

    async with answering(tmp_path, fake) as bot:
        await expert.says(thread, "and another thing")
        await ask(fake, mia, channel)
        assert await bot.stop() == 0, bot.log
    assert len(await desk.replies(3)) == 3
    assert len(desk.threads) == 1


async def test_a_question_is_passed_on_even_if_the_database_was_away_as_the_bot_started(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    desk = await open_desk(guild, tmp_path, is_forum=False)
    async with answering(tmp_path, fake) as bot:
        refusal = await ask(fake, mia, channel)
        assert await bot.stop() == 0
    file = file_of(tmp_path)
    away = file.rename(file.with_name("elsewhere.db"))
    file.write_text("This is no database.", encoding="utf-8")

    async with answering(tmp_path, fake) as bot:
        await bot.logged("The servers' settings can't be read yet.")
        away.replace(file)  # at once: the bot makes a new file where there is none
        told = await said(mia, refusal)
        async with asyncio.timeout(TIMEOUT):
            while told.startswith("I can't reach my database right now"):  # until a new connection is made
                told = await said(mia, refusal)
        assert told.startswith("I passed the question on")
        assert len(desk.threads) == 1


async def test_a_thread_deleted_while_the_bot_was_away_can_be_opened_again(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    desk = await open_desk(guild, tmp_path, is_forum=False)
    async with answering(tmp_path, fake) as bot:
        refusal = await ask(fake, mia, channel)
        await said(mia, refusal)
        assert await bot.stop() == 0
    [first] = desk.threads
    first.delete()

    async with answering(tmp_path, fake) as bot:
        assert (await said(mia, refusal)).startswith("I passed the question on")
        assert await bot.stop() == 0, bot.log
    assert len(desk.threads) == 1


@pytest.mark.parametrize("is_forum", [False, True], ids=["channel", "forum"])
async def test_a_bot_killed_while_it_opens_a_thread_finds_it_again(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path, *, is_forum: bool
) -> None:
    desk = await open_desk(guild, tmp_path, is_forum=is_forum)
    async with answering(tmp_path, fake) as bot:
        refusal = await ask(fake, mia, channel)
        fake.faults.on(OPEN_POST if is_forum else OPEN_THREAD, Lost(Hang()))
        await mia.clicks(refusal, ASK)
        await fake.wait_for(lambda: desk.threads, what="a thread that was opened")
        await bot.abandon()
    fake.faults.clear()
    [thread] = desk.threads

    async with answering(tmp_path, fake) as bot:
        assert (await said(mia, refusal)).startswith("The question is being passed on.")
        age_claims(tmp_path)
        assert await said(mia, refusal) == f"I passed the question on: {thread.mention}"
        assert await bot.stop() == 0, bot.log
    assert desk.threads == [thread]
    assert [each.pings for each in await desk.replies(2)] == [{str(mia.id)}, {f"&{desk.role.id}"}]


async def test_a_bot_killed_before_it_says_anything_in_its_thread_does_so_later(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    desk = await open_desk(guild, tmp_path, is_forum=True)
    async with answering(tmp_path, fake) as bot:
        refusal = await ask(fake, mia, channel)
        reached = fake.faults.on(SEND, Hang())
        await mia.clicks(refusal, ASK)
        await fake.wait_for(lambda: reached.hits, what="the first message in the post")
        await bot.abandon()
    fake.faults.clear()
    [thread] = desk.threads
    thread.archived = True
    fake.clock.advance(A_WHILE)

    async with answering(tmp_path, fake) as bot:
        assert (await said(mia, refusal)).startswith("The question is being passed on.")
        age_claims(tmp_path)
        assert await said(mia, refusal) == f"I passed the question on: {thread.mention}"
        assert await said(mia, refusal) == f"The question has already been passed on: {thread.mention}"
        assert await bot.stop() == 0, bot.log
    assert desk.threads == [thread]
    assert [each.pings for each in await desk.replies(2)] == [{str(mia.id)}, {f"&{desk.role.id}"}]


@pytest.mark.parametrize(
    "as_killed",
    ["UPDATE handoffs SET introduced_at = NULL", "UPDATE handoffs SET introduced_at = NULL, thread_id = NULL"],
    ids=["before the call", "before the thread is recorded"],
)
async def test_a_thread_that_is_found_again_misses_and_repeats_nothing(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path, as_killed: str
) -> None:
    desk = await open_desk(guild, tmp_path, is_forum=False)
    async with answering(tmp_path, fake) as bot:
        refusal = await ask(fake, mia, channel)
        await said(mia, refusal)
        [_, called] = await desk.replies(2)
        del desk.threads[0].messages[called.id]
        execute(tmp_path, as_killed)
        age_claims(tmp_path)
        fake.clock.advance(A_WHILE)

        await said(mia, refusal)

        assert await bot.stop() == 0, bot.log
    assert [each.pings for each in await desk.replies(2)] == [{str(mia.id)}, {f"&{desk.role.id}"}]
    assert len(desk.threads) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_post_whose_response_is_lost_is_not_opened_twice(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path, status: int
) -> None:
    desk = await open_desk(guild, tmp_path, is_forum=True)
    async with answering(tmp_path, fake) as bot:
        refusal = await ask(fake, mia, channel)
        fake.faults.on(OPEN_POST, Lost(Status(status)), times=1)

        assert (await said(mia, refusal)).startswith("Discord isn't responding.")

        [post] = desk.threads
        age_claims(tmp_path)
        assert await said(mia, refusal) == f"I passed the question on: {post.mention}"
        assert await bot.stop() == 0, bot.log
    assert desk.threads == [post]


async def test_a_thread_whose_response_is_lost_is_opened_once(
    fake: FakeDiscord, guild: Guild, channel: Channel, mia: Member, tmp_path: Path
) -> None:
    desk = await open_desk(guild, tmp_path, is_forum=False)
    async with answering(tmp_path, fake) as bot:
        refusal = await ask(fake, mia, channel)
        fake.faults.on(OPEN_THREAD, Lost(Status(503)), times=1)

        assert (await said(mia, refusal)).startswith("I passed the question on")

        assert await bot.stop() == 0, bot.log
    assert len(desk.threads) == 1
    assert len([m for m in desk.place.history() if m.author is fake.bot]) == 1
