"""A fault of the bot's own costs one question its answer, says so, and is on record."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from discord import shard
from discord.gateway import DiscordWebSocket
from discord.http import Route
from prometheus_client import CollectorRegistry

from bot.answering import Answering
from bot.discord_app.client import CareerBot
from bot.discord_app.connection import run_until_closed, use_addresses
from bot.discord_app.services import Services
from bot.fates import Fate
from bot.knowledge.loading import load_knowledge, shipped_knowledge
from bot.knowledge.snapshot import take_snapshot
from bot.knowledge.watching import KnowledgeWatcher
from bot.matching.matcher import Matcher
from bot.metrics import Metrics
from bot.storage.stores import Stores
from bot.unanswered import QuestionKeeper
from fake_discord import FakeDiscord, RateLimits


class Broken(Matcher):
    """A matcher that fails on one word."""

    def rank(self, question: Any, *arguments: Any, **options: Any) -> Any:
        if "phlogiston" in str(question):
            raise RuntimeError("out of fire")
        return super().rank(question, *arguments, **options)


@pytest.fixture
def fallible() -> Answering:
    knowledge = load_knowledge(shipped_knowledge)
    return Answering(knowledge=knowledge, matcher=Broken(knowledge))


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(rate_limits=RateLimits.generous()) as fake:
        yield fake
        fake.assert_clean()


async def test_whoever_meets_a_fault_is_told_and_the_next_question_is_answered(
    fake: FakeDiscord, fallible: Answering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, name in ((Route, "BASE"), (DiscordWebSocket, "DEFAULT_GATEWAY"), (shard, "ExponentialBackoff")):
        monkeypatch.setattr(place, name, getattr(place, name))  # what discord.py keeps globally is put back
    use_addresses(api=fake.api_url, gateway=fake.gateway_url)
    guild = fake.add_guild("Product people")
    channel, mia = guild.add_text_channel("general"), guild.add_member("mia")

    async with Stores.open(f"sqlite:///{tmp_path / 'bot.db'}") as stores:
        services = Services(
            answering=fallible,
            stores=stores,
            keeper=QuestionKeeper(questions=stores.unanswered, secret=stores.secret, keeps_text=True),
            watcher=KnowledgeWatcher(
                answering=fallible, loaded_from=take_snapshot(shipped_knowledge), load=load_knowledge, report=print
            ),
            metrics=Metrics(CollectorRegistry()),
        )
        running = asyncio.create_task(run_until_closed(lambda: CareerBot(services), fake.token))
        await fake.ready(commands=True)

        struck = await mia.asks(channel, "What about phlogiston?")
        told = await fake.reply_to(struck)
        answer = await fake.reply_to(await mia.asks(channel, "Does a TPM need to code?"))

        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    assert "went wrong" in told.content
    assert answer.embeds
    with closing(sqlite3.connect(tmp_path / "bot.db")) as database:
        [(fate,)] = database.execute("SELECT fate FROM claims WHERE message_id = ?", (struck.id,))
    assert fate == Fate.closed_fault
