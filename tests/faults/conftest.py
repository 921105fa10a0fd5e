"""One bot and one Discord for all the tests of a module, and an account of every question after each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

from bot_process import BotProcess, answering
from discords import running_discord, stop_cleanly
from fake_discord import FakeDiscord, Guild
from faults.accounting import balanced

fake = running_discord("module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guild(fake: FakeDiscord) -> Guild:
    """A server in whose lobby the bot finds, when it starts, that it has missed nothing."""
    guild = fake.add_guild("Product people")
    fake.seed(guild.add_text_channel("lobby"), guild.add_member("ada"), "hello", ago=60)
    return guild


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the module's bot is started in."""
    return tmp_path_factory.mktemp("bot")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(fake: FakeDiscord, guild: Guild, directory: Path) -> AsyncIterator[BotProcess]:
    assert guild.me
    async with answering(directory, fake) as bot:
        read = await fake.request("GET /channels/{channel_id}/messages", timeout=10)
        await fake.wait_for(lambda: read.status, what="the end of what the bot missed")
        yield bot
        await stop_cleanly(bot)


@pytest_asyncio.fixture(loop_scope="module")
async def accounted_for(fake: FakeDiscord, bot: BotProcess, directory: Path) -> AsyncIterator[None]:
    """Clear all faults after a test; then each question it asked must be settled.

    What an earlier test left unsettled is that test's failure alone.
    """
    assert bot.pid
    since = fake.snowflakes.next()
    yield
    fake.faults.clear()
    await balanced(fake, directory, since=since)
    fake.assert_clean()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the bot's log with a test that failed."""
    report = yield
    bot = getattr(item, "funcargs", {}).get("bot")
    if report.failed and isinstance(bot, BotProcess):
        report.sections.append(("the bot's log", bot.log))
    return report
