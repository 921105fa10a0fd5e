"""What an operator sees of a bot that runs: its readiness, its metrics, its log."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from e2e.database import file_of
from e2e.questions import CODING, DEGREE
from storage.locking import locked

from bot.storage.resolutions import QuestionSource, Resolution
from bot_process import TIMEOUT, BotProcess, answering, free_port
from fake_discord import Channel, FakeDiscord, Guild, Member, Status
from faults.asking import SEND
from faults.scraping import metrics_text, readiness, samples

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def monitoring() -> str:
    return f"127.0.0.1:{free_port()}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(fake: FakeDiscord, guild: Guild, directory: Path, monitoring: str) -> AsyncIterator[BotProcess]:
    """A bot that is watched; it has looked through the lobby, and logs for machines."""
    assert guild.me
    async with answering(directory, fake, MONITORING_ADDRESS=monitoring, LOG_FORMAT="json") as bot:
        await bot.logged("Ready as")
        yield bot
        assert await bot.stop() == 0, bot.log


async def changes(monitoring: str, before: dict[str, float]) -> dict[str, float]:
    """Return by how much what is counted has grown."""
    return {name: value - before.get(name, 0.0) for name, value in (await samples(monitoring)).items()}


async def eventually_ready(fake: FakeDiscord, monitoring: str, expected: tuple[int, dict[str, bool]]) -> None:
    """Wait until /readyz says something: the bot notices each thing in its own time."""
    status, checks = expected
    for _ in range(round(TIMEOUT / 0.2)):
        found, says = await readiness(monitoring)
        if found == status and checks.items() <= says.items():
            return
        await fake.closing_within(0.2)
    raise AssertionError(f"{found} {says} instead of {expected}")


@pytest.mark.usefixtures("accounted_for")
async def test_it_is_not_ready_while_the_database_is_away_and_ready_once_it_is_back(
    fake: FakeDiscord, bot: BotProcess, directory: Path, monitoring: str
) -> None:
    assert bot.pid
    with locked(file_of(directory)):
        await eventually_ready(fake, monitoring, (503, {"ready": False, "database": False, "gateway": True}))
        assert (await samples(monitoring))["database_up"] == 0

    await eventually_ready(fake, monitoring, (200, {"ready": True, "database": True}))
    assert (await samples(monitoring))["database_up"] == 1


@pytest.mark.usefixtures("accounted_for")
async def test_it_is_not_ready_while_its_session_is_lost_and_ready_once_it_has_another(
    fake: FakeDiscord, bot: BotProcess, monitoring: str
) -> None:
    before = await samples(monitoring)

    fake.gateway.invalidate()  # discord.py lets 5 s pass before it begins another
    await eventually_ready(fake, monitoring, (503, {"ready": False, "gateway": False, "database": True}))
    assert (await samples(monitoring))["shard_up{shard=0}"] == 0

    await eventually_ready(fake, monitoring, (200, {"ready": True, "gateway": True}))
    await bot.logged("Ready as", times=2)
    await eventually_grown(monitoring, before, {"identifies_total": 1, "gaps_total": 1})
    assert (await samples(monitoring))["shard_up{shard=0}"] == 1


async def eventually_grown(monitoring: str, before: dict[str, float], expected: dict[str, float]) -> None:
    """Wait until all that is expected has been counted."""
    for _ in range(round(TIMEOUT / 0.2)):
        grown = await changes(monitoring, before)
        if {name: grown.get(name) for name in expected} == expected:
            return
        await FakeDiscord().closing_within(0.1)
    raise AssertionError({name: grown.get(name) for name in expected})


@pytest.mark.usefixtures("accounted_for")
async def test_known_traffic_is_counted_by_face_and_by_what_became_of_it(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel, monitoring: str
) -> None:
    before = await samples(monitoring)

    await fake.reply_to(await mia.asks(channel, CODING))
    await fake.reply_to(await mia.asks(channel, DEGREE))
    await fake.reply_to(await mia.asks(channel, "qwertz uiop asdf"))
    await fake.reaction(await mia.asks(channel, "thank you"))
    await fake.reply_to(await mia.sends_dm(CODING))
    await fake.reply_to(await mia.sends_dm(DEGREE))
    await fake.reaction(await mia.sends_dm(CODING))  # the sixth within a minute, without the thanks
    max_ = guild.add_member("max")
    await (await max_.slash(channel, "ask", question=CODING)).response()
    closed = guild.add_text_channel("closed")
    fake.faults.on(SEND, Status(403, 50013), times=1)
    await max_.asks(closed, CODING)
    elsewhere = guild.add_text_channel("elsewhere")
    fake.faults.on(SEND, Status(503), times=2)
    await fake.reply_to(await max_.asks(elsewhere, CODING))

    resolutions = {
        (QuestionSource.mention, Resolution.answered): 4,
        (QuestionSource.mention, Resolution.declined_courtesy): 1,
        (QuestionSource.mention, Resolution.closed_not_allowed): 1,
        (QuestionSource.direct, Resolution.answered): 2,
        (QuestionSource.direct, Resolution.declined_too_many): 1,
        (QuestionSource.interaction, Resolution.answered): 1,
    }
    expected = {
        f"fates_total{{face={source},fate={resolution}}}": float(resolutions.get((source, resolution), 0))
        for source in QuestionSource
        for resolution in Resolution
    }
    expected |= {
        "questions_total{face=mention,outcome=answered}": 3,
        "questions_total{face=mention,outcome=refused}": 1,
        "questions_total{face=mention,outcome=social}": 1,
        "questions_total{face=direct,outcome=answered}": 2,
        "questions_total{face=interaction,outcome=answered}": 1,
        "reply_seconds_count{face=mention}": 4,
        "reply_seconds_count{face=direct}": 2,
        "acknowledge_seconds_count": 1,
        "retries_total{reason=server_error}": 2,
        "retries_total{reason=timeout}": 0,
        "identifies_total": 0,
        "questions_in_flight": 0,
    }
    await eventually_grown(monitoring, before, expected)


@pytest.mark.usefixtures("accounted_for")
async def test_the_time_to_a_reply_is_without_what_the_database_takes_afterwards(
    fake: FakeDiscord, mia: Member, channel: Channel, directory: Path, monitoring: str
) -> None:
    before = await samples(monitoring)
    with locked(file_of(directory)):
        asked = await mia.asks(channel, "will it rain tomorrow on the hills of Umbria")
        await fake.reply_to(asked)
        await eventually_grown(monitoring, before, {"reply_seconds_count{face=mention}": 1})
        taken = (await samples(monitoring))["reply_seconds_sum{face=mention}"] - before[
            "reply_seconds_sum{face=mention}"
        ]

    assert taken < (fake.ledger.entry(asked).seconds or 0.0) + 1.0


@pytest.mark.usefixtures("bot")
async def test_all_that_can_be_counted_stands_there_from_the_beginning(monitoring: str) -> None:
    shown = await samples(monitoring)

    for family in (
        "questions_total{",
        "fates_total{",
        "reply_seconds_bucket{",
        "acknowledge_seconds_bucket{",
        "retries_total{",
        "circuit_open",
        "circuit_opened_total",
        "identifies_total",
        "gaps_total",
        "gap_questions_total",
        "gap_channels_skipped_total{",
        "unseen_seconds_total",
        "dropped_total{",
        "loop_lag_seconds_bucket{",
        "knowledge_info{",
        "knowledge_reloads_total{",
        "shard_up{",
        "database_up",
        "questions_in_flight",
    ):
        assert any(name.startswith(family) for name in shown), family
    assert "process_resident_memory_bytes" in await metrics_text(monitoring)


@pytest.mark.usefixtures("accounted_for")
async def test_all_lines_about_a_question_carry_its_id_and_no_others_do(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel, bot: BotProcess
) -> None:
    fake.faults.on(SEND, Status(403, 50013), times=1)
    refused = await mia.asks(channel, CODING)
    await bot.logged(f'"question": "{refused.id}"')
    asked = [await mia.asks(guild.add_text_channel("general"), CODING) for _ in range(3)]
    for each in asked:
        await fake.reply_to(each)
        await bot.logged(f'"question": "{each.id}"')

    lines = [json.loads(line) for line in bot.lines]
    [said] = [line for line in lines if line.get("question") == str(refused.id)]
    assert said["message"].startswith(f"Can't answer message {refused.id} in channel {channel.id}:")
    assert (said["fate"], said["face"]) == ("closed_not_allowed", "mention")
    for each in asked:
        [line] = [line for line in lines if line.get("question") == str(each.id)]
        assert line["fate"] == "answered"
    assert all(line["message"] != "Question settled." for line in lines if "question" not in line)
