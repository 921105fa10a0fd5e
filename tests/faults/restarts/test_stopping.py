"""How a bot ends, as its operator wishes or not, and what its successor finishes."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml
from e2e.database import eventually, file_of, rows, votes
from e2e.questions import CODING, titles
from storage.locking import locked

from bot.storage.resolutions import Resolution
from bot_process import BotProcess, answering, settings_for, started
from fake_discord import FakeDiscord, Guild, Hang, Lost, Message, Permission, Reset, Slow, Status
from faults.accounting import killed, resolutions
from faults.asking import SEND, TIME_TO_STOP, WHILE_STARTING, ask_somewhere, claim_earlier, forbid, said_in

BY_SIGNAL = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])


async def sent(fake: FakeDiscord, times: int) -> None:
    await fake.wait_for(lambda: len(fake.requests_to(SEND)) >= times, timeout=10, what=f"{times} replies on their way")


async def ended_quietly(bot: BotProcess) -> None:
    """Wait for the end: in time, as wished, and without a word about anything that would be its fault."""
    begun = time.monotonic()
    assert await bot.ended() == 0, bot.log
    assert time.monotonic() - begun < TIME_TO_STOP
    for trouble in ("Traceback", " ERROR ", "Session is closed", "never retrieved", "was destroyed"):
        assert trouble not in bot.log, bot.log


async def restarted(directory: Path, fake: FakeDiscord, *asked: Message) -> None:
    """Start a successor, wait until it has answered what it should, and stop it."""
    async with answering(directory, fake) as bot:
        for each in asked:
            assert titles(await fake.reply_to(each, WHILE_STARTING)) == [CODING], bot.log
        await eventually(lambda: None in resolutions(directory).values(), expected=False, what="claims left open")
        assert await bot.stop() == 0, bot.log


@BY_SIGNAL
async def test_the_first_signal_finishes_what_is_in_flight_and_leaves_later_questions(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, number: signal.Signals
) -> None:
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Slow(1.5))
        asked = [await ask_somewhere(guild) for _ in range(50)]
        await sent(fake, 50)

        bot.send(number)
        await fake.wait_for(lambda: not fake.gateway.connected, what="the end of the session")
        later = [await ask_somewhere(guild) for _ in range(3)]
        await ended_quietly(bot)

    assert [len(fake.ledger.entry(each).answers) for each in asked] == [1] * 50
    assert {resolutions(tmp_path)[each.id] for each in asked} == {Resolution.answered}
    fake.faults.clear()
    await restarted(tmp_path, fake, *later)


@BY_SIGNAL
async def test_a_second_signal_ends_the_bot_at_once_and_the_next_one_finishes(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, number: signal.Signals
) -> None:
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, Hang())
        asked = [await ask_somewhere(guild) for _ in range(5)]
        await sent(fake, 5)
        bot.send(number)
        await fake.wait_for(lambda: not fake.gateway.connected, what="the end of the session")

        begun = time.monotonic()
        bot.send(number)
        assert await bot.ended() == 128 + number, bot.log
        assert time.monotonic() - begun < TIME_TO_STOP / 2

    fake.faults.clear()
    await restarted(tmp_path, fake, *asked)


@pytest.mark.parametrize("failure", [Hang(), Status(503)], ids=repr)
async def test_what_does_not_get_through_is_given_up_in_time_and_answered_by_the_next_one(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, failure: Hang | Status
) -> None:
    async with answering(tmp_path, fake) as bot:
        fake.faults.on(SEND, failure)
        asked = [await ask_somewhere(guild) for _ in range(5)]
        await sent(fake, 5)
        with locked(file_of(tmp_path)):  # so that there is time between the end of Discord and that of the process
            bot.send(signal.SIGTERM)
            await ended_quietly(bot)

    assert "5 questions in flight are left to the next start" in bot.log
    fake.faults.clear()
    await restarted(tmp_path, fake, *asked)


async def test_a_locked_database_does_not_keep_the_bot_from_ending_in_time(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    async with answering(tmp_path, fake) as bot:
        with locked(file_of(tmp_path)):
            asked = await ask_somewhere(guild)
            await fake.reply_to(asked)
            bot.send(signal.SIGTERM)
            await ended_quietly(bot)

    await restarted(tmp_path, fake)
    assert len(fake.ledger.entry(asked).answers) == 1


async def test_a_bot_that_is_stopped_while_it_catches_up_leaves_the_rest_to_the_next_one(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    asked = [await ask_somewhere(guild) for _ in range(20)]
    slow = fake.faults.on(SEND, Slow(0.3))
    async with answering(tmp_path, fake) as bot:
        await fake.wait_for(lambda: slow.hits >= 4, timeout=WHILE_STARTING, what="some answers")
        bot.send(signal.SIGTERM)
        await ended_quietly(bot)

    assert slow.hits < 10
    assert set(resolutions(tmp_path).values()) == {Resolution.answered}  # what was begun was finished
    fake.faults.clear()
    await restarted(tmp_path, fake, *asked)


@BY_SIGNAL
@pytest.mark.parametrize("moment", ["GET /users/@me", "PUT /applications/{application_id}/commands"])
async def test_a_bot_that_is_stopped_while_it_starts_ends_without_a_fuss(
    fake: FakeDiscord, tmp_path: Path, number: signal.Signals, moment: str
) -> None:
    async with started(tmp_path, settings_for(fake)) as bot:
        await fake.request(moment, timeout=WHILE_STARTING)
        bot.send(number)
        await ended_quietly(bot)


@BY_SIGNAL
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("library", ["_pydantic_core", "_asyncio", "fuzz_cpp", "_multidict", "sqlite3"])
async def test_a_bot_that_is_stopped_while_it_loads_ends_without_a_traceback(
    fake: FakeDiscord, tmp_path: Path, number: signal.Signals, library: str
) -> None:
    async with started(tmp_path, settings_for(fake)) as bot:
        maps = Path(f"/proc/{bot.pid}/maps")  # nothing else shows yet how far it is
        await eventually(lambda: library in maps.read_text(encoding="utf-8"), expected=True, what=f"{library} loaded")
        bot.send(number)
        at_once = 128 + number if number is signal.SIGINT else -number
        assert await bot.ended() in {0, at_once}, bot.log

    assert "Traceback" not in bot.log, bot.log
    await restarted(tmp_path, fake)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_a_bot_that_is_stopped_while_it_encodes_its_knowledge_does_not_finish_that_first(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    settings = {"ENCODER": "on", "KNOWLEDGE_DIR": str(write_much_knowledge(tmp_path / "knowledge"))}
    async with started(tmp_path, settings_for(fake) | settings) as bot:
        maps = Path(f"/proc/{bot.pid}/maps")
        await eventually(lambda: "onnxruntime" in maps.read_text(encoding="utf-8"), expected=True, what="an encoder")
        bot.send(signal.SIGTERM)
        await ended_quietly(bot)


async def test_a_click_that_is_being_carried_out_is_finished(fake: FakeDiscord, guild: Guild, tmp_path: Path) -> None:
    asked = await ask_somewhere(guild)
    async with answering(tmp_path, fake) as bot:
        answer = await fake.reply_to(asked, WHILE_STARTING)
        fake.faults.on("POST /interactions/*", Slow(0.5))
        vote = await guild.add_member("max").clicks(answer, "👍")
        await fake.request("POST /interactions/{interaction_id}/{interaction_token}/callback")
        bot.send(signal.SIGTERM)
        shown = await vote.answer()
        await ended_quietly(bot)

    assert "👍" in shown.said
    assert len(votes(tmp_path, answer.id)) == 1


class TestKilledBetweenClaimAndReply:
    """What the next process makes of a claim that was left open."""

    @pytest.fixture(params=["arrived", "not arrived"])
    async def asked(
        self, request: pytest.FixtureRequest, fake: FakeDiscord, guild: Guild, tmp_path: Path
    ) -> AsyncIterator[Message]:
        """A question whose reply arrived or not, which the process never heard of, for it was killed."""
        async with answering(tmp_path, fake) as bot:
            fake.faults.on(SEND, Lost(Hang()) if request.param == "arrived" else Hang())
            asked = await ask_somewhere(guild)
            await sent(fake, 1)
            await killed(bot, tmp_path, asked)
        fake.faults.clear()
        assert len(fake.ledger.entry(asked).answers) == (request.param == "arrived")
        yield asked
        assert len(said_in(asked.channel)) <= 1

    @pytest.mark.parametrize("seconds", [0, 240])
    async def test_the_reply_is_sent_again_only_if_the_history_shows_none(
        self, fake: FakeDiscord, tmp_path: Path, asked: Message, seconds: float
    ) -> None:
        had_arrived = bool(fake.ledger.entry(asked).answers)
        pass_time(fake, tmp_path, seconds=seconds)
        await restarted(tmp_path, fake, asked)

        assert [request.body["nonce"] for request in fake.requests_to(SEND)] == [str(asked.id)] * (2 - had_arrived)
        assert resolutions(tmp_path) == {asked.id: Resolution.answered}
        assert len(said_in(asked.channel)) == 1

    async def test_later_and_without_history_it_is_closed_rather_than_sent_twice(
        self, fake: FakeDiscord, tmp_path: Path, asked: Message
    ) -> None:
        forbid(asked.channel, Permission.READ_MESSAGE_HISTORY)
        pass_time(fake, tmp_path, seconds=240)
        await restarted(tmp_path, fake)

        assert len(fake.requests_to(SEND)) == 1
        assert resolutions(tmp_path) == {asked.id: Resolution.closed_unconfirmed}

    @pytest.mark.parametrize("asked", ["not arrived"], indirect=True)
    async def test_after_a_quarter_of_an_hour_it_is_too_late(
        self, fake: FakeDiscord, tmp_path: Path, asked: Message
    ) -> None:
        pass_time(fake, tmp_path, seconds=960)
        await restarted(tmp_path, fake)

        assert len(fake.requests_to(SEND)) == 1
        assert resolutions(tmp_path) == {asked.id: Resolution.closed_too_late}


async def test_a_question_declined_by_reaction_before_a_kill_is_not_answered_too(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    async with answering(tmp_path, fake, QUESTIONS_A_MINUTE="1") as bot:
        await fake.reply_to(await mia.asks(channel, CODING))
        fake.faults.on("PUT *", Lost(Reset()), Lost(Hang()))
        declined = await mia.asks(channel, CODING)
        await fake.reaction(declined)
        await bot.abandon()
    fake.faults.clear()
    await restarted(tmp_path, fake)

    assert len(fake.ledger.entry(declined).answers) == 0


def write_much_knowledge(folder: Path) -> Path:
    """Write knowledge that takes much longer to encode than a bot may take to stop."""
    entries = {
        f"entry-{number}": {
            "question": f"What is {number}?",
            "answer": f"It is {number}.",
            "phrasings": [f"{'what is the one number ' * 10} {number} {other}" for other in range(30)],
        }
        for number in range(30)
    }
    folder.mkdir()
    (folder / "faq.yaml").write_text(yaml.safe_dump({"name": "Numbers", "entries": entries}), encoding="utf-8")
    return folder


def pass_time(fake: FakeDiscord, directory: Path, *, seconds: float) -> None:
    """Let time pass for Discord, and for what the bot remembers."""
    fake.clock.advance(seconds)
    claim_earlier(directory, seconds)
    assert rows(directory, "SELECT count(*) FROM claims WHERE fate IS NULL") != [(0,)]
