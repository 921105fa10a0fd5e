"""A bot that runs: what its settings, its log and its monitoring promise, and how it stands a lost connection."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot_process import BotProcess, free_port, settings_for, started
from e2e.questions import CODING, titles
from fake_discord import FakeDiscord, Guild, Member

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLANTED = "does a tpm need to code, says the heron at midnight?"


@pytest.fixture(scope="module")
def monitoring() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(
    fake: FakeDiscord, guild: Guild, monitoring: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BotProcess]:
    """A bot whose settings come from `.env`, in a folder of its own, with its token in a file."""
    assert guild.me
    directory = tmp_path_factory.mktemp("bot")
    settings = settings_for(fake)
    (directory / "token.txt").write_text(settings.pop("DISCORD_TOKEN") + "\n", encoding="utf-8")
    settings |= {
        "DISCORD_TOKEN_FILE": str(directory / "token.txt"),
        "SOURCE_URL": "https://example.org/what-is-a-tpm",
        "CONTACT_URL": "https://example.org/write-to-us",
        "MONITORING_ADDRESS": monitoring,
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "DEBUG",
        "POSTGRES_PASSWORD": "somebody else's key",
        "PATH_TO_NOWHERE": "",
    }
    lines = [f'{name}="{value}"' for name, value in settings.items()]
    (directory / ".env").write_text("\n".join(["# ours and theirs", *lines]), encoding="utf-8")
    async with started(directory, {}) as bot:
        await bot.logged("Ready as")
        yield bot
        assert await bot.stop() == 0, bot.log


async def status_of(address: str, path: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(f"http://{address}{path}") as response:
        return response.status


async def test_settings_come_from_a_file_in_which_foreign_keys_are_ignored(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    answer = await fake.reply_to(await mia.asks(guild.add_text_channel("general"), CODING))

    assert titles(answer) == [CODING]
    assert "POSTGRES" not in bot.log


async def test_the_operators_address_of_the_source_is_linked_under_each_answer(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    answer = await fake.reply_to(await mia.asks(guild.add_text_channel("general"), CODING))

    assert "(<https://example.org/what-is-a-tpm>)" in answer.cards[0].source, bot.log


async def test_the_operators_address_to_write_to_is_a_button_below_the_contact_answer(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    asked = await mia.asks(guild.add_text_channel("general"), "Who can I contact if I want to work as a TPM?")
    answer = await fake.reply_to(asked)

    addresses = [button["url"] for button in answer.buttons if "url" in button]
    assert addresses == ["https://example.org/write-to-us"], bot.log


async def test_even_the_debug_log_shows_neither_the_token_nor_what_people_write(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    channel = guild.add_text_channel("general")

    await fake.reply_to(await mia.asks(channel, PLANTED))
    await (await mia.slash(channel, "ask", question=PLANTED)).answer()
    await (await mia.autocomplete(channel, "ask", question=PLANTED)).choices()

    assert '"DEBUG"' in bot.log
    assert fake.token not in bot.log
    assert "heron" not in bot.log


async def test_a_log_for_machines_has_a_json_object_in_each_line(bot: BotProcess) -> None:
    records = [json.loads(line) for line in bot.lines]

    assert {"time", "level", "logger", "message"} <= set(records[0])
    assert any(record["message"].startswith("Ready as tpm-bot") for record in records)


@pytest.mark.usefixtures("bot")
async def test_monitoring_says_that_it_lives_and_is_ready(monitoring: str) -> None:
    assert await status_of(monitoring, "/livez") == 200
    assert await status_of(monitoring, "/readyz") == 200


async def test_after_a_cut_connection_it_resumes_and_answers_what_was_asked_meanwhile(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    resumes, identifies = fake.gateway.resumes, fake.gateway.identifies

    fake.gateway.cut()
    answer = await fake.reply_to(await mia.asks(guild.add_text_channel("general"), CODING))

    assert titles(answer) == [CODING], bot.log
    assert (fake.gateway.resumes, fake.gateway.identifies) == (resumes + 1, identifies)


async def test_when_discord_asks_it_to_reconnect_it_resumes(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess
) -> None:
    resumes = fake.gateway.resumes

    fake.gateway.ask_to_reconnect()
    await fake.wait_for(lambda: fake.gateway.resumes > resumes, what="a RESUME")

    assert await fake.reply_to(await mia.asks(guild.add_text_channel("general"), CODING)), bot.log


async def test_while_discord_is_gone_it_is_not_ready_and_once_it_is_back_it_answers(
    fake: FakeDiscord, guild: Guild, mia: Member, bot: BotProcess, monitoring: str
) -> None:
    waiting = len([line for line in bot.lines if "Attempting a reconnect" in line])
    ready = len([line for line in bot.lines if "connected to Gateway" in line])

    await fake.stop()
    await bot.logged("Attempting a reconnect", times=waiting + 1)

    assert await status_of(monitoring, "/readyz") == 503
    assert await status_of(monitoring, "/livez") == 200

    await fake.start()
    await bot.logged("connected to Gateway", times=ready + 1)

    assert titles(await fake.reply_to(await mia.asks(guild.add_text_channel("general"), CODING))) == [CODING]
    assert await status_of(monitoring, "/readyz") == 200
    assert "traceback" not in bot.log


async def test_before_it_has_reached_discord_it_lives_and_is_not_ready(tmp_path: Path) -> None:
    address, nowhere = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    settings = {"DISCORD_TOKEN": "t", "DISCORD_API_URL": f"http://{nowhere}", "MONITORING_ADDRESS": address}

    async with started(tmp_path, settings) as bot:
        await bot.logged("Discord can't be reached")

        assert await status_of(address, "/livez") == 200
        assert await status_of(address, "/readyz") == 503
