"""The connection to PostgreSQL is lost between a commit and the answer to it: one row a key, and the truth is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, date, datetime

import pytest
from postgresql import PostgreSQLServer
from sqlalchemy import func, select

from bot.storage.board_messages import BoardMessage
from bot.storage.database import Database
from bot.storage.digests import DigestKey
from bot.storage.drafts import Draft
from bot.storage.errors import OutcomeUnknown, StorageUnavailable
from bot.storage.job_posts import JobPost, JobPostOptions
from bot.storage.resolutions import Resolution
from bot.storage.schema import metadata
from bot.storage.servers import ServerSettings
from bot.storage.statistics import Counter, Event
from bot.storage.stores import Stores
from bot.storage.unanswered import Reason, UnansweredQuestion
from bot.storage.votes import Vote, Votes
from storage.complaints import recovered
from storage.cutting import Cut, CuttingProxy, cutting_proxy
from storage.example_claims import numbered

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SERVER = 7
VOTE = Vote(1, SERVER, ("coding",), "a" * 64, helpful=True, cast_at=NOON)
DRAFT = Draft(
    draft_id=1,
    server_id=SERVER,
    person_id=2,
    entry_id=None,
    question="When does the ferry leave?",
    answer="At nine.",
    item_id=None,
    item_version=None,
    had_it=True,
    created_at=NOON,
)


@pytest.fixture
async def proxy(postgresql: PostgreSQLServer) -> AsyncIterator[CuttingProxy]:
    async with cutting_proxy(postgresql) as proxy:
        yield proxy


@pytest.fixture
async def stores(proxy: CuttingProxy) -> AsyncIterator[Stores]:
    async with Stores.open(proxy.address) as stores:
        yield stores


async def vote(stores: Stores) -> None:
    assert (await stores.votes.cast(VOTE)).helpful == 1


async def remember_job_post(stores: Stores) -> None:
    await stores.job_posts.remember(JobPost(1, 2, SERVER, JobPostOptions(), "1", NOON))


async def remember_board_message(stores: Stores) -> None:
    assert await stores.board_messages.remember(BoardMessage(SERVER, 2, 0, 1, "1")) == 1


async def teach(stores: Stores) -> None:
    await stores.taught.save(DRAFT, entry_id="ferry", waits=False, now=NOON)


async def draft(stores: Stores) -> None:
    await stores.drafts.keep(DRAFT)


async def claim_digest(stores: Stores) -> None:
    claimed = await stores.digests.claim(DigestKey(SERVER, NOON), channel_id=2, now=NOON)
    assert type(claimed).__name__ == "Claimed"


async def plan_digest(stores: Stores) -> None:
    await stores.digest_plans.choose(SERVER, now=NOON, channel_id=2)


async def change_settings(stores: Stores) -> None:
    await stores.servers.change(SERVER, help_channel=5)
    assert stores.servers.of(SERVER) == ServerSettings(help_channel=5)


async def claim_click(stores: Stores) -> None:
    assert await stores.claimed_clicks.claim(1)


async def hand_off(stores: Stores) -> None:
    claimed = await stores.handoffs.claim(1, server_id=SERVER, asker="a" * 64, at=NOON, pings_an_hour=5)
    assert type(claimed).__name__ == "Claimed"


async def remember_unanswered(stores: Stores) -> None:
    question = UnansweredQuestion(1, SERVER, 2, "a" * 64, "When?", Reason.refused, None, NOON)
    await stores.unanswered.remember(question)


async def count(stores: Stores) -> None:
    await stores.statistics.add({Counter(SERVER, "coding", Event.asked, date(2026, 11, 22)): 1})


async def claim_question(stores: Stores) -> None:
    stores.claims.settle(numbered(1), Resolution.answered)
    await stores.claims.flush()
    assert stores.claims.waiting == 0


async def register_commands(stores: Stores) -> None:
    assert (await stores.registered_commands.claim(1, "ours")).name == "own"


async def write_progress(stores: Stores) -> None:
    await stores.progress.write({0: NOON}, count=1)


USES: Mapping[str, Callable[[Stores], Awaitable[None]]] = {
    "votes": vote,
    "entry_votes": vote,
    "job_posts": remember_job_post,
    "board_messages": remember_board_message,
    "taught": teach,
    "drafts": draft,
    "digests": claim_digest,
    "digest_plans": plan_digest,
    "server_settings": change_settings,
    "claimed_clicks": claim_click,
    "handoffs": hand_off,
    "unanswered": remember_unanswered,
    "statistics": count,
    "claims": claim_question,
    "registered_commands": register_commands,
    "shard_progress": write_progress,
}
"""What is stored in each table, and how."""


async def rows_in(database: Database, table: str) -> int:
    [[number]] = await database.rows(select(func.count()).select_from(metadata.tables[table]))
    return int(number)


async def prepare(stores: Stores, table: str) -> None:
    if table == "taught":
        await stores.drafts.keep(DRAFT)


@pytest.mark.parametrize("table", USES)
async def test_a_commit_that_was_not_answered_has_succeeded_if_postgresql_says_so(
    proxy: CuttingProxy, stores: Stores, table: str
) -> None:
    await prepare(stores, table)
    proxy.cut(Cut.after, table=table)

    await USES[table](stores)

    assert proxy.cuts == 1
    assert await rows_in(stores.database, table) == 1


@pytest.mark.parametrize("table", [table for table in USES if table != "claims"])
async def test_a_commit_that_never_arrived_has_changed_nothing_and_can_be_repeated(
    proxy: CuttingProxy, stores: Stores, table: str
) -> None:
    await prepare(stores, table)
    proxy.cut(Cut.before, table=table)

    with pytest.raises(StorageUnavailable) as complaint:
        await USES[table](stores)
    assert not isinstance(complaint.value, OutcomeUnknown)
    assert await rows_in(stores.database, table) == 0
    await USES[table](stores)

    assert proxy.cuts == 1
    assert await rows_in(stores.database, table) == 1


async def test_claims_whose_commit_never_arrived_are_written_later(proxy: CuttingProxy, stores: Stores) -> None:
    proxy.cut(Cut.before, table="claims")
    stores.claims.settle(numbered(1), Resolution.answered)
    async with asyncio.timeout(60):
        while await rows_in(stores.database, "claims") == 0:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)

    assert proxy.cuts == 1
    assert await rows_in(stores.database, "claims") == 1


async def test_a_connection_that_falls_silent_is_not_waited_for_to_the_end(proxy: CuttingProxy, stores: Stores) -> None:
    proxy.cut(Cut.silence, table="votes")

    await vote(stores)

    assert await rows_in(stores.database, "votes") == 1


@pytest.mark.parametrize("how", [Cut.before, Cut.after])
async def test_what_can_not_be_looked_up_is_in_doubt_and_repeating_it_leaves_one_row(
    proxy: CuttingProxy, how: Cut
) -> None:
    async with Database.open(proxy.address, timeout=1.0) as database:
        votes = Votes(database=database)
        await votes.tally(1)
        proxy.cut(how, table="votes", goes_away=True)
        with pytest.raises(OutcomeUnknown):
            await votes.cast(VOTE)
        proxy.come_back()

        assert (await recovered(lambda: votes.cast(VOTE))).helpful == 1
        assert [await rows_in(database, table) for table in ("votes", "entry_votes", "statistics")] == [1, 1, 1]
