"""Responses that aren't Discord's, or were damaged on their way: asked again, and nobody is answered twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from e2e.questions import CODING, titles

from bot.storage.resolutions import Resolution
from bot_process import answering, settings_for, started
from discords import stop_cleanly
from fake_discord import FakeDiscord, Guild, Lost, Raw, Status
from fake_discord.faults import Action
from faults.accounting import accounted_discord, settled_as
from faults.asking import CALLBACK, SEND, WHILE_STARTING, ask_somewhere

PAGE = Raw(b"<html>Please log in to this network.</html>", headers={"Content-Type": "text/html; charset=UTF-8"})
CUT_OFF = Raw(b'{"id": "12')
NO_TEXT = Raw(b"\xff\xfe")
NULL = Raw(b"null")
NO_MESSAGE = Raw(b"{}")
ANOTHERS = Raw(b'{"login": "required"}')
PAGES = [Raw(PAGE.body, status=status, headers=PAGE.headers) for status in (400, 401, 404)]
ANOTHERS_ERROR = Raw(b'{"error": "denied"}', status=403)
LIMIT_WITHOUT_TIME = Raw(b'{"message": "You are being rate limited."}', status=429, headers={"Via": "1.1 google"})
LIMIT_WITH_NULL = Raw(b'{"retry_after": null, "global": false}', status=429, headers={"Via": "1.1 google"})
NETWORK_ERROR = Status(403, 40333, "internal network error")
BLOCKED = Raw(
    b"error code: 1020", status=403, headers={"Content-Type": "text/plain; charset=UTF-8", "Retry-After": "1"}
)

fake = accounted_discord()


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Product people")


async def test_a_reply_with_an_unreadable_response_is_sent_again_and_appears_once(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    faults: list[Action] = [
        Lost(PAGE),
        Lost(CUT_OFF),
        Lost(NO_TEXT),
        Lost(NULL),
        Lost(NO_MESSAGE),
        Lost(ANOTHERS),
        *PAGES,
        ANOTHERS_ERROR,
        PAGE,
        CUT_OFF,
        LIMIT_WITHOUT_TIME,
        LIMIT_WITH_NULL,
    ]
    faults += [NETWORK_ERROR, BLOCKED]
    async with answering(tmp_path, fake) as bot:
        for number, fault in enumerate(faults):
            fake.faults.clear()
            struck = fake.faults.on(SEND, fault, times=1)
            asked = await guild.add_member(f"person {number}").asks(guild.add_text_channel("somewhere"), CODING)

            assert titles(await fake.reply_to(asked)) == [CODING], fault
            await settled_as(tmp_path, asked, Resolution.answered)
            assert struck.hits == 1
        await stop_cleanly(bot)


async def test_a_command_with_an_unreadable_response_is_acknowledged_in_time(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    faults: list[Action] = [Lost(PAGE), Lost(CUT_OFF), PAGE, CUT_OFF, LIMIT_WITHOUT_TIME, NETWORK_ERROR]
    faults += [Lost(NULL), Lost(NO_MESSAGE), *PAGES, ANOTHERS_ERROR]
    channel = guild.add_text_channel("general")
    async with answering(tmp_path, fake) as bot:
        for number, fault in enumerate(faults):
            fake.faults.clear()
            fake.faults.on(CALLBACK, fault, times=1)
            asked = await guild.add_member(f"person {number}").slash(channel, "ask", question=CODING)

            assert titles(await asked.answer()) == [CODING], fault
        await stop_cleanly(bot)


@pytest.mark.parametrize("route", ["GET /users/@me", "GET /oauth2/applications/@me", "GET /gateway/bot", "PUT *"])
async def test_a_network_that_answers_in_discords_place_is_waited_for_at_the_start(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, route: str
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    fake.faults.on(route, PAGE, times=1)
    fake.faults.on(route, *PAGES, times=1)
    fake.faults.on(route, NULL, times=1)
    async with started(tmp_path, settings_for(fake)) as bot:
        await bot.logged("Discord can't be reached (UnreadableResponse", times=3)
        await fake.ready(commands=True, timeout=WHILE_STARTING)

        assert titles(await fake.reply_to(await mia.asks(channel, CODING))) == [CODING]
        await stop_cleanly(bot)


@pytest.mark.parametrize("shards", [0, -1, None])
async def test_a_number_of_shards_that_cannot_be_right_is_asked_for_again(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, shards: int | None
) -> None:
    limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    odd = {"url": fake.gateway_url, "shards": shards, "session_start_limit": limit}
    fake.faults.on("GET /gateway/bot", Raw(json.dumps(odd).encode()), times=2)
    async with started(tmp_path, settings_for(fake)) as bot:
        await bot.logged("UnreadableResponse: shards is missing or can't be right", times=2)
        await fake.ready(commands=True, timeout=WHILE_STARTING)

        assert titles(await fake.reply_to(await ask_somewhere(guild))) == [CODING]
        await stop_cleanly(bot)


async def test_pages_of_a_proxy_do_not_end_a_running_bot(fake: FakeDiscord, guild: Guild, tmp_path: Path) -> None:
    async with answering(tmp_path, fake) as bot:
        await fake.reply_to(await ask_somewhere(guild))
        fake.faults.on("*", *PAGES, times=9)

        asked = [await ask_somewhere(guild) for _ in range(3)]

        assert [titles(await fake.reply_to(each, WHILE_STARTING)) for each in asked] == [[CODING]] * 3
        await stop_cleanly(bot)
