"""Events that discord.py can't read are dropped; the bot goes on, for all servers."""

from __future__ import annotations

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
        dropped = f"{kind}.poll" if "poll" in data else kind
        for _ in range(2):
            fake.gateway.dispatch(kind, data, guild_id=guild.id)

        assert titles(await fake.reply_to(await ask_somewhere(guild), WHILE_STARTING)) == [CODING], bot.log
        assert f'tpm_bot_events_dropped_total{{type="{dropped}"}} 2.0' in await metrics_text(monitoring)
        assert bot.log.count(f"Dropped an event that discord.py can't read: {dropped}") == 1
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
