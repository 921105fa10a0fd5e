"""What happens when the database is locked, full, read-only, away or nonsense."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.pool import Pool

from bot.storage.database import Database
from bot.storage.errors import StorageUnavailable, UnusableDatabase
from bot.storage.progress import Progress
from bot.storage.secret import SecretKey
from bot.storage.servers import ServerSettings, ServerSettingsStore
from bot.storage.votes import Tally, Votes
from storage.complaints import LONGER, NOT_FOREVER, TIMEOUT, complaint_of, recovered, vote
from storage.locking import locked


async def test_a_locked_database_reports_the_lock_and_recovers(sqlite_file: Path) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=TIMEOUT) as database:
        votes = Votes(database=database)
        await recovered(lambda: votes.cast(vote()))
        with locked(sqlite_file):
            assert "The database can't be used right now: " in await complaint_of(votes.cast(vote(2)))
            assert not database.is_available
            assert await recovered(lambda: votes.tally(1)) == Tally(helpful=1, unhelpful=0)  # reads still work

        assert await recovered(lambda: votes.cast(vote(2))) == Tally(helpful=1, unhelpful=0)
        assert database.is_available


async def test_a_long_queue_for_a_locked_database_fails_together(sqlite_file: Path) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=TIMEOUT) as database:
        votes = Votes(database=database)
        with locked(sqlite_file):
            uses = [asyncio.create_task(votes.cast(vote(number))) for number in range(1, 50)]
            complaints = [await complaint_of(use) for use in uses]

        # Whoever waits behind others runs out of time in the queue. If each waited for SQLite in turn, the last
        # would wait 49 times as long. Counting them, unlike measuring, gives the same result on a busy machine.
        assert sum("no answer within" in complaint for complaint in complaints) >= 47
        for number in range(1, 50):
            assert await recovered(lambda number=number: votes.tally(number)) == Tally(helpful=0, unhelpful=0)  # type: ignore[misc]
        assert await recovered(lambda: votes.cast(vote())) == Tally(helpful=1, unhelpful=0)


async def test_waiting_for_a_lock_leaves_the_event_loop_free(sqlite_file: Path) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=NOT_FOREVER) as database:
        with locked(sqlite_file):
            use = asyncio.create_task(Votes(database=database).cast(vote()))
            await asyncio.sleep(0.1)  # a loop that waits along gets here only when SQLite has given up

        assert await use == Tally(helpful=1, unhelpful=0)


async def test_giving_up_on_a_locked_database_leaves_it_usable(sqlite_file: Path) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}") as database:
        votes = Votes(database=database)
        with locked(sqlite_file):
            uses = [asyncio.create_task(votes.cast(vote(number))) for number in range(20)]
            await asyncio.wait(uses, timeout=0.1)
            for use in uses:
                use.cancel()
        await asyncio.wait(uses)

        assert all(use.cancelled() for use in uses)
        assert await recovered(lambda: votes.cast(vote(1))) == Tally(helpful=1, unhelpful=0)


async def test_closing_waits_for_the_thread_of_an_abandoned_connection(
    sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_disk_back, connect = threading.Event(), sqlite3.connect

    def connect_slowly(*arguments: Any, **options: Any) -> Any:
        is_disk_back.wait()
        return connect(*arguments, **options)

    before = set(threading.enumerate())
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=TIMEOUT) as database:
        await database._engine.dispose()  # so that the next use connects anew
        monkeypatch.setattr(sqlite3, "connect", connect_slowly)
        assert "no answer within 0.5 s" in await complaint_of(Votes(database=database).tally(1))
        [given_up] = set(threading.enumerate()) - before
        asyncio.get_running_loop().call_later(TIMEOUT / 5, is_disk_back.set)

    assert not given_up.is_alive()  # or it would tell a loop that may be closed by then


async def test_closing_gives_up_on_a_disk_that_hangs(sqlite_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=TIMEOUT) as database:
        await database._engine.dispose()
        with monkeypatch.context() as patch:
            patch.setattr(sqlite3, "connect", lambda *_, **__: is_over.wait())
            await complaint_of(Votes(database=database).tally(1))
        assert any(thread.is_alive() for thread in database._threads)

    is_over.set()
    async with asyncio.timeout(10):
        while any(thread.is_alive() for thread in database._threads):  # noqa: ASYNC110 - a thread sets no event
            await asyncio.sleep(0.01)


async def test_a_use_that_is_canceled_while_it_reads_keeps_no_lock(sqlite_file: Path) -> None:
    endless = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT n FROM number"
    reading = asyncio.Event()

    async def use(database: Database) -> None:
        async with database.writing() as connection:
            await connection.execute(text("DELETE FROM votes"))
            async with connection.stream(text(endless)) as numbers:
                async for _ in numbers:
                    reading.set()

    async with Database.open(f"sqlite:///{sqlite_file}", timeout=NOT_FOREVER) as database:
        using = asyncio.create_task(use(database))
        await reading.wait()
        using.cancel()
        [error] = await asyncio.gather(using, return_exceptions=True)
        assert isinstance(error, asyncio.CancelledError)  # and its traceback holds on to the cursor

        assert await Votes(database=database).cast(vote()) == Tally(helpful=1, unhelpful=0)


async def test_whoever_is_canceled_while_closing_leaves_nothing_open(sqlite_file: Path) -> None:
    async def use() -> None:
        async with Database.open(f"sqlite:///{sqlite_file}"):
            pass

    def cancel(*_: object) -> None:
        using.cancel()

    before = set(threading.enumerate())
    using = asyncio.create_task(use())
    event.listen(Pool, "close", cancel)
    try:
        with pytest.raises(asyncio.CancelledError):
            await using
    finally:
        event.remove(Pool, "close", cancel)

    assert set(threading.enumerate()) == before


async def test_settings_that_could_not_be_stored_do_not_apply(sqlite_file: Path) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=TIMEOUT) as database:
        store = ServerSettingsStore(database=database)
        await recovered(store.load_all)
        with locked(sqlite_file):
            await complaint_of(store.save(7, ServerSettings(private_by_default=False)))

            assert store.of(7) == ServerSettings()


async def test_a_full_disk_is_reported_and_keeps_what_was_stored(sqlite_file: Path) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}", timeout=NOT_FOREVER) as database:
        votes = Votes(database=database)
        async with database.reading() as connection:
            pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
            await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        stored = 0

        async def vote_and_vote() -> None:
            nonlocal stored
            while True:
                await votes.cast(vote(stored))
                stored += 1

        assert "database or disk is full" in await complaint_of(vote_and_vote())
        assert stored > 0
        assert await votes.tally(stored - 1) == Tally(helpful=1, unhelpful=0)
        async with database.reading() as connection:
            await connection.execute(text("PRAGMA max_page_count = 100000"))
        assert await votes.cast(vote(stored)) == Tally(helpful=1, unhelpful=0)


async def test_a_read_only_database_can_be_read(sqlite_file: Path) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}") as database:
        await Votes(database=database).cast(vote())

    async with Database.open(f"sqlite:///file:{sqlite_file}?mode=ro&uri=true", timeout=NOT_FOREVER) as database:
        votes = Votes(database=database)
        assert await votes.tally(1) == Tally(helpful=1, unhelpful=0)
        assert "attempt to write a readonly database" in await complaint_of(votes.cast(vote(2)))


async def test_a_file_that_is_not_a_database_is_reported_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    file.write_bytes(b"no database" * 1000)

    async with Database.open(f"sqlite:///{file}", timeout=LONGER) as database:
        assert "file is not a database" in await complaint_of(SecretKey(database=database).read())
    assert file.read_bytes() == b"no database" * 1000


async def test_a_folder_that_cannot_be_created_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    obstacle = tmp_path / "data"
    obstacle.touch()

    async with Database.open(f"sqlite:///{obstacle}/bot.db", timeout=TIMEOUT) as database:
        assert "The bot runs without it and tries again at each use." in caplog.text
        assert not database.is_available
        assert await complaint_of(SecretKey(database=database).read())

        obstacle.unlink()
        assert await recovered(SecretKey(database=database).read)


@pytest.mark.parametrize("planted", ["planted-sentence", "planted\nsentence\x00"])
async def test_stored_values_appear_in_no_error_or_log_line(
    database: Database, caplog: pytest.LogCaptureFixture, planted: str
) -> None:
    caplog.set_level(logging.INFO)
    async with database.writing() as connection:
        await connection.execute(text("DROP TABLE votes"))

    with pytest.raises(StorageUnavailable) as complaint:
        await Votes(database=database).forget_voter(planted)

    error: BaseException | None = complaint.value
    assert error is not None
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert "planted" not in str(error) + caplog.text


@pytest.mark.parametrize(
    "address",
    [
        "",
        "data/bot.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://data/bot.db",
        "mysql://user:secret-word@host/database",
        "postgresql://user:secret-word@host",
        "postgresql://user:secret-word@host:port/database",
        "postgresql://user:secret-word@host/database?no_such_option=1",
    ],
)
async def test_an_invalid_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(UnusableDatabase) as refusal:
        async with Database.open(address):
            pass

    assert "DATABASE_URL should" in str(refusal.value)
    assert "secret-word" not in str(refusal.value)


async def test_a_commit_waits_for_the_disk_unless_told_not_to(sqlite_file: Path) -> None:
    async with Database.open(f"sqlite:///{sqlite_file}") as database:
        for outlives_power_loss in (True, False, True):
            async with database.writing(outlives_power_loss=outlives_power_loss) as connection:
                settings = [
                    (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
                    for name in ("journal_mode", "synchronous", "foreign_keys")
                ]

            assert settings == ["wal", 2 if outlives_power_loss else 1, 1]  # 2: FULL, 1: NORMAL


@pytest.mark.skipif(os.name == "nt", reason="permissions are another matter on Windows")
async def test_a_new_database_folder_is_private(tmp_path: Path) -> None:
    async with Database.open(f"sqlite:///{tmp_path}/new/data/bot.db"):
        pass

    assert stat.S_IMODE((tmp_path / "new" / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_a_file_that_is_deleted_or_replaced_is_noticed_at_the_next_use(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, is_replaced: bool
) -> None:
    file, other = tmp_path / "bot.db", tmp_path / "other.db"
    before, now, after = (datetime(2026, 11, day, tzinfo=UTC) for day in (1, 22, 23))
    async with Database.open(f"sqlite:///{other}") as database:
        await Progress(database=database).write({0: before}, count=1)
    async with Database.open(f"sqlite:///{file}") as database:
        progress = Progress(database=database)
        await progress.write({0: now}, count=1)
        other.replace(file) if is_replaced else file.unlink()

        assert await progress.read([0], count=1) == ({0: before} if is_replaced else {})
        await progress.write({0: after}, count=1)

    assert caplog.text.count("Somebody deleted or replaced the database file.") == 1
    async with Database.open(f"sqlite:///{file}") as database:
        assert await Progress(database=database).read([0], count=1) == {0: after}
