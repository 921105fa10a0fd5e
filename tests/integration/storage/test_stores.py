from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, BigInteger, Boolean, Date, Float, Integer, String, Table, insert

from bot.storage.job_posts import JobPost, JobPostOptions
from bot.storage.resolutions import Resolution
from bot.storage.schema import OF_SERVERS, Instant
from bot.storage.statistics import Event
from bot.storage.stores import Stores
from bot.storage.unanswered import Reason, UnansweredQuestion
from bot.storage.votes import Vote
from storage.example_claims import numbered, rows
from storage.locking import locked

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_claims_and_counts_are_written_before_the_end(address: str) -> None:
    async with Stores.open(address) as stores:
        assert stores.claims.claim(numbered(1))
        stores.claims.settle(numbered(1), Resolution.answered)
        stores.recorder.record(Event.asked, server_id=7)

    async with Stores.open(address) as stores:
        assert await rows(stores.database) == {(1, "mention"): "answered"}
        assert len(await stores.statistics.totals(7, since=datetime(2020, 1, 1, tzinfo=UTC).date())) == 1


async def test_a_server_that_the_bot_left_leaves_no_claims(address: str) -> None:
    async with Stores.open(address) as stores:
        stores.claims.claim(numbered(1))
        stores.claims.claim(numbered(2, server_id=8))
        stores.claims.claim(numbered(3))
        stores.claims.settle(numbered(3), Resolution.answered)
        await stores.forget_server(7)
        await stores.claims.flush()

        assert await rows(stores.database) == {(2, "mention"): None}


async def test_forgetting_a_server_deletes_its_data_only(address: str) -> None:
    async with Stores.open(address) as stores:
        for server_id in (7, 8):
            vote = Vote(
                message_id=server_id,
                server_id=server_id,
                topics=("coding",),
                voter="a" * 64,
                helpful=True,
                cast_at=NOON,
            )
            post = JobPost(
                message_id=server_id,
                channel_id=1,
                server_id=server_id,
                options=JobPostOptions(),
                version="1",
                posted_at=NOON,
            )
            await stores.votes.cast(vote)
            await stores.job_posts.remember(post)
        await stores.forget_server(7)

        assert [(await stores.votes.tally(server_id)).helpful for server_id in (7, 8)] == [0, 1]
        assert [len(await stores.job_posts.of_server(server_id)) for server_id in (7, 8)] == [0, 1]
        assert [len(await stores.statistics.totals(server_id, since=NOON.date())) for server_id in (7, 8)] == [0, 1]
        assert await stores.votes.forget_voter(vote.voter) == 1


def is_in_a_file(text: bytes, folder: Path) -> bool:
    return any(text in file.read_bytes() for file in folder.iterdir())


async def test_what_was_asked_in_a_forgotten_server_is_in_no_file_any_more(tmp_path: Path) -> None:
    question = UnansweredQuestion(1, 7, 70, "a" * 64, "xylophone" * 50, Reason.refused, None, NOON)
    async with Stores.open(f"sqlite:///{tmp_path}/bot.db") as stores:
        await stores.unanswered.remember(question)
        assert is_in_a_file(b"xylophone", tmp_path)

        await stores.forget_server(7)

        assert not is_in_a_file(b"xylophone", tmp_path)


async def test_a_forgotten_server_is_in_no_table(address: str) -> None:
    async with Stores.open(address) as stores:
        for server_id in (7, 8):
            await stores.database.execute(*(insert(table).values(row_of(table, server_id)) for table in OF_SERVERS))
        left = await stores.servers_except([8])
        await stores.forget_server(7)

        assert left == (7,)
        assert await stores.servers_except([]) == (8,)


def row_of(table: Table, server_id: int) -> dict[str, Any]:
    """Return a row about a server, with the same in all columns of a kind."""
    values = {
        BigInteger: server_id,
        Boolean: True,
        Date: NOON.date(),
        Float: 0.5,
        Instant: NOON,
        Integer: 1,
        JSON: [],
        String: str(server_id),
    }
    return {column.name: values[type(column.type)] for column in table.c}


@pytest.mark.parametrize("after", [0.0, 1.5])
async def test_the_end_comes_within_four_seconds_also_when_the_database_is_locked(
    sqlite_file: Path, after: float
) -> None:
    with locked(sqlite_file):
        async with Stores.open(f"sqlite:///{sqlite_file}") as stores:
            stores.recorder.record(Event.asked, server_id=7)
            assert stores.claims.claim(numbered(1))
            await asyncio.sleep(after)
            before = time.monotonic()
        assert time.monotonic() - before < 4.0
