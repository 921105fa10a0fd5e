from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.storage.claims import Claims
from bot.storage.claims_table import OPEN_KEPT_FOR
from bot.storage.database import Database
from bot.storage.resolutions import QuestionSource, Resolution
from bot.storage.write_behind import Pace
from storage.example_claims import CLAIM, LONG_AGO, NOON, claims_of, numbered, rows, written

NEVER = Pace(interval=3600.0, deadline=60.0)  # but at the end, or when told to


@pytest.fixture
async def claims(database: Database) -> AsyncIterator[Claims]:
    async with claims_of(database) as opened:
        yield opened


async def test_a_question_is_claimed_once(database: Database, claims: Claims) -> None:
    assert claims.claim(CLAIM)
    assert not claims.claim(replace(CLAIM, claimed_at=NOON + timedelta(seconds=1)))
    await written(claims)

    assert await rows(database) == {(CLAIM.message_id, "mention"): None}


async def test_the_same_message_can_be_claimed_for_each_source(claims: Claims) -> None:
    assert [claims.claim(replace(CLAIM, source=source)) for source in QuestionSource] == [True] * len(QuestionSource)


async def test_what_any_process_has_claimed_is_on_record(database: Database, claims: Claims) -> None:
    assert not await claims.is_on_record(CLAIM)
    claims.claim(CLAIM)
    assert await claims.is_on_record(CLAIM)
    claims.settle(CLAIM, Resolution.answered)
    assert await claims.is_on_record(CLAIM)
    assert not claims.claim(CLAIM)
    await claims.flush()

    async with claims_of(database) as restarted:
        assert await restarted.is_on_record(CLAIM)


async def test_what_is_settled_soon_is_written_once(database: Database) -> None:
    statements: Counter[str] = Counter()
    async with claims_of(database, pace=NEVER) as claims:
        event.listen(
            database._engine.sync_engine, "before_cursor_execute", lambda *sent: statements.update([sent[2].split()[0]])
        )
        for number in range(400):
            claims.claim(numbered(number))
            claims.settle(numbered(number), Resolution.answered)
        await claims.flush()

        assert statements["INSERT"] == 1
        assert list((await rows(database)).values()) == ["answered"] * 400


@pytest.mark.parametrize("resolution", Resolution)
async def test_every_resolution_is_written(database: Database, claims: Claims, resolution: Resolution) -> None:
    claims.claim(CLAIM)
    await claims.flush()
    claims.settle(CLAIM, resolution)
    await claims.flush()

    assert await rows(database) == {(CLAIM.message_id, "mention"): resolution}


async def test_the_first_of_two_resolutions_stands(database: Database, claims: Claims) -> None:
    claims.claim(CLAIM)
    claims.settle(CLAIM, Resolution.answered)
    claims.settle(CLAIM, Resolution.closed_fault)
    await claims.flush()
    async with claims_of(database) as other:
        other.settle(CLAIM, Resolution.closed_unconfirmed)

    assert await rows(database) == {(CLAIM.message_id, "mention"): "answered"}


async def test_a_question_can_be_settled_without_a_claim(database: Database, claims: Claims) -> None:
    interaction = replace(CLAIM, source=QuestionSource.interaction, server_id=None)
    claims.settle(interaction, Resolution.closed_expired)
    await claims.flush()

    assert await rows(database) == {(CLAIM.message_id, "interaction"): "closed_expired"}


async def test_more_claims_than_a_statement_takes_values_are_written_at_once(database: Database) -> None:
    async with claims_of(database, pace=NEVER, capacity=20_000) as claims:
        for number in range(12_000):
            claims.claim(numbered(number))
        await claims.flush()
        for number in range(12_000):
            claims.settle(numbered(number), Resolution.answered)

    assert list((await rows(database)).values()) == ["answered"] * 12_000


