"""One bot and one Discord for all the tests of a module, and what must hold after each of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot_process import BotProcess, answering
from discords import running_discord, server, stop_cleanly
from fake_discord import FakeDiscord, Guild, Member, Permission, Request

fake = running_discord("module")
guild = server("Product people", "module")


@pytest.fixture
def moderator(guild: Guild) -> Member:
    return guild.add_member("max", guild.add_role("mods", Permission.MANAGE_MESSAGES))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where the module's bot is started."""
    return tmp_path_factory.mktemp("bot")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(fake: FakeDiscord, guild: Guild, directory: Path) -> AsyncIterator[BotProcess]:
    assert guild.me
    async with answering(directory, fake) as bot:
        yield bot
        await stop_cleanly(bot)


@pytest.fixture(autouse=True)
def _nothing_that_discord_refuses(fake: FakeDiscord) -> Iterator[None]:
    """Let a test begin unheard; after it: nothing that Discord would refuse for its form or that could ping anybody."""
    for channel in fake.channels.values():
        channel.unheard.clear()
    began, since = fake.clock.now(), fake.snowflakes.next()
    yield
    fake.assert_clean()
    assert [r.path for r in fake.requests if r.at >= began and _could_ping(r)] == []
    assert [m.text for m in fake.messages.values() if m.id > since and m.author is fake.bot and m.pings] == []


def _could_ping(request: Request) -> bool:
    body: Any = request.body
    if request.name.endswith("/callback"):
        if body["type"] not in {4, 7}:
            return False
        body = body["data"]
    elif "/messages" not in request.name and not request.name.startswith("POST /webhooks"):
        return False
    if request.method not in {"POST", "PATCH"}:
        return False
    allowed = body.get("allowed_mentions", {})
    return allowed.get("parse") != [] or bool(allowed.get("replied_user"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the bot's log with a test that failed."""
    report = yield
    bot = getattr(item, "funcargs", {}).get("bot")
    if report.failed and isinstance(bot, BotProcess):
        report.sections.append(("the bot's log", bot.log))
    return report
