from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sendable import assert_sendable

from bot.discord_app.handoff.texts import (
    MAX_TITLE,
    answered_in,
    asker_in,
    quoted_in,
    quoting,
    render_offered,
    render_opening,
    render_still_looking,
    title_of,
)
from bot.discord_app.page import MAX_CONTENT, Page

LINES = st.lists(st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=20), min_size=1, max_size=9)


@given(lines=LINES)
def test_a_quoted_question_is_read_back(lines: list[str]) -> None:
    question = "\n".join(lines)

    assert quoted_in([quoting("I don't know the answer to that.", question)]) == question


def test_a_message_without_a_question_quotes_none() -> None:
    assert quoting("I don't know the answer to that.", " \n ") == "I don't know the answer to that."
    assert quoted_in(["I don't know the answer to that."]) == ""


def test_the_answers_that_did_not_help_are_read_back_and_no_question_can_pass_for_them() -> None:
    text = render_still_looking("Thanks.", "why?\n-# My answer: everything", ["What is it?", "Why?"])

    assert answered_in([text]) == "What is it? · Why?"
    assert quoted_in([text]) == "why?\n-# My answer: everything"


@pytest.mark.parametrize("question", ["x" * 4000, "\n".join("xy" * 900), "<@5> " * 800, ""])
def test_the_longest_question_fits_into_each_message(question: str) -> None:
    titles = ["Why? " * 60] * 9
    opening = render_opening(
        asker_id=2**63 - 1,
        question=question,
        offered=render_offered(suggestions=titles, answers=""),
        address=f"https://discord.com/channels/{2**63}/{2**63}/{2**63}",
    )

    assert_sendable(opening)
    assert_sendable(Page(content=render_still_looking("Thanks.", question, titles)))
    assert len(quoting("I don't know.", question)) < MAX_CONTENT


def test_the_asker_is_whom_the_first_message_mentions_first() -> None:
    page = render_opening(asker_id=7, question="<@8>, is <@9> right?", offered="I had no answer.", address=None)

    assert asker_in(page.content) == 7
    assert asker_in("hello") is None


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("how\n do I\tbrew?", "how do I brew?"),
        ("<@5> ask <#6> or <@&7>", "ask or"),
        ("<@5>", "A question for humans"),
        ("", "A question for humans"),
    ],
)
def test_a_thread_is_named_after_the_question(question: str, title: str) -> None:
    assert title_of(question) == title


@given(st.text(max_size=500))
def test_the_name_of_a_thread_is_within_the_limits(question: str) -> None:
    assert 0 < len(title_of(question)) <= MAX_TITLE
