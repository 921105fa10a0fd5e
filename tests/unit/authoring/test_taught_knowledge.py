"""What was taught answers once it is approved, and retires once the folder says the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from home_brewers import FAQ, write_faq

from bot.answering import Answering
from bot.authoring.taught import TaughtKnowledge, retire_repeatedly
from bot.knowledge.loading import load_knowledge
from bot.library import Library
from bot.matching.matcher import Matcher
from bot.storage.drafts import Draft
from bot.storage.stores import Stores
from bot.storage.taught import TaughtItem, TaughtItems

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
IN_FOLDER = """\
  pier:
    question: Where is the pier?
    answer: By the river.
"""


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with Stores.open(f"sqlite:///{tmp_path}/bot.db") as stores:
        yield stores


@pytest.fixture
def items(stores: Stores) -> TaughtItems:
    return stores.taught


async def teach(stores: Stores, draft_id: int, question: str, *, waits: bool = False) -> TaughtItem:
    draft = Draft(draft_id, 7, 5, None, question, "By the river.", None, None, had_it=True, created_at=NOON)
    await stores.drafts.keep(draft)
    return await stores.taught.save(draft, entry_id=f"entry-{draft_id}", waits=waits, now=NOON)


async def test_what_waits_for_approval_is_no_knowledge_yet(stores: Stores, items: TaughtItems) -> None:
    knowledge = TaughtKnowledge(items=items)
    waiting = await teach(stores, 1, "Where is the pier?", waits=True)
    await teach(stores, 2, "Where is the mill?")

    assert [each.question for each in knowledge.of(7)] == ["Where is the mill?"]
    await items.approve(waiting)
    assert [each.question for each in knowledge.of(7)] == ["Where is the pier?", "Where is the mill?"]
    assert knowledge.of(7) is knowledge.of(7)
    assert knowledge.of(8) == ()


async def test_an_item_retires_once_the_folder_says_the_same_and_no_other_does(
    stores: Stores, items: TaughtItems, tmp_path: Path
) -> None:
    folder = write_faq(tmp_path / "brewers")
    shared = Answering(knowledge=(knowledge := load_knowledge(folder)), matcher=Matcher(knowledge))
    library = Library(shared=shared, directory=folder, taught=TaughtKnowledge(items=items))
    await teach(stores, 1, "where is the  pier")
    other = await teach(stores, 2, "Where is the mill?")
    retiring = asyncio.create_task(retire_repeatedly(library, items, pause=0.01))
    await asyncio.sleep(0)
    assert len(items.of(7)) == 2

    (folder / "faq.yaml").write_text(FAQ + IN_FOLDER, encoding="utf-8")
    edited = load_knowledge(folder)
    shared.replace(knowledge=edited, matcher=Matcher(edited))
    async with asyncio.timeout(10):
        while items.of(7) != (other,):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)
    retiring.cancel()


async def test_an_answer_retires_no_sooner_than_an_earlier_one_that_would_come_back(
    stores: Stores, items: TaughtItems, tmp_path: Path
) -> None:
    folder = write_faq(tmp_path / "brewers", FAQ + IN_FOLDER)
    shared = Answering(knowledge=(knowledge := load_knowledge(folder)), matcher=Matcher(knowledge))
    earlier = Draft(1, 7, 5, "pier", "which way to the pier", "Up the hill.", None, None, had_it=True, created_at=NOON)
    later = replace(earlier, draft_id=2, question="Where is the pier?", answer="By the river.")
    for number, draft in enumerate((earlier, later)):
        await stores.drafts.keep(draft)
        await items.save(draft, entry_id="pier", waits=False, now=NOON + timedelta(hours=number))
    library = Library(shared=shared, directory=folder, taught=TaughtKnowledge(items=items))

    retiring = asyncio.create_task(retire_repeatedly(library, items, pause=0.01))
    await teach(stores, 3, "where is the pier")
    async with asyncio.timeout(10):
        while items.item(7, 3):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)
    retiring.cancel()

    assert [item.item_id for item in items.of(7)] == [1, 2]
    assert (await library.of_server(7)).knowledge.entry("pier").answer == "By the river."
