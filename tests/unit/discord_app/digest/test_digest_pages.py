"""A digest as a message: what it names, in which order, and that Discord takes it whatever there is to tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sendable import LINES, assert_sendable, components_of, texts

from bot.discord_app.digest.answering import WriteAnswerButton
from bot.discord_app.digest.gathering import MAX_GROUPS, Digest
from bot.discord_app.digest.texts import MAX_LISTED, MOST_ASKED, render_digest
from bot.discord_app.page import Card
from bot.storage.digests import Contents, Group, QuotedQuestion
from bot.storage.statistics import Count, Event

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
COUNTS = (Count("coding", Event.asked, 3), Count("", Event.asked, 2), Count("", Event.refused, 2))
CONTENTS = Contents(since=NOON - WEEK, until=NOON, counts=COUNTS)

MOST = st.integers(0, 2**31)
QUOTED = st.builds(QuotedQuestion, question_id=st.integers(2**62, 2**64 - 1), text=texts(500), asked_at=st.just(NOON))
DIGESTS = st.builds(
    Digest,
    contents=st.builds(
        Contents,
        since=st.just(NOON - WEEK),
        until=st.just(NOON),
        counts=st.lists(st.builds(Count, topic=st.just("a"), event=st.sampled_from(Event), count=MOST)).map(tuple),
        more_groups=MOST,
        hidden=MOST,
    ),
    answered=st.lists(st.tuples(LINES, MOST), max_size=2 * MOST_ASKED).map(tuple),
    groups=st.lists(
        st.lists(QUOTED, min_size=1, max_size=3, unique_by=lambda each: each.question_id).map(tuple),
        max_size=MAX_GROUPS,
        unique_by=lambda group: group[0].question_id,
    ).map(tuple),
    taught=st.lists(LINES, max_size=2 * MAX_LISTED).map(tuple),
    voted_down=st.lists(st.tuples(LINES, MOST, MOST), max_size=2 * MAX_LISTED).map(tuple),
)


def group(*texts_: str) -> Group:
    return tuple(QuotedQuestion(hash(text) % 10**6, text, NOON) for text in texts_)


def cards(digest: Digest) -> dict[str, Card]:
    return {card.title: card for card in render_digest(digest).cards}


@given(digest=DIGESTS)
def test_any_digest_is_one_message_that_discord_takes(digest: Digest) -> None:
    page = render_digest(digest)

    assert_sendable(page)
    shown = str(components_of(page))
    assert all(f"digest-answer:{each[0].question_id}" in shown for each in digest.groups)


def test_counts_are_totals_and_leave_out_zeros() -> None:
    [card] = render_digest(Digest(CONTENTS)).cards

    assert card.text.splitlines() == [
        "What I was asked from <t:1795435200:D> to <t:1796040000:D>:",
        "- Questions: 5",
        "- Unanswered: 2",
    ]


def test_the_entries_that_were_asked_for_most_are_named() -> None:
    answered = tuple((f"Is **it** {number}?", 20 - number) for number in range(MOST_ASKED + 1))

    [card] = render_digest(Digest(CONTENTS, answered=answered)).cards

    assert card.text.splitlines()[3:] == [
        "Asked most:",
        *(rf"- Is \*\*it\*\* {number}? ({20 - number})" for number in range(MOST_ASKED)),
    ]


def test_the_most_asked_question_comes_first_with_a_button_beside_it() -> None:
    digest = Digest(CONTENTS, groups=(group("rare"), group("often", "often?"), group("other")))

    lines = cards(digest)["Unanswered questions"].lines

    assert [line.splitlines()[0] for line, _ in lines] == ["**“often”**", "**“rare”**", "**“other”**"]
    buttons = [item for _, item in lines]
    assert all(isinstance(item, WriteAnswerButton) for item in buttons)


def test_what_is_left_out_or_hidden_is_counted() -> None:
    contents = Contents(since=NOON - WEEK, until=NOON, counts=COUNTS, more_groups=1, hidden=2)

    card = cards(Digest(contents))["Unanswered questions"]

    assert card.text.splitlines() == [
        "-# One more is in `/manage gaps`.",
        "-# 2 more were asked in channels that not everyone here can see.",
    ]


def test_long_lists_end_with_how_many_more_there_are() -> None:
    taught = tuple(f"Question {number}?" for number in range(MAX_LISTED + 2))
    digest = Digest(CONTENTS, taught=taught, voted_down=tuple((each, 1, 0) for each in taught[:-1]))

    told = cards(digest)

    assert told["Taught this week"].text.splitlines()[-1] == "-# And 2 more."
    assert told["Answers that were voted down"].text.splitlines()[-1] == "-# And one more."


def test_what_people_wrote_is_escaped() -> None:
    [(line, _)] = cards(Digest(CONTENTS, groups=(group("**loud** and\n\n# large"),)))["Unanswered questions"].lines

    assert line.splitlines()[0] == r"**“\*\*loud\*\* and # large”**"


def test_a_digest_with_nothing_counted_quoted_or_taught_is_empty() -> None:
    nothing = Contents(since=NOON - WEEK, until=NOON)

    assert Digest(nothing).is_empty
    assert not Digest(CONTENTS).is_empty
    assert not Digest(Contents(since=NOON - WEEK, until=NOON, taught=(1,))).is_empty
    assert not Digest(nothing, groups=(group("why"),)).is_empty
