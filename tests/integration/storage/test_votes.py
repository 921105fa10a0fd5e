from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.storage.database import Database
from bot.storage.statistics import Count, Event, Statistics
from bot.storage.votes import Tally, Vote, Votes

LONG = 120.0  # seconds for each use of the database, on however busy a machine
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
UP = Vote(message_id=2**63 - 1, server_id=7, topics=("coding", "degree"), voter="a" * 64, helpful=True, cast_at=NOON)
DOWN = replace(UP, helpful=False)
OTHER = replace(UP, voter="b" * 64)


def totals(helpful: int, unhelpful: int) -> tuple[Count, ...]:
    counts = [
        Count(topic=topic, event=event, count=count)
        for topic in UP.topics
        for event, count in ((Event.helpful, helpful), (Event.unhelpful, unhelpful))
    ]
    return tuple(count for count in counts if count.count)


async def counted(database: Database) -> tuple[Count, ...]:
    return await Statistics(database=database).totals(7, since=NOON.date())


async def test_each_person_has_one_vote_on_a_message(database: Database) -> None:
    votes = Votes(database=database)

    assert await votes.cast(UP) == Tally(helpful=1, unhelpful=0)
    assert await votes.cast(OTHER) == Tally(helpful=2, unhelpful=0)
    assert await votes.cast(replace(UP, message_id=1)) == Tally(helpful=1, unhelpful=0)
    assert await votes.tally(UP.message_id) == Tally(helpful=2, unhelpful=0)


async def test_a_vote_cast_again_changes_nothing(database: Database) -> None:
    votes = Votes(database=database)
    await votes.cast(UP)

    assert await votes.cast(replace(UP, cast_at=NOON + timedelta(days=1))) == Tally(helpful=1, unhelpful=0)
    assert await counted(database) == totals(1, 0)


async def test_a_person_can_change_their_mind_and_the_statistics_follow(database: Database) -> None:
    votes = Votes(database=database)
    await votes.cast(UP)

    assert await votes.cast(DOWN) == Tally(helpful=0, unhelpful=1)
    assert await counted(database) == totals(0, 1)
    assert await votes.cast(UP) == Tally(helpful=1, unhelpful=0)
    assert await counted(database) == totals(1, 0)


async def test_a_mind_changed_later_counts_on_the_day_of_the_first_vote(database: Database) -> None:
    votes = Votes(database=database)
    await votes.cast(UP)
    await votes.cast(replace(DOWN, cast_at=NOON + timedelta(days=3)))

    assert await Statistics(database=database).totals(7, since=date(2026, 11, 23)) == ()
    assert await counted(database) == totals(0, 1)


async def test_votes_on_several_answers_with_an_entry_count_once_and_the_last_one_stands(database: Database) -> None:
    votes = Votes(database=database)
    for message_id in range(1, 6):
        await votes.cast(replace(DOWN, message_id=message_id, cast_at=NOON + timedelta(days=message_id - 1)))
    assert await counted(database) == totals(0, 1)

    await votes.cast(replace(UP, message_id=6))
    await votes.cast(replace(DOWN, message_id=7, server_id=8))

    assert await counted(database) == totals(1, 0)
    assert await votes.tally(1) == Tally(helpful=0, unhelpful=1)


async def test_an_entry_that_two_answers_share_has_the_last_vote(database: Database) -> None:
    votes = Votes(database=database)
    await votes.cast(DOWN)
    await votes.cast(replace(UP, message_id=1, topics=("coding",)))

    assert await counted(database) == (
        Count(topic="coding", event=Event.helpful, count=1),
        Count(topic="degree", event=Event.unhelpful, count=1),
    )


async def test_deleting_an_answer_gives_nobody_another_vote(database: Database) -> None:
    votes = Votes(database=database)
    for message_id in range(3):
        await votes.cast(replace(DOWN, message_id=message_id))
        await votes.forget_messages([message_id])

    assert await counted(database) == totals(0, 1)
    assert await votes.forget_voter(DOWN.voter) == 2
    assert await counted(database) == ()


async def test_the_votes_on_a_deleted_answer_go_and_the_statistics_stay(database: Database) -> None:
    votes = Votes(database=database)
    await votes.cast(UP)

    assert await votes.forget_messages([UP.message_id]) == 1
    assert await votes.tally(UP.message_id) == Tally(helpful=0, unhelpful=0)
    assert await counted(database) == totals(1, 0)


async def test_a_person_who_wants_to_be_forgotten_is_and_nobody_else(database: Database) -> None:
    votes = Votes(database=database)
    await votes.cast(UP)
    await votes.cast(replace(UP, message_id=1))
    await votes.cast(OTHER)

    assert await votes.forget_voter(UP.voter) == 2
    assert await votes.tally(UP.message_id) == Tally(helpful=1, unhelpful=0)
    assert await votes.forget_voter(UP.voter) == 0
    assert await counted(database) == totals(1, 0)


async def test_whoever_is_forgotten_and_votes_again_counts_once(database: Database) -> None:
    votes = Votes(database=database)
    for _ in range(3):
        await votes.cast(DOWN)
        await votes.forget_voter(DOWN.voter)
    await votes.cast(DOWN)

    assert await counted(database) == totals(0, 1)


async def test_a_vote_for_an_answer_without_a_topic_counts_too(database: Database) -> None:
    await Votes(database=database).cast(replace(UP, topics=()))

    assert await counted(database) == (Count(topic="", event=Event.helpful, count=1),)


async def test_votes_at_the_same_moment_are_all_counted(address: str) -> None:
    people = [replace(UP, voter=f"{number:064}") for number in range(40)]
    async with Database.open(address, timeout=LONG) as database:
        votes = Votes(database=database)
        await asyncio.gather(*(votes.cast(replace(vote, helpful=index % 2 == 0)) for index, vote in enumerate(people)))

        # Everybody changes their mind, in both directions, and clicks twice, also below another answer.
        changed = [replace(vote, helpful=index % 2 == 1 or index < 10) for index, vote in enumerate(people)]
        again = [*changed, *(replace(vote, message_id=1) for vote in changed)]
        await asyncio.gather(*(votes.cast(vote) for vote in again for _ in range(2)))

        assert await votes.tally(UP.message_id) == Tally(helpful=25, unhelpful=15)
        assert await counted(database) == totals(25, 15)


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["up", "down", "forget"]), st.integers(1, 3), st.sampled_from("abc")),
    max_size=30,
)


@given(actions=ACTIONS)
@settings(max_examples=25)
def test_whatever_people_do_the_tallies_are_those_of_a_simple_model(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, int, str]]
) -> None:
    model: dict[tuple[int, str], bool] = {}

    async def act() -> None:
        async with Database.open(f"sqlite:///{tmp_path_factory.mktemp('votes')}/bot.db") as database:
            votes = Votes(database=database)
            for action, message, voter in actions:
                if action in {"up", "down"}:
                    model[message, voter] = action == "up"
                    await votes.cast(replace(UP, message_id=message, voter=voter, helpful=action == "up"))
                else:
                    for key in [key for key in model if key[0] == message]:
                        del model[key]
                    await votes.forget_messages([message])
                expected = [helpful for key, helpful in model.items() if key[0] == message]
                tally = await votes.tally(message)
                assert tally == Tally(helpful=sum(expected), unhelpful=len(expected) - sum(expected))

    asyncio.run(act())
