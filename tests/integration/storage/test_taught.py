"""What moderators teach, and the drafts of it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.storage.database import Database
from bot.storage.drafts import Draft, DraftGone, Drafts
from bot.storage.schema import taught
from bot.storage.stores import Stores
from bot.storage.taught import MAX_ITEMS, ItemChanged, TaughtItem, TaughtItems, TooManyItems

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DRAFT = Draft(
    draft_id=1,
    server_id=7,
    person_id=5,
    entry_id=None,
    question="Where do you meet?",
    answer="At the pier.",
    item_id=None,
    item_version=None,
    had_it=True,
    created_at=NOON,
)
ITEM = TaughtItem(
    item_id=1,
    server_id=7,
    entry_id="meet",
    question="Where do you meet?",
    answer="At the pier.",
    taught_by=5,
    taught_at=NOON,
    waits=False,
    version=1,
)


class Process:
    """What one process knows of drafts and taught items."""

    def __init__(self, database: Database, *, pause: float = 2.0) -> None:
        self.drafts = Drafts(database=database)
        self.taught = TaughtItems(database=database, drafts=self.drafts, pause=pause)


async def save(process: Process | Stores, draft: Draft = DRAFT, *, waits: bool = False) -> TaughtItem:
    await process.drafts.keep(draft)
    return await process.taught.save(draft, entry_id="meet", waits=waits, now=NOON)


def editing(item: TaughtItem, draft_id: int, answer: str) -> Draft:
    return replace(DRAFT, draft_id=draft_id, answer=answer, item_id=item.item_id, item_version=item.version)


async def test_a_saved_draft_is_an_item_at_once_and_after_a_restart(database: Database) -> None:
    process, restarted = Process(database), Process(database)

    assert await save(process) == ITEM
    await restarted.taught.load_all()

    assert process.taught.of(7) == restarted.taught.of(7) == (ITEM,)
    assert (process.taught.of(8), tuple(process.taught.servers)) == ((), (7,))


async def test_another_process_follows_what_is_taught_changed_and_removed(database: Database) -> None:
    process, other = Process(database), Process(database, pause=0.01)
    watching = asyncio.create_task(other.taught.watch())

    async def sees(*items: TaughtItem) -> None:
        async with asyncio.timeout(10):
            while other.taught.of(7) != items:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.01)

    item = await save(process)
    await sees(item)
    changed = await save(process, editing(item, 2, "On the pier."))
    await sees(changed)
    await process.taught.remove(changed)
    await sees()
    await save(process, replace(DRAFT, draft_id=3))
    await process.taught.forget_server(7)
    await sees()
    watching.cancel()


async def test_items_that_did_not_change_stay_the_same_tuple(database: Database) -> None:
    process = Process(database)
    await save(process)
    before = process.taught.of(7)

    await save(process, replace(DRAFT, draft_id=2, server_id=8))

    assert process.taught.of(7) is before


async def test_a_draft_is_saved_once(database: Database) -> None:
    process = Process(database)
    await process.drafts.keep(DRAFT)

    saving = [process.taught.save(DRAFT, entry_id="meet", waits=False, now=NOON) for _ in range(3)]
    outcomes = await asyncio.gather(*saving, return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DraftGone", "DraftGone", "TaughtItem"]
    assert process.taught.of(7) == (ITEM,)


async def test_a_draft_is_its_writers_alone_and_outlives_the_process(database: Database) -> None:
    await Process(database).drafts.keep(DRAFT)
    process = Process(database)

    assert await process.drafts.own(1, server_id=7, person_id=5) == DRAFT
    for server_id, person_id in ((7, 6), (8, 5)):
        with pytest.raises(DraftGone):
            await process.drafts.own(1, server_id=server_id, person_id=person_id)
    with pytest.raises(DraftGone):
        await process.drafts.keep(replace(DRAFT, person_id=6, answer="Nowhere."))
    assert await Process(database).drafts.own(1, server_id=7, person_id=5) == DRAFT


async def test_a_discarded_draft_is_gone(database: Database) -> None:
    process = Process(database)
    await process.drafts.keep(DRAFT)
    await process.drafts.discard(DRAFT)

    with pytest.raises(DraftGone):
        await process.drafts.discard(DRAFT)
    with pytest.raises(DraftGone):
        await process.taught.save(DRAFT, entry_id="meet", waits=False, now=NOON)


async def test_the_second_of_two_changes_to_one_item_is_refused_and_its_draft_stays(database: Database) -> None:
    process = Process(database)
    item = await save(process)
    first, second = editing(item, 2, "First."), editing(item, 3, "Second.")
    await process.drafts.keep(second)
    changed = await save(process, first)

    with pytest.raises(ItemChanged):
        await process.taught.save(second, entry_id="meet", waits=False, now=NOON)

    assert process.taught.of(7) == (changed,)
    assert (changed.item_id, changed.answer, changed.version) == (1, "First.", 2)
    assert await Process(database).drafts.own(3, server_id=7, person_id=5) == second
    for change in (process.taught.remove, process.taught.approve):
        with pytest.raises(ItemChanged):
            await change(item)


async def test_an_approved_item_no_longer_waits(database: Database) -> None:
    process = Process(database)
    item = await save(process, waits=True)
    assert item.waits

    await process.taught.approve(item)

    assert process.taught.item(7, 1) == replace(item, waits=False, version=2)


async def test_a_server_has_no_more_than_its_limit(database: Database) -> None:
    process = Process(database)
    await save(process)
    others = [{**asdict(ITEM), "item_id": 100 + number} for number in range(MAX_ITEMS - 1)]
    async with database.writing() as connection:
        await connection.execute(taught.insert(), others)
    draft = replace(DRAFT, draft_id=2)

    with pytest.raises(TooManyItems):
        await save(process, draft)

    assert (await process.drafts.own(2, server_id=7, person_id=5)) == draft
    assert (await save(process, editing(ITEM, 3, "Still."))).answer == "Still."


async def test_items_that_the_knowledge_has_are_retired_unless_they_changed(database: Database) -> None:
    process = Process(database)
    item, other = await save(process), await save(process, replace(DRAFT, draft_id=2))
    changed = await save(process, editing(other, 3, "New."))

    await process.taught.retire([item, other])

    assert process.taught.of(7) == (changed,)


async def test_forgetting_a_person_keeps_what_the_server_was_taught(database: Database) -> None:
    process = Process(database)
    item = await save(process)
    theirs, anothers = replace(DRAFT, draft_id=2), replace(DRAFT, draft_id=3, person_id=6)
    await process.drafts.keep(theirs)
    await process.drafts.keep(anothers)

    assert await process.taught.forget_person(5) == 2

    assert process.taught.of(7) == (replace(item, taught_by=None),)
    assert await process.drafts.own(3, server_id=7, person_id=6) == anothers
    with pytest.raises(DraftGone):
        await process.drafts.own(2, server_id=7, person_id=5)


async def test_drafts_expire_after_a_day_and_items_never(database: Database) -> None:
    process = Process(database)
    item = await save(process)
    late = replace(DRAFT, draft_id=3, created_at=NOON + timedelta(hours=1))
    await process.drafts.keep(replace(DRAFT, draft_id=2))
    await process.drafts.keep(late)

    await process.drafts.forget_expired(NOON + timedelta(days=1))

    with pytest.raises(DraftGone):
        await process.drafts.own(2, server_id=7, person_id=5)
    assert await process.drafts.own(3, server_id=7, person_id=5) == late
    assert process.taught.of(7) == (item,)


async def test_a_server_that_the_bot_left_loses_what_it_was_taught(address: str) -> None:
    async with Stores.open(address) as stores:
        await save(stores)
        await stores.drafts.keep(replace(DRAFT, draft_id=2, server_id=8))
        assert await stores.servers_except([]) == (7, 8)

        for server_id in (7, 8):
            await stores.forget_server(server_id)

        assert await stores.servers_except([]) == ()
        assert stores.taught.of(7) == ()
