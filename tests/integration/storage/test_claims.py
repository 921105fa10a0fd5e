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

from bot.storage.claims import Claim, Claims
from bot.storage.claims_table import OPEN_KEPT_FOR, ClaimsTable
from bot.storage.database import Database
from bot.storage.resolutions import QuestionSource, Resolution
from storage.example_claims import CLAIM, LONG_AGO, NOON, SURE, claims_of, numbered, rows


@pytest.fixture
async def claims(database: Database) -> AsyncIterator[Claims]:
    async with claims_of(database) as opened:
        yield opened


async def test_a_question_is_claimed_once(database: Database, claims: Claims) -> None:
    assert await claims.claim(CLAIM)
    assert not await claims.claim(replace(CLAIM, claimed_at=NOON + timedelta(seconds=1)))

    assert await rows(database) == {(CLAIM.message_id, "mention"): None}
    assert claims.is_durable


async def test_the_same_question_may_be_claimed_for_each_face(claims: Claims) -> None:
    assert [await claims.claim(replace(CLAIM, source=source)) for source in QuestionSource] == [True] * len(
        QuestionSource
    )


async def test_a_settled_question_is_not_claimed_again(database: Database, claims: Claims) -> None:
    await claims.claim(CLAIM)
    claims.settle(CLAIM, Resolution.answered)
    assert not await claims.claim(CLAIM)
    await claims.flush()
    assert not await claims.claim(CLAIM)

    async with claims_of(database) as restarted:
        assert not await restarted.claim(CLAIM)


@pytest.mark.parametrize("resolution", Resolution)
async def test_every_fate_is_written(database: Database, claims: Claims, resolution: Resolution) -> None:
    await claims.claim(CLAIM)
    claims.settle(CLAIM, resolution)
    await claims.flush()

    assert await rows(database) == {(CLAIM.message_id, "mention"): resolution}


async def test_of_two_fates_the_first_one_stands_whoever_tells_the_second(database: Database, claims: Claims) -> None:
    await claims.claim(CLAIM)
    claims.settle(CLAIM, Resolution.answered)
    claims.settle(CLAIM, Resolution.closed_fault)
    await claims.flush()
    async with claims_of(database) as other:
        other.settle(CLAIM, Resolution.closed_unconfirmed)

    assert await rows(database) == {(CLAIM.message_id, "mention"): "answered"}


async def test_who_settles_while_they_wait_for_a_claim_of_somebody_else_does_not_get_it(database: Database) -> None:
    async with claims_of(database) as ours, claims_of(database) as theirs:
        assert await ours.claim(CLAIM)
        waiting = asyncio.create_task(theirs.claim(CLAIM))
        await asyncio.sleep(0)
        theirs.settle(CLAIM, Resolution.closed_gone)

        assert not await waiting


async def test_what_was_never_claimed_can_be_settled(database: Database, claims: Claims) -> None:
    interaction = replace(CLAIM, source=QuestionSource.interaction, server_id=None)
    claims.settle(interaction, Resolution.closed_expired)
    await claims.flush()

    assert await rows(database) == {(CLAIM.message_id, "interaction"): "closed_expired"}


async def test_a_fate_is_written_soon_without_another_claim(database: Database, claims: Claims) -> None:
    await claims.claim(CLAIM)
    claims.settle(CLAIM, Resolution.answered)
    async with asyncio.timeout(SURE):
        while claims.waiting:  # noqa: ASYNC110 - what is waited for is in the database
            await asyncio.sleep(0.01)

    assert await rows(database) == {(CLAIM.message_id, "mention"): "answered"}


async def test_of_two_who_race_for_the_same_questions_one_wins_each(address: str) -> None:
    async with (
        Database.open(address) as one,
        Database.open(address) as other,
        claims_of(one) as ours,
        claims_of(other) as theirs,
    ):
        numbers = range(1, 501)
        won = await asyncio.gather(
            *(ours.claim(numbered(number)) for number in numbers),
            *(theirs.claim(numbered(number)) for number in reversed(numbers)),
        )

        assert [ours_won + theirs_won for ours_won, theirs_won in zip(won[:500], won[:499:-1], strict=True)] == [
            1
        ] * 500
        assert len(await rows(one)) == 500


async def test_claims_that_come_up_together_are_written_together(database: Database) -> None:
    transactions: Counter[str] = Counter()
    async with claims_of(database) as claims:
        await claims.claim(numbered(1))
        event.listen(database._engine.sync_engine, "commit", lambda _connection: transactions.update(["commit"]))
        await asyncio.gather(*(claims.claim(numbered(number)) for number in range(2, 402)))
        together = transactions["commit"]
        for number in range(1, 402):
            claims.settle(numbered(number), Resolution.answered)
        await claims.flush()

        assert together <= 2
        assert transactions["commit"] <= together + 2
        assert set((await rows(database)).values()) == {"answered"}


async def test_more_claims_than_a_statement_takes_values_are_written_at_once(database: Database) -> None:
    async with claims_of(database, capacity=20_000) as claims:
        won = await asyncio.gather(*(claims.claim(numbered(number)) for number in range(12_000)))
        for number in range(12_000):
            claims.settle(numbered(number), Resolution.answered)

    assert all(won)
    assert list((await rows(database)).values()) == ["answered"] * 12_000


