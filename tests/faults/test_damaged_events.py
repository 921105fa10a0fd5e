"""Ten thousand events that aren't what Discord describes neither stop the bot nor keep it from answering."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from discord.state import AutoShardedConnectionState
from e2e.database import set_beforehand
from e2e.questions import CODING, titles
from gateway_events import COPIES, EVENTS, Event, damaged_events, vocabulary
from hypothesis import HealthCheck, Phase, given, settings
from schema_values import SchemaValues, document_path

from bot.discord_app.unreadable import BEGIN_SESSIONS
from bot.storage.servers import ServerSettings
from bot_process import BotProcess, answering, free_port
from discords import running_discord, server
from fake_discord import FakeDiscord, Guild
from faults.asking import WHILE_STARTING, ask_somewhere
from faults.scraping import samples

DOCUMENT = document_path()
MANY = 10_000
BETWEEN_QUESTIONS = 500
HANDLED = ("CHANNEL_CREATE", "CHANNEL_UPDATE", "GUILD_CREATE", "INTERACTION_CREATE", "MESSAGE_CREATE", "THREAD_CREATE")
WEIGHTS = Counter([*EVENTS, *HANDLED * 4])
NO_OBJECTS: tuple[Any, ...] = (None, [], "x", 7)
ALL_INTENTS = -1

fake = running_discord()
guild = server("Product people")


def test_each_event_that_discord_py_reads_is_among_them() -> None:
    read = {
        name.removeprefix("parse_").upper() for name in dir(AutoShardedConnectionState) if name.startswith("parse_")
    }

    assert read - BEGIN_SESSIONS == EVENTS.keys() - {"AN_EVENT_OF_TOMORROW"}


@pytest.mark.skipif(DOCUMENT is None, reason="no OpenAPI document")
async def test_ten_thousand_damaged_events_stop_nothing(fake: FakeDiscord, guild: Guild, tmp_path: Path) -> None:
    about = populated(fake.add_guild("what they are about"))
    [forum] = [channel.id for channel in about.channels.values() if channel.name == "forum"]
    await set_beforehand(tmp_path, {about.id: ServerSettings(forum_channels=frozenset({forum}))})
    building = asyncio.create_task(asyncio.to_thread(build, about))
    monitoring = f"127.0.0.1:{free_port()}"

    async with answering(tmp_path, fake, MONITORING_ADDRESS=monitoring) as bot:
        events = await building
        for start in range(0, len(events), BETWEEN_QUESTIONS):
            fake.gateway.dispatch("GUILD_CREATE", fake.gateway.describe(about, ALL_INTENTS), guild_id=about.id)
            for kind, data in events[start : start + BETWEEN_QUESTIONS]:
                fake.gateway.dispatch(kind, data, guild_id=None)
            asked = await ask_somewhere(guild)
            assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING], bot.log[-2000:]

        fake.gateway.dispatch("GUILD_CREATE", fake.gateway.describe(about, ALL_INTENTS), guild_id=about.id)
        assert titles(await fake.reply_to(await ask_somewhere(about))) == [CODING], bot.log[-2000:]
        assert (fake.gateway.identifies, fake.gateway.resumes) == (1, 0)
        counted(await samples(monitoring), events, bot)
        assert await bot.stop() == 0, bot.log[-2000:]
    nothing_failed(bot)
    forged = {"UNKNOWN_ROUTE"}  # tokens of interactions are damaged, too
    assert [v for v in fake.take_violations() if not forged & {fault.code for fault in v.faults}] == []


def populated(guild: Guild) -> Guild:
    for number in range(20):
        guild.add_member(f"member-{number}")
    guild.add_text_channel("general")
    guild.add_announcement_channel("news")
    guild.add_thread(guild.add_forum("forum"), "a post", guild.me)
    return guild


def build(about: Guild) -> list[Event]:
    """Return the same events each time, in an order in which the server is left last."""
    assert DOCUMENT is not None
    values = SchemaValues(DOCUMENT, vocabulary(about))
    events: list[Event] = []
    for kind, weight in WEIGHTS.items():

        @settings(
            database=None,
            derandomize=True,
            max_examples=math.ceil(MANY * weight / WEIGHTS.total() / COPIES),
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(alike=damaged_events(values, kind))
        def collect(alike: list[Event]) -> None:
            events.extend(alike)

        collect()
    for no_object in NO_OBJECTS:
        events += [(kind, no_object) for kind in EVENTS]
    random.Random(1).shuffle(events)  # noqa: S311 - the same order each time
    return sorted(events, key=lambda event: event[0] == "GUILD_DELETE")


def counted(shown: dict[str, float], events: list[Event], bot: BotProcess) -> None:
    """Each type that was dropped is counted, and logged once; of what the bot handles, much isn't dropped."""
    family = "events_dropped_total{type="
    dropped = {name.removeprefix(family)[:-1]: count for name, count in shown.items() if name.startswith(family)}
    sent = Counter(kind for kind, _ in events)

    assert len(events) >= MANY
    assert sum(dropped[kind] for kind in sent & dropped.keys()) < 0.6 * len(events)
    assert all(dropped[kind] < 0.8 * sent[kind] for kind in HANDLED), dropped
    assert all(bot.log.count(f"can't read: {kind} (") == 1 for kind in dropped), bot.log


def nothing_failed(bot: BotProcess) -> None:
    """Whoever sends a broken command is told, and the log has it; nothing else fails."""
    failures = ("The handler", "never retrieved", "A fault of the bot's own", "could not be", "Unexpected")
    assert [line for line in bot.lines if any(failure in line for failure in failures)] == []
