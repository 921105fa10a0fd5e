"""One bot and one Discord for all the tests of a module, and an account of every question after each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from pathlib import Path

import pytest
import pytest_asyncio

from bot_process import BotProcess, answering
from fake_discord import Channel, FakeDiscord, Guild, Member, RateLimits
from faults.accounting import balanced


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(rate_limits=RateLimits.generous()) as fake:
        yield fake


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guild(fake: FakeDiscord) -> Guild:
    """A server in whose lobby the bot finds, when it starts, that it has missed nothing."""
    guild = fake.add_guild("Product people")
    fake.seed(guild.add_text_channel("lobby"), guild.add_member("ada"), "hello", ago=60)
    return guild


@pytest.fixture
def mia(guild: Guild) -> Member:
    """A member of each test's own: nobody may ask more than a few questions a minute."""
    return guild.add_member("mia")


@pytest.fixture
def channel(guild: Guild) -> Channel:
    """A channel of each test's own: the same answer isn't given twice in one."""
    return guild.add_text_channel("general")


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
        assert await bot.stop() == 0, bot.log
        assert not [line for line in bot.lines if " ERROR " in line or "Traceback" in line], bot.log


@pytest_asyncio.fixture(loop_scope="module")
async def accounted_for(fake: FakeDiscord, bot: BotProcess, directory: Path) -> AsyncIterator[None]:
    """Let the weather clear after a test; then each question must be settled."""
    assert bot.pid
    yield
    fake.faults.clear()
    await balanced(fake, directory)
    fake.assert_clean()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the bot's log with a test that failed."""
    report = yield
    bot = getattr(item, "funcargs", {}).get("bot")
    if report.failed and isinstance(bot, BotProcess):
        report.sections.append(("the bot's log", bot.log))
    return report
