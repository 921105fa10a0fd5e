"""A bot in the process of the test, for what can't be brought about from outside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from discord import http, shard
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.webhook import async_
from e2e.database import file_of
from prometheus_client import CollectorRegistry

from bot.answering import Answering
from bot.authoring.snapshot import take_snapshot
from bot.authoring.watching import KnowledgeWatcher
from bot.discord_app.asking.flood import FloodLimits
from bot.discord_app.client import CareerBot
from bot.discord_app.connection import run_until_closed
from bot.discord_app.patches import reconnect_patiently, refuse_unreadable_responses, use_addresses
from bot.discord_app.sharding.division import Sharding
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.knowledge.loading import SHIPPED_KNOWLEDGE, load_knowledge, load_with_documents
from bot.library import Library
from bot.matching.matcher import Matcher
from bot.operations.metrics import Metrics
from bot.storage.stores import Stores
from fake_discord import FakeDiscord

_GLOBAL = (
    (Route, "BASE"),
    (DiscordWebSocket, "DEFAULT_GATEWAY"),
    (shard, "ExponentialBackoff"),
    (shard, "Shard"),
    (http, "json_or_text"),
    (async_, "json_or_text"),
)


@asynccontextmanager
async def answering_here(directory: Path, fake: FakeDiscord, matcher: type[Matcher] = Matcher) -> AsyncIterator[None]:
    """Let a bot answer in this process, with its database where one that is started in the folder would have it."""
    knowledge = load_knowledge(SHIPPED_KNOWLEDGE)
    answering = Answering(knowledge=knowledge, matcher=matcher(knowledge))
    with pytest.MonkeyPatch.context() as patch:
        for place, name in _GLOBAL:
            patch.setattr(place, name, getattr(place, name))  # what discord.py keeps globally is put back
        use_addresses(api=fake.api_url, gateway=fake.gateway_url)
        reconnect_patiently()
        refuse_unreadable_responses()
        async with Stores.open(f"sqlite:///{file_of(directory)}") as stores:
            bot = CareerBot(
                library=Library(shared=answering, directory=directory),
                stores=stores,
                keeper=QuestionKeeper(questions=stores.unanswered, secret=stores.secret, keeps_text=True),
                watcher=KnowledgeWatcher(
                    answering=answering,
                    loaded_from=take_snapshot(SHIPPED_KNOWLEDGE),
                    load=load_with_documents,
                    report=print,
                ),
                metrics=Metrics(CollectorRegistry()),
                limits=FloodLimits(),
                sharding=Sharding(),
            )
            running = asyncio.create_task(run_until_closed(bot, fake.token))
            try:
                await fake.ready(commands=True)
                yield
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
