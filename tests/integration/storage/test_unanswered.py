from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.storage.database import Database
from bot.storage.engines import _set_up_sqlite
from bot.storage.errors import StorageUnavailable, TracesLeft
from bot.storage.unanswered import Reason, UnansweredQuestion, UnansweredQuestions

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLANTED = "xylophone" * 50  # long enough for a page of its own, were there such
QUESTION = UnansweredQuestion(
    message_id=2**63 - 1,
    server_id=7,
    channel_id=70,
    asker="a" * 64,
    text=f"{PLANTED} für “alle” 🦊?",
    reason=Reason.refused,
    nearest="coding",
    asked_at=NOON,
)
OTHER = UnansweredQuestion(1, 8, 80, "b" * 64, "another", Reason.not_taken, None, NOON + timedelta(days=1))


async def kept(questions: UnansweredQuestions) -> tuple[UnansweredQuestion, ...]:
    return await questions.asked_since(NOON - timedelta(days=100))


async def test_a_question_is_kept_as_it_was(database: Database) -> None:
    questions = UnansweredQuestions(database=database)
    await questions.remember(QUESTION)
    await questions.remember(OTHER)

    assert await kept(questions) == (OTHER, QUESTION)
    assert await questions.asked_since(NOON, server_id=7) == (QUESTION,)
    assert await questions.asked_since(NOON + timedelta(seconds=1), server_id=7) == ()


async def test_a_message_has_one_question_the_latest(database: Database) -> None:
    questions = UnansweredQuestions(database=database)
    await questions.remember(QUESTION)
    later = replace(QUESTION, reason=Reason.not_taken, text="shorter")
    await questions.remember(later)

    assert await kept(questions) == (later,)


async def test_a_vote_takes_the_place_of_a_vote_and_of_no_other_reason(database: Database) -> None:
    questions = UnansweredQuestions(database=database)
    first, again = (replace(QUESTION, reason=Reason.voted_down, nearest=nearest) for nearest in ("coding", "degree"))
    await questions.remember(OTHER)
    for question in (first, again, replace(OTHER, reason=Reason.voted_down)):
        await questions.remember(question)

    assert await kept(questions) == (OTHER, again)
    await questions.remember(QUESTION)
    assert await kept(questions) == (OTHER, QUESTION)


PURGES: dict[str, Callable[[UnansweredQuestions], Awaitable[int]]] = {
    "message": lambda questions: questions.forget_messages([5, QUESTION.message_id]),
    "channel": lambda questions: questions.forget_channels([5, QUESTION.channel_id]),
    "asker": lambda questions: questions.forget_asker(QUESTION.asker, NOON),
    "deadline": lambda questions: questions.forget_expired(NOON + timedelta(days=30)),
}


@pytest.mark.parametrize("purge", PURGES.values(), ids=PURGES)
async def test_what_is_forgotten_is_gone_and_nothing_else(
    database: Database, purge: Callable[[UnansweredQuestions], Awaitable[int]]
) -> None:
    questions = UnansweredQuestions(database=database)
    await questions.remember(QUESTION)
    await questions.remember(OTHER)

    assert await purge(questions) == 1
    assert await kept(questions) == (OTHER,)
    assert await purge(questions) == 0


async def test_nothing_is_forgotten_before_its_deadline(database: Database) -> None:
    questions = UnansweredQuestions(database=database)
    await questions.remember(QUESTION)
    await questions.forget_expired(NOON + timedelta(days=30) - timedelta(milliseconds=1))

    assert await kept(questions) == (QUESTION,)


async def test_all_can_be_forgotten_at_once(database: Database) -> None:
    questions = UnansweredQuestions(database=database)
    await questions.remember(QUESTION)
    await questions.remember(OTHER)

    assert await questions.forget_all() == 2
    assert await kept(questions) == ()


async def test_thousands_of_messages_can_be_forgotten_at_once(database: Database) -> None:
    questions = UnansweredQuestions(database=database)
    for message_id in (1, 700, 39_999):
        await questions.remember(replace(OTHER, message_id=message_id))

    assert await questions.forget_messages(range(40_000)) == 3
    assert await kept(questions) == ()


async def test_with_a_reason_only_what_is_kept_for_that_is_forgotten(database: Database) -> None:
    questions = UnansweredQuestions(database=database)
    await questions.remember(QUESTION)
    await questions.remember(OTHER)
    ids = [QUESTION.message_id, OTHER.message_id]

    assert await questions.forget_messages(ids, reason=Reason.voted_down) == 0
    assert await questions.forget_messages(ids, reason=Reason.not_taken) == 1
    assert await kept(questions) == (QUESTION,)


