from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from bot.storage.database import Database
from bot.storage.handoffs import BeingOpened, Claimed, Handoffs, Opened
from bot.storage.servers import ServerSettings, ServerSettingsStore
from bot.storage.stores import Stores

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MIA, MAX = "a" * 64, "b" * 64
THREAD = 2**63 - 1


async def claim(
    handoffs: Handoffs, question_id: int, *, at: datetime = NOON, asker: str = MIA, server_id: int = 7
) -> Claimed | BeingOpened | Opened:
    return await handoffs.claim(question_id, server_id=server_id, asker=asker, at=at, pings_an_hour=2)


async def test_a_question_is_claimed_once_and_then_leads_to_its_thread(database: Database) -> None:
    handoffs = Handoffs(database=database)

    assert await claim(handoffs, 1) == Claimed(may_ping=True)
    assert await claim(handoffs, 1) == BeingOpened()
    await handoffs.record(1, THREAD)
    await handoffs.record_introduced(1, NOON)
    assert await claim(handoffs, 1) == Opened(THREAD)
    assert await claim(handoffs, 1, at=NOON + timedelta(days=1)) == Opened(THREAD)


async def test_a_claim_stays_open_until_the_asker_was_introduced_in_the_thread(database: Database) -> None:
    handoffs = Handoffs(database=database)
    await claim(handoffs, 1)
    await handoffs.record(1, THREAD)

    assert await claim(handoffs, 1) == BeingOpened()
    taken_over = await claim(handoffs, 1, at=NOON + 2 * MINUTE)
    await handoffs.record_introduced(1, NOON + 2 * MINUTE)

    assert taken_over == Claimed(may_ping=True, is_repeated=True, thread_id=THREAD)
    assert await claim(handoffs, 1, at=NOON + 2 * MINUTE) == Opened(THREAD)


async def test_of_clicks_at_the_same_time_one_claims_the_question(database: Database) -> None:
    both = [Handoffs(database=database), Handoffs(database=database)]

    found = await asyncio.gather(*(claim(each, 1) for each in both))

    assert sorted(type(each).__name__ for each in found) == ["BeingOpened", "Claimed"]


async def test_what_could_not_be_opened_can_be_claimed_again(database: Database) -> None:
    handoffs = Handoffs(database=database)
    await claim(handoffs, 1)

    await handoffs.release(1)

    assert await claim(handoffs, 1) == Claimed(may_ping=True)


async def test_a_question_with_a_thread_is_not_released(database: Database) -> None:
    handoffs = Handoffs(database=database)
    await claim(handoffs, 1)
    await handoffs.record(1, THREAD)
    await handoffs.record_introduced(1, NOON)

    await handoffs.release(1)

    assert await claim(handoffs, 1) == Opened(THREAD)


async def test_a_claim_whose_process_died_is_taken_over_once(database: Database) -> None:
    handoffs = Handoffs(database=database)
    await claim(handoffs, 1)

    assert await claim(handoffs, 1, at=NOON + 2 * MINUTE) == Claimed(may_ping=True, is_repeated=True)
    assert await claim(handoffs, 1, at=NOON + 2 * MINUTE) == BeingOpened()


async def test_a_claim_that_is_taken_over_pings_the_role_only_if_others_leave_room(database: Database) -> None:
    handoffs = Handoffs(database=database)
    for id_ in (1, 2, 3):
        await claim(handoffs, id_)

    assert await claim(handoffs, 3, at=NOON + 2 * MINUTE) == Claimed(may_ping=False, is_repeated=True)
    assert await claim(handoffs, 1, at=NOON + 59 * MINUTE) == Claimed(may_ping=True, is_repeated=True)
    assert await claim(handoffs, 4, at=NOON + 61 * MINUTE) == Claimed(may_ping=True)
    assert await claim(handoffs, 5, at=NOON + 61 * MINUTE) == Claimed(may_ping=False)


async def test_the_role_is_pinged_so_often_an_hour_in_each_server(database: Database) -> None:
    handoffs = Handoffs(database=database)

    assert [await claim(handoffs, id_, at=NOON + id_ * MINUTE) for id_ in (1, 2, 3)] == [
        Claimed(may_ping=True),
        Claimed(may_ping=True),
        Claimed(may_ping=False),
    ]
    assert await claim(handoffs, 4, server_id=8) == Claimed(may_ping=True)
    assert await claim(handoffs, 5, at=NOON + 61 * MINUTE) == Claimed(may_ping=True)
    assert await claim(handoffs, 6, at=NOON + 61 * MINUTE) == Claimed(may_ping=False)


async def test_clicks_at_the_same_time_ping_no_more_than_that(database: Database) -> None:
    await ServerSettingsStore(database=database).save(7, ServerSettings(handoff_role=1))
    handoffs = Handoffs(database=database)

    found = await asyncio.gather(*(claim(handoffs, id_) for id_ in range(1, 6)))

    assert sum(isinstance(each, Claimed) and each.may_ping for each in found) == 2


async def test_the_first_reply_of_somebody_else_is_noted_once(database: Database) -> None:
    handoffs = Handoffs(database=database)
    await claim(handoffs, 1)
    await handoffs.record(1, THREAD)

    assert not await handoffs.note_reply(THREAD, by=MIA, at=NOON)
    assert await handoffs.note_reply(THREAD, by=MAX, at=NOON)
    assert not await handoffs.note_reply(THREAD, by=MAX, at=NOON)
    assert not await handoffs.note_reply(THREAD - 1, by=MAX, at=NOON)


async def test_what_is_gone_is_forgotten_by_its_question_or_its_thread(database: Database) -> None:
    handoffs = Handoffs(database=database)
    for question_id in (1, 2, 3):
        await claim(handoffs, question_id)
        await handoffs.record(question_id, THREAD - question_id)
        await handoffs.record_introduced(question_id, NOON)

    await handoffs.forget_questions([1, THREAD - 3])
    await handoffs.forget_thread(THREAD - 2)

    found = [await claim(handoffs, question_id) for question_id in (1, 2, 3)]
    assert [isinstance(each, Opened) for each in found] == [False, False, True]


async def test_a_person_is_forgotten(database: Database) -> None:
    handoffs = Handoffs(database=database)
    await claim(handoffs, 1)
    await claim(handoffs, 2)
    await claim(handoffs, 3, asker=MAX)

    assert await handoffs.forget_asker(MIA) == 2
    assert await claim(handoffs, 3) == BeingOpened()


async def test_a_hand_off_is_kept_for_thirty_days(database: Database) -> None:
    handoffs = Handoffs(database=database)
    await claim(handoffs, 1)
    await handoffs.record(1, THREAD)
    await handoffs.record_introduced(1, NOON)

    await handoffs.forget_expired(NOON + timedelta(days=29))
    assert await claim(handoffs, 1) == Opened(THREAD)
    await handoffs.forget_expired(NOON + timedelta(days=30))
    assert isinstance(await claim(handoffs, 1), Claimed)


async def test_a_server_that_the_bot_left_leaves_none(address: str) -> None:
    async with Stores.open(address) as stores:
        await claim(stores.handoffs, 1)
        await claim(stores.handoffs, 2, server_id=8)
        assert await stores.servers_except([]) == (7, 8)

        await stores.forget_server(7)

        assert await stores.servers_except([]) == (8,)
