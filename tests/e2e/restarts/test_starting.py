"""What `tpm-bot run` does when it can't start, must wait, or is told to end."""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from bot_process import BotProcess, answering, free_port, settings_for, started
from e2e.questions import CODING, DEGREE, suggestion, titles
from fake_discord import FakeDiscord, Guild, Limited, Status

PORTAL = "https://discord.com/developers/applications"


async def only_line_of_a_refused_start(bot: BotProcess) -> str:
    """Wait for a configuration error: exit code 2, one sentence for people and no traceback."""
    assert await bot.ended() == 2, bot.log
    [line] = [line for line in bot.lines if " INFO " not in line]
    return line


async def test_without_a_token_it_says_where_to_get_one(fake: FakeDiscord, tmp_path: Path) -> None:
    async with started(tmp_path, settings_for(fake) | {"DISCORD_TOKEN": ""}) as bot:
        line = await only_line_of_a_refused_start(bot)

    assert "DISCORD_TOKEN" in line
    assert PORTAL in line
    assert not fake.requests


async def test_a_token_that_discord_refuses_is_said_to_be_refused(fake: FakeDiscord, tmp_path: Path) -> None:
    async with started(tmp_path, settings_for(fake) | {"DISCORD_TOKEN": "another.token"}) as bot:
        line = await only_line_of_a_refused_start(bot)

    assert "Discord refuses the bot's token" in line
    assert PORTAL in line
    assert "another.token" not in bot.log


async def test_a_token_that_the_gateway_refuses_is_said_to_be_refused(fake: FakeDiscord, tmp_path: Path) -> None:
    async with answering(tmp_path, fake) as bot:
        fake.gateway.close(4004)
        line = await only_line_of_a_refused_start(bot)

    assert "Discord refuses the bot's token" in line


async def test_refused_intents_are_said_to_be_refused(fake: FakeDiscord, tmp_path: Path) -> None:
    async with answering(tmp_path, fake) as bot:
        fake.gateway.close(4014)
        line = await only_line_of_a_refused_start(bot)

    assert "Discord refuses the bot's intents (4014)" in line
    assert PORTAL in line


async def test_a_shard_count_that_discord_refuses_is_reported(fake: FakeDiscord, tmp_path: Path) -> None:
    async with answering(tmp_path, fake, SHARD_COUNT="1") as bot:
        fake.gateway.close(4011)
        line = await only_line_of_a_refused_start(bot)

    assert "Discord refuses the number of shards (4011)" in line
    assert "SHARD_COUNT" in line


@pytest.mark.parametrize(
    ("shards", "complaint"),
    [
        ({"SHARD_COUNT": "4", "SHARD_IDS": "2-4"}, "SHARD_IDS names shard 4"),
        ({"SHARD_COUNT": "4", "SHARD_IDS": "2-3"}, "a database that all processes share"),
    ],
)
async def test_shards_that_a_process_cannot_have_are_refused(
    fake: FakeDiscord, tmp_path: Path, shards: dict[str, str], complaint: str
) -> None:
    async with started(tmp_path, settings_for(fake) | shards) as bot:
        assert complaint in await only_line_of_a_refused_start(bot)

    assert not fake.requests


async def test_knowledge_with_faults_is_refused_with_their_lines(fake: FakeDiscord, tmp_path: Path) -> None:
    shutil.copytree(SHIPPED_KNOWLEDGE, tmp_path / "ours")
    faq = tmp_path / "ours" / "faq.yaml"
    content = faq.read_text(encoding="utf-8")
    faq.write_text(content.replace("    question:", "    qestion:", 1), encoding="utf-8")
    number = content[: content.index("    question:")].count("\n") + 1

    async with started(tmp_path, settings_for(fake) | {"KNOWLEDGE_DIR": str(tmp_path / "ours")}) as bot:
        assert await bot.ended() == 2, bot.log

    assert any(f"faq.yaml:{number}: " in line and "qestion" in line for line in bot.lines)
    assert "Traceback" not in bot.log
    assert not fake.requests


async def test_an_address_for_monitoring_that_is_taken_is_named(fake: FakeDiscord, tmp_path: Path) -> None:
    taken = fake.gateway_url.removeprefix("ws://")

    async with started(tmp_path, settings_for(fake) | {"MONITORING_ADDRESS": taken}) as bot:
        line = await only_line_of_a_refused_start(bot)

    assert f"MONITORING_ADDRESS {taken} can't be used" in line


