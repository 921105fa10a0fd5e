"""What happens when PostgreSQL is away, locked, read-only, too old, or silent."""

from __future__ import annotations

import asyncio
import socket

import pytest
from postgresql import PostgreSQLServer
from sqlalchemy import text

from bot.storage import migration
from bot.storage.database import Database
from bot.storage.errors import OldServer
from bot.storage.secret import SecretKey
from bot.storage.votes import Tally, Votes
from storage.complaints import LONGER, TIMEOUT, complaint_of, recovered, vote


async def test_the_bot_reconnects_when_postgresql_restarts(postgresql: PostgreSQLServer) -> None:
    async with Database.open(postgresql.empty_database(), timeout=TIMEOUT) as database:
        votes = Votes(database=database)
        await recovered(lambda: votes.cast(vote()))
        await asyncio.to_thread(postgresql.stop)
        try:
            for number in range(2, 12):
                assert (await complaint_of(votes.cast(vote(number)))).startswith(
                    "The database can't be used right now: "
                )
        finally:
            await asyncio.to_thread(postgresql.start)

        assert await recovered(lambda: votes.cast(vote(2))) == Tally(helpful=1, unhelpful=0)
        assert await recovered(lambda: votes.tally(1)) == Tally(helpful=1, unhelpful=0)


async def test_opening_waits_for_postgresql_to_start(postgresql: PostgreSQLServer) -> None:
    address = postgresql.empty_database()
    await asyncio.to_thread(postgresql.stop)
    starting = asyncio.create_task(asyncio.to_thread(postgresql.start))

    async with Database.open(address, timeout=20) as database:
        assert database.is_available
    await starting


async def test_a_locked_postgresql_table_is_reported(postgresql: PostgreSQLServer) -> None:
    address = postgresql.empty_database()
    async with Database.open(address, timeout=LONGER) as database, Database.open(address) as other:
        async with other.writing() as connection:
            await connection.execute(text("LOCK TABLE votes"))
            assert "somebody else has locked a table" in await complaint_of(Votes(database=database).cast(vote()))
        assert await recovered(lambda: Votes(database=database).cast(vote())) == Tally(helpful=1, unhelpful=0)


async def test_a_missing_postgresql_database_is_reported(postgresql: PostgreSQLServer) -> None:
    address = postgresql.empty_database().replace("@/postgres", "@/absent")

    async with Database.open(address, timeout=LONGER) as database:
        assert "no database of the name in DATABASE_URL" in await complaint_of(SecretKey(database=database).read())


async def test_a_read_only_standby_is_reported_and_can_be_read(postgresql: PostgreSQLServer) -> None:
    address = postgresql.empty_database()
    async with Database.open(address) as database:
        await Votes(database=database).cast(vote())
        await database.execute(text("ALTER DATABASE postgres SET default_transaction_read_only = on"))
    try:
        async with Database.open(address) as database:
            assert "as a standby" in await complaint_of(Votes(database=database).cast(vote()))
            assert await Votes(database=database).tally(vote().message_id) == Tally(helpful=1, unhelpful=0)
    finally:
        async with Database.open(address) as database, database.reading() as connection:
            await connection.execute(text("SET TRANSACTION READ WRITE"))
            await connection.execute(text("ALTER DATABASE postgres RESET default_transaction_read_only"))


async def test_a_postgresql_server_that_is_too_old_is_refused(
    postgresql: PostgreSQLServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "OLDEST_POSTGRESQL", (99,))

    with pytest.raises(OldServer, match=r"leads to PostgreSQL [0-9.]+. The bot needs PostgreSQL 99 or newer."):
        async with Database.open(postgresql.empty_database()):
            pass


async def test_a_postgresql_server_that_never_answers_times_out() -> None:
    pytest.importorskip("asyncpg")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the system takes connections, nobody serves them
        address = f"postgresql://user:password@127.0.0.1:{silent.getsockname()[1]}/bot"
        async with Database.open(address, timeout=TIMEOUT) as database:
            assert "no answer within 0.5 s" in await complaint_of(SecretKey(database=database).read())


async def test_addresses_from_postgresql_hosts_are_understood(postgresql: PostgreSQLServer) -> None:
    address = postgresql.empty_database().replace("postgresql://", "postgres://")

    async with Database.open(f"{address}&sslmode=prefer") as database:
        assert await SecretKey(database=database).read()
