from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.storage.database import Database
from bot.storage.digest_plans import DigestPlan, DigestPlans
from bot.storage.digests import (
    KEPT_FOR,
    TIME_TO_POST,
    BeingPosted,
    Claimed,
    Contents,
    DigestKey,
    Digests,
    Settled,
)
from bot.storage.statistics import Count, Event
from bot.storage.stores import Stores
from bot.storage.unanswered import Reason, UnansweredQuestion, UnansweredQuestions

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
KEY = DigestKey(7, NOON)
CONTENTS = Contents(
    since=NOON - WEEK,
    until=NOON + timedelta(milliseconds=5),
    counts=(Count("coding", Event.asked, 3), Count("", Event.asked, 1)),
    counted_last_day=(Count("coding", Event.asked, 1),),
    taught=(2**60,),
    more_groups=2,
    hidden=1,
)


async def posted(database: Database, key: DigestKey = KEY, *groups: tuple[int, ...], message_id: int = 100) -> Digests:
    """Post a digest with some groups of questions."""
    digests = Digests(database=database)
    assert await digests.claim(key, channel_id=70, now=key.due_at) == Claimed(key, key.due_at)
    await digests.keep(key, CONTENTS, groups)
    await digests.settle(key, message_id=message_id, now=key.due_at)
    return digests


async def asked(database: Database, *message_ids: int) -> UnansweredQuestions:
    questions = UnansweredQuestions(database=database)
    for id_ in message_ids:
        text = f"Question {id_}?"
        await questions.remember(UnansweredQuestion(id_, 7, 71, "a" * 64, text, Reason.refused, None, NOON))
    return questions


async def test_a_server_that_never_chose_has_no_digest(database: Database) -> None:
    plans = DigestPlans(database=database)

    assert await plans.of(7) == DigestPlan(7)
    assert await plans.active() == ()


async def test_a_choice_does_not_change_the_others(database: Database) -> None:
    plans = DigestPlans(database=database)

    await plans.choose(7, now=NOON - WEEK, weekday=3, time_zone="Asia/Tokyo")
    await plans.choose(7, now=NOON, channel_id=70)
    await plans.choose(8, now=NOON, hour=5)

    assert await plans.of(7) == DigestPlan(7, 70, 3, 9, "Asia/Tokyo", NOON)
    assert await plans.active() == (await plans.of(7),)

    await plans.choose(7, now=NOON, channel_id=None)
    assert await plans.active() == ()


async def test_a_digest_is_claimed_once(database: Database) -> None:
    one, other = Digests(database=database), Digests(database=database)

    assert await one.claim(KEY, channel_id=70, now=NOON) == Claimed(KEY, NOON)
    assert await other.claim(KEY, channel_id=70, now=NOON) == BeingPosted()
    assert await other.claim(replace(KEY, server_id=8), channel_id=70, now=NOON) != BeingPosted()
    await one.settle(KEY, message_id=None, now=NOON)

    assert await other.claim(KEY, channel_id=70, now=NOON + WEEK) == Settled()


async def test_whoever_takes_over_from_a_dead_process_gets_what_it_found(database: Database) -> None:
    digests = Digests(database=database)
    await digests.claim(KEY, channel_id=70, now=NOON)
    later = NOON + TIME_TO_POST

    assert await digests.claim(KEY, channel_id=70, now=later) == Claimed(KEY, NOON, is_repeated=True)
    await digests.keep(KEY, CONTENTS, ())
    assert await digests.claim(KEY, channel_id=70, now=later) == BeingPosted()
    assert await digests.claim(KEY, channel_id=70, now=later + TIME_TO_POST) == Claimed(
        KEY, NOON, is_repeated=True, contents=CONTENTS
    )


async def test_the_digest_before_is_the_last_one_that_was_settled(database: Database) -> None:
    digests = await posted(database)
    await posted(database, replace(KEY, server_id=8))
    following = replace(KEY, due_at=NOON + WEEK)

    assert await digests.before(KEY) is None
    assert await digests.before(following) == CONTENTS
    await digests.claim(following, channel_id=70, now=NOON + WEEK)
    await digests.keep(following, replace(CONTENTS, hidden=5), ())
    assert await digests.before(replace(KEY, due_at=NOON + 2 * WEEK)) == CONTENTS


async def test_questions_keep_their_groups_and_their_order(database: Database) -> None:
    await asked(database, 1, 2, 3, 4)
    digests = await posted(database, KEY, (4, 1), (2,), (3,))

    groups = await digests.groups(KEY)

    assert [[question.question_id for question in group] for group in groups] == [[4, 1], [2], [3]]
    assert groups[1][0].text == "Question 2?"
    assert groups[1][0].asked_at == NOON


async def test_a_digest_is_outdated_once_a_question_in_it_is_forgotten(database: Database) -> None:
    questions = await asked(database, 1, 2, 3)
    digests = await posted(database, KEY, (1, 2), (3,))
    assert await digests.outdated() == ()

    await questions.forget_messages([1, 3])
    [outdated] = await digests.outdated()

    assert (outdated.key, outdated.channel_id, outdated.message_id) == (KEY, 70, 100)
    assert outdated.contents == CONTENTS
    assert outdated.forgotten == (1, 3)
    assert [[each.question_id for each in group] for group in await digests.groups(KEY)] == [[2]]
    await digests.drop_questions(KEY, outdated.forgotten)
    assert await digests.outdated() == ()


async def test_a_digest_that_is_not_posted_yet_is_not_outdated(database: Database) -> None:
    digests = Digests(database=database)
    await digests.claim(KEY, channel_id=70, now=NOON)
    await digests.keep(KEY, CONTENTS, [(1,)])

    assert await digests.outdated() == ()


async def test_a_question_is_found_only_where_a_digest_quotes_it(database: Database) -> None:
    questions = await asked(database, 1, 2)
    digests = await posted(database, KEY, (1,))

    assert await digests.question(1, server_id=7, channel_id=70) == "Question 1?"
    assert await digests.question(2, server_id=7, channel_id=70) is None
    assert await digests.question(1, server_id=7, channel_id=71) is None
    assert await digests.question(1, server_id=8, channel_id=70) is None
    await questions.forget_messages([1])
    assert await digests.question(1, server_id=7, channel_id=70) is None


async def test_digests_are_forgotten_after_sixty_days(database: Database) -> None:
    await asked(database, 1)
    digests = await posted(database, KEY, (1,))

    await digests.forget_expired(NOON + KEPT_FOR - timedelta(seconds=1))
    assert await digests.groups(KEY) != ()
    await digests.forget_expired(NOON + KEPT_FOR)

    assert await digests.groups(KEY) == ()
    assert await digests.claim(KEY, channel_id=70, now=NOON) == Claimed(KEY, NOON)


async def test_a_server_that_the_bot_left_keeps_no_digests(address: str) -> None:
    async with Stores.open(address) as stores:
        await stores.digest_plans.choose(7, now=NOON, channel_id=70)
        await asked(stores.database, 1)
        await posted(stores.database, KEY, (1,))
        assert await stores.servers_except([]) == (7,)

        await stores.forget_server(7)

        assert await stores.servers_except([]) == ()
        assert await stores.digest_plans.active() == ()
        assert await stores.digests.groups(KEY) == ()