async def test_what_a_dead_process_left_open_is_found_the_oldest_first(database: Database) -> None:
    async with claims_of(database) as dead:
        for number in range(1, 6):
            await dead.claim(numbered(number, claimed_at=NOON - timedelta(minutes=number), server_id=None))
        dead.settle(numbered(2), Resolution.answered)

    async with claims_of(database) as claims:
        found = await claims.left_open(since=NOON - timedelta(minutes=4))

        assert found == tuple(
            numbered(number, claimed_at=NOON - timedelta(minutes=number), server_id=None) for number in (4, 3, 1)
        )

        assert not await claims.claim(found[0])
        claims.settle(found[0], Resolution.closed_too_late)
        assert await claims.left_open(since=NOON - timedelta(minutes=4)) == found[1:]  # though it is yet to be written


@pytest.mark.parametrize("is_settled", [False, True])
async def test_what_has_been_kept_long_enough_is_deleted(database: Database, *, is_settled: bool) -> None:
    deadline = timedelta(hours=1) if is_settled else OPEN_KEPT_FOR
    async with claims_of(database) as claims:
        await claims.claim(CLAIM)
        if is_settled:
            claims.settle(CLAIM, Resolution.answered)

    await ClaimsTable(database=database).delete_expired(NOON + deadline - timedelta(milliseconds=1))
    assert len(await rows(database)) == 1
    await ClaimsTable(database=database).delete_expired(NOON + deadline)
    assert await rows(database) == {}


async def test_what_has_been_kept_long_enough_is_deleted_again_and_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.claims.TIME_BETWEEN_PURGES", 0.01)
    time = NOON
    async with claims_of(database, now=lambda: time) as claims:
        await claims.claim(CLAIM)
        time = NOON + OPEN_KEPT_FOR
        async with asyncio.timeout(SURE):
            while await rows(database):  # noqa: ASYNC110 - the database sets no event
                await asyncio.sleep(0.01)


async def test_the_claims_of_a_server_that_the_bot_left_go(database: Database, claims: Claims) -> None:
    await claims.claim(CLAIM)
    await claims.claim(numbered(1, server_id=8))
    await claims.claim(numbered(2))
    claims.settle(numbered(2), Resolution.answered)
    await claims.forget_server(7)
    await claims.flush()

    assert await rows(database) == {(1, "mention"): None}


async def test_claims_with_memory_for_few_are_still_refused_by_the_database(database: Database) -> None:
    async with claims_of(database, capacity=3) as claims:
        for number in range(100):
            assert await claims.claim(numbered(number))
            claims.settle(numbered(number), Resolution.answered)

        assert [await claims.claim(numbered(number)) for number in range(100)] == [False] * 100
        assert claims.dropped == 0


claiming = Path(__file__).with_name("claiming.py")


async def test_a_claim_survives_a_kill_before_it_is_settled(address: str) -> None:
    with subprocess.Popen([sys.executable, str(claiming), address], stdout=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220, S603
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(101)]
        process.kill()
        lines += process.stdout.readlines()
    written = [int(line) for line in lines if line.endswith("\n")]
    assert len(written) >= 101

    async with Database.open(address) as database, claims_of(database) as claims:
        left_open = [claim.message_id for claim in await claims.left_open(since=LONG_AGO)]
        again = [await claims.claim(numbered(number)) for number in written]

    unsettled = [number for number in written if number % 2]
    # The one after the last line may have been claimed, too.
    assert left_open in (unsettled, [*unsettled, written[-1] + 1])
    assert not any(again)


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
def test_whatever_two_processes_do_each_question_is_claimed_at_most_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, QuestionSource]]
) -> None:
    resolutions = (Resolution.answered, Resolution.closed_gone)

    async def act() -> None:
        address = f"sqlite:///{tmp_path_factory.mktemp('claims')}/bot.db"
        claimed: Counter[tuple[int, QuestionSource]] = Counter()
        told: set[tuple[int, QuestionSource]] = set()
        async with Database.open(address) as one, Database.open(address) as other:
            async with claims_of(one) as ours, claims_of(other) as theirs:
                pending: list[tuple[Claim, asyncio.Task[bool]]] = []
                for step, process, number, source in steps:
                    claims, claim = (ours, theirs)[process], numbered(number, source=source)
                    if step == "claim":
                        pending.append((claim, asyncio.create_task(claims.claim(claim))))
                        await asyncio.sleep(0)
                    elif step == "settle":
                        told.add(claim.key)
                        claims.settle(claim, resolutions[process])
                    else:
                        await claims.flush()
                for claim, task in pending:
                    claimed[claim.key] += await task
            stored = {
                (number, QuestionSource(source)): resolution
                for (number, source), resolution in (await rows(one)).items()
            }

        assert max(claimed.values(), default=0) <= 1
        assert {key for key, wins in claimed.items() if wins} <= set(stored)
        assert {key for key, resolution in stored.items() if resolution is not None} == told

    asyncio.run(act())
