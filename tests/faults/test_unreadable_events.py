"""Events that discord.py can't read are dropped; the bot goes on, for all servers."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from e2e.questions import CODING, titles

from bot_process import answering, free_port
from discords import running_discord, server
from fake_discord import FakeDiscord, Guild
from fake_discord.payloads import channel as spelled_channel
from faults.asking import WHILE_STARTING, ask_somewhere
from faults.scraping import metrics_text

EVENTS = 10_000
ALL_INTENTS = -1
Event = tuple[str, dict[str, Any]]

fake = running_discord()
guild = server("Product people")


def voice_channel(guild: Guild) -> dict[str, Any]:
    spelled = spelled_channel(guild.add_text_channel("lounge"))
    return {**spelled, "type": 2, "guild_id": str(guild.id)}


def message(guild: Guild, **changes: Any) -> dict[str, Any]:
    channel = guild.add_text_channel("somewhere")
    author = {"id": "1", "username": "mia", "discriminator": "0", "avatar": None, "global_name": None}
    spelled: dict[str, Any] = {
        "id": "2",
        "channel_id": str(channel.id),
        "guild_id": str(guild.id),
        "author": author,
        "content": "",
        "timestamp": "2026-11-30T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
    }
    return spelled | changes


UNREADABLE: dict[str, Callable[[Guild], Event]] = {
    "overwrites of a channel": lambda guild: (
        "CHANNEL_UPDATE",
        {
            **spelled_channel(guild.add_text_channel("hidden")),
            "guild_id": str(guild.id),
            "permission_overwrites": None,
        },
    ),
    "a voice channel's bitrate": lambda guild: ("CHANNEL_CREATE", voice_channel(guild)),
    "a poll's end": lambda guild: (
        "MESSAGE_CREATE",
        message(
            guild,
            poll={
                "question": {"text": "?"},
                "answers": [],
                "expiry": None,
                "allow_multiselect": False,
                "layout_type": 1,
            },
        ),
    ),
}


@pytest.mark.parametrize("what", UNREADABLE)
async def test_an_event_with_nulls_is_dropped_and_counted(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, what: str
) -> None:
    monitoring = f"127.0.0.1:{free_port()}"
    async with answering(tmp_path, fake, MONITORING_ADDRESS=monitoring) as bot:
        kind, data = UNREADABLE[what](guild)
        for _ in range(2):
            fake.gateway.dispatch(kind, data, guild_id=guild.id)

        assert titles(await fake.reply_to(await ask_somewhere(guild), WHILE_STARTING)) == [CODING], bot.log
        assert f'tpm_bot_events_dropped_total{{type="{kind}"}} 2.0' in await metrics_text(monitoring)
        assert bot.log.count(f"Dropped an event that discord.py can't read: {kind}") == 1
        assert "Traceback" not in bot.log
        assert await bot.stop() == 0, bot.log


async def test_of_a_server_only_the_channel_that_cannot_be_read_is_dropped(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = guild.add_text_channel("good"), guild.add_text_channel("bad")
    describe = fake.gateway.describe

    def describe_with_nulls(server: Guild, intents: int) -> dict[str, Any]:
        spelled = describe(server, intents)
        for each in spelled["channels"]:
            if each["id"] == str(bad.id):
                each["permission_overwrites"] = None
        return spelled

    monkeypatch.setattr(fake.gateway, "describe", describe_with_nulls)
    async with answering(tmp_path, fake) as bot:
        asked = await guild.add_member("mia").asks(good, CODING)

        assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING], bot.log
        assert "GUILD_CREATE.channels" in bot.log
        assert await bot.stop() == 0, bot.log


async def test_ten_thousand_damaged_events_end_nothing(fake: FakeDiscord, guild: Guild, tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311 - the same events each time
    async with answering(tmp_path, fake) as bot:
        await fake.reply_to(await ask_somewhere(guild), WHILE_STARTING)
        events = samples(fake, guild)
        for _ in range(EVENTS):
            kind, data = chance.choice(events)
            fake.gateway.dispatch(kind, damaged(data, chance), guild_id=None)

        asked = await ask_somewhere(guild)
        assert titles(await fake.reply_to(asked, 60.0)) == [CODING], bot.log[-2000:]
        assert await bot.stop() == 0, bot.log[-5000:]


def samples(fake: FakeDiscord, guild: Guild) -> list[Event]:
    """Return events as they should be."""
    server = fake.gateway.describe(guild, ALL_INTENTS)
    channel = {**spelled_channel(guild.add_text_channel("general")), "guild_id": str(guild.id)}
    thread = {
        **channel,
        "id": "5",
        "type": 11,
        "parent_id": channel["id"],
        "owner_id": "1",
        "message_count": 1,
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 60,
            "archive_timestamp": "2026-11-30T00:00:00+00:00",
            "locked": False,
        },
    }
    role = {"guild_id": str(guild.id), "role": server["roles"][0]}
    gone = {"id": "9", "channel_id": channel["id"], "guild_id": str(guild.id)}
    return [
        ("GUILD_CREATE", {**server, "id": "77", "unavailable": False}),
        ("GUILD_UPDATE", server),
        ("CHANNEL_CREATE", channel),
        ("CHANNEL_UPDATE", channel),
        ("THREAD_CREATE", thread),
        ("THREAD_UPDATE", thread),
        ("MESSAGE_CREATE", message(guild)),
        ("MESSAGE_UPDATE", message(guild)),
        ("MESSAGE_DELETE", gone),
        ("MESSAGE_DELETE_BULK", {**gone, "ids": ["9", "10"]}),
        ("GUILD_ROLE_CREATE", role),
        ("GUILD_ROLE_UPDATE", role),
        ("THREAD_DELETE", {**gone, "parent_id": channel["id"], "type": 11}),
    ]


def damaged(value: Any, chance: random.Random) -> Any:
    """Return a copy in which a field or two are missing, null, of another type, or unknown."""
    match value:
        case dict():
            copy = dict(value)
            for name in chance.sample(sorted(copy), min(len(copy), chance.randint(0, 2))):
                match chance.randrange(4):
                    case 0:
                        del copy[name]
                    case 1:
                        copy[name] = None
                    case 2:
                        copy[name] = chance.choice(["x", -1, 2.5, [], {}, True, "9" * 30])
                    case _:
                        copy[name] = damaged(copy[name], chance)
            if chance.random() < 0.1:
                copy["unknown"] = {"nested": [None]}
            return copy
        case list() if value:
            place = chance.randrange(len(value))
            return [*value[:place], damaged(value[place], chance), *value[place + 1 :]]
        case _:
            return chance.choice([None, value, "x", 7])