async def test_of_a_server_with_too_many_the_oldest_go(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.unanswered.MAX_PER_SERVER", 10)
    questions = UnansweredQuestions(database=database)
    await questions.remember(OTHER)
    for number in range(20):
        asked_at = NOON - timedelta(minutes=number % 5)
        await questions.remember(replace(QUESTION, message_id=100 + number, asked_at=asked_at))

    left = await questions.asked_since(NOON - timedelta(days=1), server_id=7)

    assert len(left) == 10
    assert {NOON - question.asked_at for question in left} == {timedelta(minutes=minutes) for minutes in (0, 1, 2)}
    assert OTHER in await kept(questions)


def found_in(folder: Path) -> set[str]:
    """Return the names of the files with the planted word in them."""
    return {file.name for file in folder.iterdir() if b"xylophone" in file.read_bytes()}


@pytest.mark.parametrize("purge", PURGES.values(), ids=PURGES)
@pytest.mark.parametrize("is_old", [False, True], ids=["just asked", "asked before the start"])
async def test_what_is_forgotten_is_in_no_file_any_more(
    tmp_path: Path, purge: Callable[[UnansweredQuestions], Awaitable[int]], *, is_old: bool
) -> None:
    address = f"sqlite:///{tmp_path}/bot.db"
    async with Database.open(address) as database:
        questions = UnansweredQuestions(database=database)
        for number in range(50):
            await questions.remember(replace(QUESTION, message_id=QUESTION.message_id - number))
            await questions.remember(replace(OTHER, message_id=100 + number))
        await questions.remember(QUESTION)
        if is_old:
            await database.erase_traces()  # moves it from the log into the file
        assert found_in(tmp_path)

        await questions.forget_messages(range(QUESTION.message_id - 49, QUESTION.message_id))
        await purge(questions)

        assert found_in(tmp_path) == set()
        assert len(await kept(questions)) == 50


def test_what_is_deleted_is_overwritten_also_where_sqlite_is_not_built_to_do_so() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        _set_up_sqlite(connection, None)

        assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)


async def test_what_gives_way_to_a_shorter_text_leaves_no_traces_after_the_next_purge(tmp_path: Path) -> None:
    async with Database.open(f"sqlite:///{tmp_path}/bot.db") as database:
        questions = UnansweredQuestions(database=database)
        await questions.remember(QUESTION)
        await questions.remember(replace(QUESTION, text="short"))
        await questions.forget_expired(NOON)

        assert found_in(tmp_path) == set()


async def test_traces_that_a_reader_holds_fast_are_told_and_erased_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    async with Database.open(f"sqlite:///{file}", timeout=0.5) as database:
        questions = UnansweredQuestions(database=database)
        await questions.remember(QUESTION)
        with closing(sqlite3.connect(file, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM unanswered").fetchone()
            with pytest.raises(StorageUnavailable, match="keeps reading the database"):
                await questions.forget_asker(QUESTION.asker, NOON)
            reader.execute("COMMIT")
        await questions.forget_asker(QUESTION.asker, NOON)

        assert found_in(tmp_path) == set()


async def test_however_many_are_forgotten_all_are_though_a_reader_holds_their_traces_fast(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    async with Database.open(f"sqlite:///{file}", timeout=0.5) as database:
        questions = UnansweredQuestions(database=database)
        for id_ in (1, 1000):
            await questions.remember(replace(QUESTION, message_id=id_))
        with closing(sqlite3.connect(file, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM unanswered").fetchone()
            with pytest.raises(TracesLeft):
                await questions.forget_messages(range(1, 1001))

        assert await kept(questions) == ()


async def test_a_database_that_fails_is_one_kind_of_error_which_repeats_nothing(database: Database) -> None:
    questions = UnansweredQuestions(database=database)
    async with database.writing() as connection:
        await connection.execute(text("DROP TABLE unanswered"))

    for use in (questions.remember(QUESTION), kept(questions), questions.forget_all()):
        with pytest.raises(StorageUnavailable) as refusal:
            await use
        assert "xylophone" not in str(refusal.value)


async def test_many_can_be_kept_and_forgotten_at_the_same_time(database: Database) -> None:
    questions = UnansweredQuestions(database=database)
    await asyncio.gather(
        *(questions.remember(replace(QUESTION, message_id=number, channel_id=number % 3)) for number in range(30)),
        *(questions.forget_channels([number % 3]) for number in range(6)),
    )
    await asyncio.gather(*(questions.forget_channels([number]) for number in range(3)))

    assert await kept(questions) == ()