async def test_what_a_dead_process_left_open_is_found_the_oldest_first(database: Database) -> None:
    async with claims_of(database) as dead:
        for number in range(1, 6):
            dead.claim(numbered(number, claimed_at=NOON - timedelta(minutes=number), server_id=None))
        dead.settle(numbered(2), Resolution.answered)

    async with claims_of(database) as claims:
        found = await claims.left_open(since=NOON - timedelta(minutes=4))

        assert found == tuple(
            numbered(number, claimed_at=NOON - timedelta(minutes=number), server_id=None) for number in (4, 3, 1)
        )

        assert await claims.is_on_record(found[0])
        claims.settle(found[0], Resolution.closed_too_late)
        assert await claims.left_open(since=NOON - timedelta(minutes=4)) == found[1:]  # though it is yet to be written


@pytest.mark.parametrize("is_settled", [False, True])
async def test_what_has_been_kept_long_enough_is_deleted(database: Database, *, is_settled: bool) -> None:
    deadline = timedelta(hours=1) if is_settled else OPEN_KEPT_FOR
    async with claims_of(database) as claims:
        claims.claim(CLAIM)
        if is_settled:
            claims.settle(CLAIM, Resolution.answered)
        await claims.flush()

        await claims.forget_expired(NOON + deadline - timedelta(milliseconds=1))
        assert len(await rows(database)) == 1
        await claims.forget_expired(NOON + deadline)
        assert await rows(database) == {}


async def test_of_too_many_claims_the_oldest_are_forgotten_and_counted(database: Database) -> None:
    async with claims_of(database, pace=NEVER, capacity=10) as claims:
        for number in range(1, 12):
            claims.claim(numbered(number))
            await claims.flush()

        assert claims.dropped == 1
        assert [claim.message_id for claim in await claims.left_open(since=LONG_AGO)] == [*range(1, 12)]
        assert await claims.is_on_record(numbered(1))


claiming = Path(__file__).with_name("claiming.py")


async def test_a_written_claim_survives_a_kill(address: str) -> None:
    with subprocess.Popen([sys.executable, str(claiming), address], stdout=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220, S603
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(101)]
        process.kill()
        lines += process.stdout.readlines()
    flushed = [int(line) for line in lines if line.endswith("\n")]
    assert len(flushed) >= 101

    async with Database.open(address) as database, claims_of(database) as claims:
        left_open = [claim.message_id for claim in await claims.left_open(since=LONG_AGO)]
        known = [await claims.is_on_record(numbered(number)) for number in flushed]

    unsettled = [number for number in flushed if number % 2]
    # The one after the last line may have been written, too.
    assert left_open in (unsettled, [*unsettled, flushed[-1] + 1])
    assert all(known)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "settle", "flush"]),
        st.integers(0, 1),
        st.integers(1, 4),
        st.sampled_from(QuestionSource),
    ),
    max_size=40,
)


@given(steps=STEPS)
@settings(max_examples=30)
def test_whatever_two_processes_do_all_claims_and_resolutions_are_written(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, QuestionSource]]
) -> None:
    resolutions = (Resolution.answered, Resolution.closed_gone)

    async def act() -> None:
        address = f"sqlite:///{tmp_path_factory.mktemp('claims')}/bot.db"
        claimed: set[tuple[int, QuestionSource]] = set()
        told: set[tuple[int, QuestionSource]] = set()
        async with Database.open(address) as one, Database.open(address) as other:
            async with claims_of(one) as ours, claims_of(other) as theirs:
                for step, process, number, source in steps:
                    claims, claim = (ours, theirs)[process], numbered(number, source=source)
                    if step == "claim":
                        claimed.add(claim.key)
                        claims.claim(claim)
                        await asyncio.sleep(0)
                    elif step == "settle":
                        told.add(claim.key)
                        claims.settle(claim, resolutions[process])
                    else:
                        await claims.flush()
            stored = {
                (number, QuestionSource(source)): resolution
                for (number, source), resolution in (await rows(one)).items()
            }

        assert set(stored) == claimed | told
        assert {key for key, resolution in stored.items() if resolution is not None} == told

    asyncio.run(act())
