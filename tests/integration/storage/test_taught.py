"""What moderators teach, and the drafts of it."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.storage.database import Database
from bot.storage.schema import taught
from bot.storage.stores import Stores
from bot.storage.taught import MAX_ITEMS, Draft, DraftGone, ItemChanged, TaughtItem, TaughtItems, TooManyItems

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


async def save(store: TaughtItems, draft: Draft = DRAFT, *, waits: bool = False) -> TaughtItem:
    await store.keep_draft(draft)
    return await store.save(draft, entry_id="meet", waits=waits, now=NOON)


def editing(item: TaughtItem, draft_id: int, answer: str) -> Draft:
    return replace(DRAFT, draft_id=draft_id, answer=answer, item_id=item.item_id, item_version=item.version)


async def test_a_saved_draft_is_an_item_at_once_and_after_a_restart(database: Database) -> None:
    store, restarted = TaughtItems(database=database), TaughtItems(database=database)

    assert await save(store) == ITEM
    await restarted.load_all()

    assert store.of(7) == restarted.of(7) == (ITEM,)
    assert (store.of(8), tuple(store.servers)) == ((), (7,))


async def test_another_process_follows_what_is_taught_changed_and_removed(database: Database) -> None:
    store, other = TaughtItems(database=database), TaughtItems(database=database, pause=0.01)
    watching = asyncio.create_task(other.watch())

    async def sees(*items: TaughtItem) -> None:
        async with asyncio.timeout(10):
            while other.of(7) != items:  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.01)

    item = await save(store)
    await sees(item)
    changed = await save(store, editing(item, 2, "On the pier."))
    await sees(changed)
    await store.remove(changed)
    await sees()
    await save(store, replace(DRAFT, draft_id=3))
    await store.forget_server(7)
    await sees()
    watching.cancel()


async def test_items_that_did_not_change_stay_the_same_tuple(database: Database) -> None:
    store = TaughtItems(database=database)
    await save(store)
    before = store.of(7)

    await save(store, replace(DRAFT, draft_id=2, server_id=8))

    assert store.of(7) is before


async def test_a_draft_is_saved_once(database: Database) -> None:
    store = TaughtItems(database=database)
    await store.keep_draft(DRAFT)

    saving = [store.save(DRAFT, entry_id="meet", waits=False, now=NOON) for _ in range(3)]
    outcomes = await asyncio.gather(*saving, return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DraftGone", "DraftGone", "TaughtItem"]
    assert store.of(7) == (ITEM,)


async def test_a_draft_is_its_writers_alone_and_outlives_the_process(database: Database) -> None:
    await TaughtItems(database=database).keep_draft(DRAFT)
    store = TaughtItems(database=database)

    assert await store.draft(1, server_id=7, person_id=5) == DRAFT
    for server_id, person_id in ((7, 6), (8, 5)):
        with pytest.raises(DraftGone):
            await store.draft(1, server_id=server_id, person_id=person_id)
    with pytest.raises(DraftGone):
        await store.keep_draft(replace(DRAFT, person_id=6, answer="Nowhere."))
    assert await TaughtItems(database=database).draft(1, server_id=7, person_id=5) == DRAFT


async def test_a_discarded_draft_is_gone(database: Database) -> None:
    store = TaughtItems(database=database)
    await store.keep_draft(DRAFT)
    await store.discard(DRAFT)

    with pytest.raises(DraftGone):
        await store.discard(DRAFT)
    with pytest.raises(DraftGone):
        await store.save(DRAFT, entry_id="meet", waits=False, now=NOON)


async def test_the_second_of_two_changes_to_one_item_is_refused_and_its_draft_stays(database: Database) -> None:
    store = TaughtItems(database=database)
    item = await save(store)
    first, second = editing(item, 2, "First."), editing(item, 3, "Second.")
    await store.keep_draft(second)
    changed = await save(store, first)

    with pytest.raises(ItemChanged):
        await store.save(second, entry_id="meet", waits=False, now=NOON)

    assert store.of(7) == (changed,)
    assert (changed.item_id, changed.answer, changed.version) == (1, "First.", 2)
    assert await TaughtItems(database=database).draft(3, server_id=7, person_id=5) == second
    for change in (store.remove, store.approve):
        with pytest.raises(ItemChanged):
            await change(item)


async def test_an_approved_item_no_longer_waits(database: Database) -> None:
    store = TaughtItems(database=database)
    item = await save(store, waits=True)
    assert item.waits

    await store.approve(item)

    assert store.item(7, 1) == replace(item, waits=False, version=2)


async def test_a_server_has_no_more_than_its_limit(database: Database) -> None:
    store = TaughtItems(database=database)
    await save(store)
    others = [{**asdict(ITEM), "item_id": 100 + number} for number in range(MAX_ITEMS - 1)]
    async with database.writing() as connection:
        await connection.execute(taught.insert(), others)
    draft = replace(DRAFT, draft_id=2)

    with pytest.raises(TooManyItems):
        await save(store, draft)

    assert (await store.draft(2, server_id=7, person_id=5)) == draft
    assert (await save(store, editing(ITEM, 3, "Still."))).answer == "Still."


async def test_items_that_the_knowledge_has_are_retired_unless_they_changed(database: Database) -> None:
    store = TaughtItems(database=database)
    item, other = await save(store), await save(store, replace(DRAFT, draft_id=2))
    changed = await save(store, editing(other, 3, "New."))

    await store.retire([item, other])

    assert store.of(7) == (changed,)


async def test_forgetting_a_person_keeps_what_the_server_was_taught(database: Database) -> None:
    store = TaughtItems(database=database)
    item = await save(store)
    theirs, anothers = replace(DRAFT, draft_id=2), replace(DRAFT, draft_id=3, person_id=6)
    await store.keep_draft(theirs)
    await store.keep_draft(anothers)

    assert await store.forget_person(5) == 2

    assert store.of(7) == (replace(item, taught_by=None),)
    assert await store.draft(3, server_id=7, person_id=6) == anothers
    with pytest.raises(DraftGone):
        await store.draft(2, server_id=7, person_id=5)


async def test_drafts_expire_after_a_day_and_items_never(database: Database) -> None:
    store = TaughtItems(database=database)
    item = await save(store)
    late = replace(DRAFT, draft_id=3, created_at=NOON + timedelta(hours=1))
    await store.keep_draft(replace(DRAFT, draft_id=2))
    await store.keep_draft(late)

    await store.forget_expired(NOON + timedelta(days=1))

    with pytest.raises(DraftGone):
        await store.draft(2, server_id=7, person_id=5)
    assert await store.draft(3, server_id=7, person_id=5) == late
    assert store.of(7) == (item,)


async def test_a_server_that_the_bot_left_loses_what_it_was_taught(address: str) -> None:
    async with Stores.open(address) as stores:
        await save(stores.taught)
        await stores.taught.keep_draft(replace(DRAFT, draft_id=2, server_id=8))
        assert await stores.servers_except([]) == (7, 8)

        for server_id in (7, 8):
            await stores.forget_server(server_id)

        assert await stores.servers_except([]) == ()
        assert stores.taught.of(7) == ()
