"""What there is to tell in a digest: of which days, and which of what was taught."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import ascii_lowercase
from types import SimpleNamespace
from typing import cast

import discord
import pytest
from home_brewers import FAQ, FIRST_QUESTION, write_faq

from bot.answering import Answering
from bot.discord_app.digest.gathering import MAX_GROUPS, Digest, Gathering, IdGroups
from bot.discord_app.languages import Languages
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.knowledge.loading import load_knowledge
from bot.library import Library
from bot.matching.matcher import Matcher
from bot.storage.digests import Contents
from bot.storage.drafts import Draft
from bot.storage.servers import ServerSettings
from bot.storage.statistics import Count, Counter, Event
from bot.storage.stores import Stores
from bot.storage.unanswered import Reason, UnansweredQuestion

SERVER = 111111111111111111
MONDAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(days=7)
CELLAR = """\
  cellar:
    question: Who has the key?
    answer: Eva.
    channels: ["333333333333333333"]
"""
PLACE = cast(
    "discord.TextChannel",
    SimpleNamespace(id=2, guild=SimpleNamespace(id=SERVER, preferred_locale=discord.Locale.american_english)),
)


@dataclass
class Brewery:
    """A server's statistics and what it was taught."""

    stores: Stores
    gathering: Gathering
    first_entry: str

    async def asks(self, at: datetime, times: int) -> None:
        counter = Counter(server_id=SERVER, topic="", event=Event.asked, day=at.date())
        await self.stores.statistics.add({counter: times})

    async def teaches(self, number: int, *, entry_id: str, waits: bool = False, at: datetime = MONDAY) -> None:
        draft = Draft(
            draft_id=number,
            server_id=SERVER,
            person_id=3,
            entry_id=entry_id,
            question=f"Question {number}?",
            answer="",
            item_id=None,
            item_version=None,
            had_it=False,
            created_at=at,
        )
        await self.stores.drafts.keep(draft)
        await self.stores.taught.save(draft, entry_id=entry_id, waits=waits, now=at)

    async def refuses(self, number: int, text: str, *, days_ago: int = 1) -> None:
        at = MONDAY - days_ago * DAY
        question = UnansweredQuestion(number, SERVER, PLACE.id, "someone", text, Reason.refused, None, at)
        await self.stores.unanswered.remember(question)

    async def finds_groups(self) -> tuple[Contents, IdGroups]:
        return await self.gathering.find(PLACE, due_at=MONDAY, previous=None, now=MONDAY)

    async def finds(self, due_at: datetime, previous: Contents | None = None) -> Contents:
        contents, _ = await self.gathering.find(PLACE, due_at=due_at, previous=previous, now=due_at)
        return contents

    async def names(self, *items: int) -> Digest:
        return await self.gathering.name(PLACE, Contents(MONDAY - WEEK, MONDAY, taught=items), ())


@pytest.fixture
async def brewery(tmp_path: Path) -> AsyncIterator[Brewery]:
    folder = write_faq(tmp_path / "brewers", FAQ + CELLAR)
    knowledge = load_knowledge(folder)
    async with Stores.open(f"sqlite:///{tmp_path / 'bot.db'}") as stores:
        library = Library(shared=Answering(knowledge=knowledge, matcher=Matcher(knowledge)), directory=folder)
        gathering = Gathering(
            keeper=QuestionKeeper(questions=stores.unanswered, secret=stores.secret, keeps_text=True),
            languages=Languages(library=library, servers=stores.servers),
            library=library,
            servers=stores.servers,
            statistics=stores.statistics,
            taught=stores.taught,
        )
        yield Brewery(stores, gathering, knowledge.entries[0].id)


async def test_what_the_digest_before_counted_on_its_day_is_left_out(brewery: Brewery) -> None:
    await brewery.asks(MONDAY, 3)
    first = await brewery.finds(MONDAY)
    await brewery.asks(MONDAY, 1)
    await brewery.asks(MONDAY + DAY, 1)

    second = await brewery.finds(MONDAY + WEEK, first)

    assert first.counts == (Count("", Event.asked, 3),)
    assert second.counts == (Count("", Event.asked, 2),)
    assert second.since == first.until


async def test_after_weeks_without_one_a_digest_tells_of_the_last_week(brewery: Brewery) -> None:
    first = await brewery.finds(MONDAY)
    await brewery.asks(MONDAY + DAY, 5)
    await brewery.asks(MONDAY + WEEK + DAY, 1)

    later = await brewery.finds(MONDAY + 2 * WEEK, first)

    assert later.since == MONDAY + WEEK
    assert later.counts == (Count("", Event.asked, 1),)


async def test_of_more_groups_than_fit_those_asked_most_are_told(brewery: Brewery) -> None:
    for number, letter in enumerate(ascii_lowercase[1 : MAX_GROUPS + 2]):
        await brewery.refuses(number, f"{letter * 6} {letter * 4}")
    for number in (98, 99):
        await brewery.refuses(number, "aaaaaa aaaa", days_ago=3)

    contents, groups = await brewery.finds_groups()

    assert {*groups[0]} == {98, 99}
    assert (len(groups), contents.more_groups) == (MAX_GROUPS, 2)


@pytest.mark.parametrize(("minimum", "told"), [(None, 0), (0.999, 1)])
async def test_a_question_is_told_until_it_is_answered_by_the_servers_own_threshold(
    brewery: Brewery, minimum: float | None, told: int
) -> None:
    await brewery.stores.servers.save(SERVER, ServerSettings(minimum_confidence=minimum))
    await brewery.refuses(1, f"{FIRST_QUESTION} or so")

    _, groups = await brewery.finds_groups()

    assert len(groups) == told


async def test_entries_are_named_by_how_often_they_answered_also_in_forums(brewery: Brewery) -> None:
    counts = (
        Count("beginners", Event.answered, 2),
        Count(brewery.first_entry, Event.answered, 2),
        Count(brewery.first_entry, Event.automatic, 1),
        Count("gone", Event.answered, 9),
        Count("cellar", Event.answered, 9),
    )

    digest = await brewery.gathering.name(PLACE, Contents(MONDAY - WEEK, MONDAY, counts=counts), ())

    assert digest.answered == ((FIRST_QUESTION, 3), ("What do I need to brew my first batch?", 2))


async def test_entries_of_other_channels_are_not_named(brewery: Brewery) -> None:
    votes = tuple(Count(topic, Event.unhelpful, 1) for topic in (brewery.first_entry, "cellar"))

    digest = await brewery.gathering.name(PLACE, Contents(MONDAY - WEEK, MONDAY, counts=votes), ())

    assert digest.voted_down == ((FIRST_QUESTION, 1, 0),)


async def test_what_was_taught_that_week_is_told_unless_it_waits_for_approval(brewery: Brewery) -> None:
    await brewery.teaches(1, entry_id=brewery.first_entry, at=MONDAY - DAY)
    await brewery.teaches(2, entry_id=brewery.first_entry, at=MONDAY - DAY, waits=True)
    await brewery.teaches(3, entry_id=brewery.first_entry, at=MONDAY - WEEK - DAY)

    assert (await brewery.finds(MONDAY)).taught == (1,)


async def test_what_waits_again_or_has_no_entry_anymore_is_not_named(brewery: Brewery) -> None:
    await brewery.teaches(1, entry_id=brewery.first_entry)
    await brewery.teaches(2, entry_id=brewery.first_entry, waits=True)
    await brewery.teaches(3, entry_id="gone")

    assert (await brewery.names(1, 2, 3)).taught == ("Question 1?",)