async def test_while_discord_is_unreachable_it_waits_longer_and_logs_each_attempt(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    await fake.stop()

    async with started(tmp_path, settings_for(fake)) as bot:
        lines = await bot.logged("Discord can't be reached", times=3)
        assert await bot.stop() == 0, bot.log

    announced = [float(seconds) for line in lines for seconds in re.findall(r"Next attempt in (\d+) s", line)]
    first, second, third = (datetime.fromisoformat(line[:23]) for line in lines)
    assert announced == sorted(set(announced))
    assert (third - second) / (second - first) > 1.05
    assert [line for line in bot.lines if " INFO " not in line] == lines


async def test_once_discord_is_there_it_answers(fake: FakeDiscord, guild: Guild, tmp_path: Path) -> None:
    await fake.stop()

    async with started(tmp_path, settings_for(fake)) as bot:
        await bot.logged("Discord can't be reached")
        await fake.start()
        await bot.while_running(fake.ready(commands=True), "connection to Discord")
        answer = await fake.reply_to(await guild.add_member("mia").asks(guild.add_text_channel("general"), CODING))

    assert titles(answer) == [CODING]


async def test_while_discord_answers_with_errors_it_waits_and_then_answers(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    fake.faults.on("GET /users/@me", Status(503), times=1)
    fake.faults.on("GET /gateway/bot", Status(503), times=1)

    async with answering(tmp_path, fake) as bot:
        answer = await fake.reply_to(await guild.add_member("mia").asks(guild.add_text_channel("general"), CODING))

    assert titles(answer) == [CODING]
    assert len([line for line in bot.lines if "Discord can't be reached" in line]) == 2
    assert "Traceback" not in bot.log


async def test_while_discord_refuses_the_commands_mentions_are_answered(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    fake.faults.on("PUT /applications/*/commands", Status(400, 30034))

    async with started(tmp_path, settings_for(fake)) as bot:
        [line] = await bot.logged("Can't register the commands")
        await bot.while_running(fake.ready(), "connection to Discord")
        answer = await fake.reply_to(await guild.add_member("mia").asks(guild.add_text_channel("general"), CODING))
        assert await bot.stop() == 0, bot.log

    assert "30034" in line
    assert titles(answer) == [CODING]
    assert "Traceback" not in bot.log


async def test_while_the_days_limit_on_commands_lasts_mentions_are_answered(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    fake.faults.on("PUT /applications/*/commands", Limited(retry_after=80_000))

    async with started(tmp_path, settings_for(fake)) as bot:
        await bot.logged("Retrying in 80000.00 seconds")
        await bot.while_running(fake.ready(), "connection to Discord")
        answer = await fake.reply_to(await guild.add_member("mia").asks(guild.add_text_channel("general"), CODING))
        assert await bot.stop() == 0, bot.log

    assert titles(answer) == [CODING]


async def test_an_address_at_which_there_is_no_discord_is_named(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.faults.on("GET /users/@me", Status(404))

    async with started(tmp_path, settings_for(fake)) as bot:
        line = await only_line_of_a_refused_start(bot)

    assert "404" in line
    assert "DISCORD_API_URL" in line


async def test_while_only_the_gateway_is_unreachable_it_waits_and_logs_each_attempt(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    port = free_port()

    async with started(tmp_path, settings_for(fake) | {"DISCORD_GATEWAY_URL": f"ws://127.0.0.1:{port}"}) as bot:
        [line] = await bot.logged("gateway can't be reached")
        async with forwarding(port, to=fake):
            await bot.while_running(fake.ready(), "connection to Discord")

    assert "Next attempt in 1 s" in line
    assert [line for line in bot.lines if " INFO " not in line] == [line]


async def test_sigterm_ends_it_promptly_and_in_peace(fake: FakeDiscord, tmp_path: Path) -> None:
    async with answering(tmp_path, fake) as bot:
        begun = time.monotonic()
        assert await bot.stop() == 0, bot.log

    assert time.monotonic() - begun < 10
    assert [line for line in bot.lines if " INFO " not in line] == []


async def test_buttons_still_work_after_a_restart(fake: FakeDiscord, guild: Guild, tmp_path: Path) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    async with answering(tmp_path, fake) as bot:
        answer = await fake.reply_to(await mia.asks(channel, CODING))
        suggested = await suggestion(fake, mia, channel)
        await bot.stop()

    async with answering(tmp_path, fake):
        related, chosen = await mia.clicks(answer, DEGREE), await mia.clicks(suggested, suggested.labels[0])

        assert titles(await related.answer()) == [DEGREE]
        await chosen.answer()
        assert len(titles(suggested)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_when_idle_it_stays_within_125_megabytes_of_memory(fake: FakeDiscord, tmp_path: Path) -> None:
    async with started(tmp_path, settings_for(fake)) as bot:  # a fork would count what it shares, too
        await bot.logged("Ready as")  # by then, what loading needed for a moment is handed back
        assert bot.resident_megabytes() <= 125


@asynccontextmanager
async def forwarding(port: int, *, to: FakeDiscord) -> AsyncIterator[None]:
    """Pass on what comes to a port to the fake Discord."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65536):
                writer.write(chunk)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", int(to.gateway_url.rpartition(":")[2]))
        await asyncio.gather(pass_on(reader, far_writer), pass_on(far_reader, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
