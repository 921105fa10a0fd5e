"""A database that is locked, full, read-only or gone: answers go on as fast as ever, and what was noted lands later."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, cycle
from pathlib import Path

import pytest
from e2e.database import eventually, file_of, set_beforehand
from e2e.questions import CODING, DEGREE, MANAGEMENT, titles
from storage.locking import locked

from bot.storage.resolutions import Resolution
from bot_process import BotProcess, answering
from discords import running_discord, server
from fake_discord import FakeDiscord, Guild, Message
from faults.accounting import balanced, resolutions

# In seconds, beyond what a busy machine takes anyway: for most, less than a claim waits for a database that is away.
USUAL = 0.25
SLOW = 1.0
A_SECOND = 10  # questions
FLOOD_A_SECOND = 50  # messages; Discord itself lets nobody send as many
MANY = 100


fake = running_discord()
guild = server("Product people")


@contextmanager
def full_disk(bot: BotProcess) -> Iterator[None]:
    """Let no file of the bot's grow."""
    unlimited = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (0, unlimited[1]))
    yield
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, unlimited)


async def ask_many(guild: Guild, number: int = MANY) -> list[Message]:
    """Let people ask steadily, each answer once in a channel."""
    asked = []
    begun = time.monotonic()
    for each, question in zip(range(number), cycle((CODING, DEGREE, MANAGEMENT)), strict=False):
        if each % 3 == 0:
            somebody, channel = guild.add_member("somebody"), guild.add_text_channel("somewhere")
        asked.append(await somebody.asks(channel, question))
        await asyncio.sleep(begun + each / A_SECOND - time.monotonic())
    return asked


async def assert_prompt(fake: FakeDiscord, asked: list[Message], healthy: float) -> None:
    """Compare how long answers took with what they take beside a healthy database."""
    seconds = await seconds_of(fake, asked)
    assert seconds[len(seconds) // 2] < USUAL + 2 * healthy, seconds
    assert seconds[-1 - len(seconds) // 10] < SLOW + 10 * healthy, seconds


async def seconds_of(fake: FakeDiscord, asked: list[Message]) -> list[float]:
    answers = [await fake.reply_to(each) for each in asked]
    assert all(len(titles(answer)) == 1 for answer in answers)
    return sorted(fake.ledger.entry(each).seconds or 0.0 for each in asked)


@pytest.fixture
async def healthy(fake: FakeDiscord, tmp_path: Path) -> float:
    """How long an answer usually takes here and now, in seconds."""
    (tmp_path / "healthy").mkdir()
    guild = fake.add_guild("Healthy people")
    async with answering(tmp_path / "healthy", fake):
        seconds = await seconds_of(fake, await ask_many(guild, 15))
    return seconds[len(seconds) // 2]


async def assert_noted(directory: Path, asked: list[Message]) -> None:
    """Wait until it stands in the database that each is answered."""
    expected: dict[int, Resolution | None] = dict.fromkeys((each.id for each in asked), Resolution.answered)
    await eventually(
        lambda: {id_: resolutions(directory).get(id_) for id_ in expected}, expected, "what became of them"
    )


async def test_while_the_database_is_locked_answers_go_on_and_are_recorded_later(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, healthy: float
) -> None:
    async with answering(tmp_path, fake) as bot:
        with locked(file_of(tmp_path)):
            asked = await ask_many(guild)
            await assert_prompt(fake, asked, healthy)
        await assert_noted(tmp_path, asked)
        await balanced(fake, tmp_path)
        assert "Traceback" not in bot.log, bot.log


async def test_while_the_disk_is_full_answers_go_on_and_land_when_there_is_room(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, healthy: float
) -> None:
    async with answering(tmp_path, fake) as bot:
        before = await ask_many(guild, 1)
        await assert_noted(tmp_path, before)
        with full_disk(bot):
            asked = await ask_many(guild, 30)
            await assert_prompt(fake, asked, healthy)
            assert set(resolutions(tmp_path)) == {each.id for each in before}
        await bot.logged("Claims are written to the database again")
        await assert_noted(tmp_path, asked)
        assert "Traceback" not in bot.log, bot.log


async def test_with_a_database_that_cannot_be_written_to_answers_go_on(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, healthy: float
) -> None:
    await set_beforehand(tmp_path, {})
    address = f"sqlite:///file:{file_of(tmp_path)}?mode=ro&uri=true"
    async with answering(tmp_path, fake, DATABASE_URL=address) as bot:
        asked = await ask_many(guild, 30)
        await assert_prompt(fake, asked, healthy)
        assert await bot.stop() == 0, bot.log

    assert resolutions(tmp_path) == {}
    assert "Traceback" not in bot.log, bot.log


async def test_a_database_that_is_away_at_the_start_gets_what_was_noted_when_it_is_back(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, healthy: float
) -> None:
    await set_beforehand(tmp_path, {})
    file = file_of(tmp_path)
    away = file.rename(file.with_name("elsewhere.db"))
    file.mkdir()
    async with answering(tmp_path, fake) as bot:
        asked = await ask_many(guild, 30)
        await assert_prompt(fake, asked, healthy)

        file.rmdir()
        away.rename(file)

        await assert_noted(tmp_path, asked)
        await balanced(fake, tmp_path)
        assert "Traceback" not in bot.log, bot.log


async def test_a_database_that_comes_and_goes_costs_nobody_an_answer_and_nobody_two(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, healthy: float
) -> None:
    async with answering(tmp_path, fake) as bot:
        asking = asyncio.create_task(ask_many(guild, 60))
        while not asking.done():
            with locked(file_of(tmp_path)):
                await asyncio.sleep(0.7)
            await asyncio.sleep(0.3)
        await assert_prompt(fake, await asking, healthy)
        await assert_noted(tmp_path, await asking)
        await balanced(fake, tmp_path)
        assert "Traceback" not in bot.log, bot.log


async def test_one_person_who_floods_does_not_slow_the_others(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, healthy: float
) -> None:
    async with answering(tmp_path, fake):
        flooding, channel = guild.add_member("flooding"), guild.add_text_channel("flooded")
        flood: list[Message] = []

        async def keep_flooding() -> None:
            for number in count():
                flood.append(await flooding.asks(channel, f"{CODING} {number}"))
                await asyncio.sleep(1 / FLOOD_A_SECOND)

        flooding_on = asyncio.create_task(keep_flooding())
        asked = await ask_many(guild, 60)
        flooding_on.cancel()

        await assert_prompt(fake, asked, healthy)
        assert len(flood) > 100
        await balanced(fake, tmp_path)
        assert len([each for each in flood if fake.ledger.entry(each).answers]) == 5
        assert len([each for each in flood if fake.ledger.entry(each).emojis]) == 1
