from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.importing.collected import Collected, NothingFound
from bot.authoring.importing.json_faq import read_json

BOTH = {"How do I join?": "Come along.", "What does it cost?": "Thirty."}
PAIRS = [*BOTH.items()]
LAYOUTS: dict[str, Any] = {
    "objects": [{"question": q, "answer": a} for q, a in PAIRS],
    "other keys": [{"Q": q, "response": a, "x": 1} for q, a in PAIRS],
    "titles and bodies": {"articles": [{"title": q, "body": a} for q, a in PAIRS]},
    "a mapping": BOTH,
    "a mapping further in": {"faq": BOTH},
    "pairs": PAIRS,
    "categories": {"categories": [{"name": "A", "questions": [{"question": q, "answer": a}]} for q, a in PAIRS]},
    "schema.org": {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {"@type": "Question", "name": q, "acceptedAnswer": {"@type": "Answer", "text": f"<p>{a}</p>"}}
            for q, a in PAIRS
        ],
    },
    "with metadata": {"meta": {"version": "1", "author": "Ann"}, "items": [{"q": q, "a": a} for q, a in PAIRS]},
}


def read(value: object) -> Collected:
    return read_json(json.dumps(value), "faq.json")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_questions_are_found_in_any_layout(layout: str) -> None:
    found = read(LAYOUTS[layout])

    assert {item.question: item.answer for item in found.items} == BOTH
    assert found.warnings == []


def test_lines_of_json_are_read_too() -> None:
    lines = "\n".join(json.dumps({"question": q, "answer": a}) for q, a in PAIRS)

    assert {item.question: item.answer for item in read_json(lines, "faq.jsonl").items} == BOTH


def test_the_format_of_chat_bots_is_read() -> None:
    [item] = read({"intents": [{"tag": "join", "patterns": ["let me in", "sign up"], "responses": ["Come."]}]}).items

    assert (item.id, item.question, item.wordings, item.answer) == ("join", "let me in", ["sign up"], "Come.")


def test_several_questions_with_one_answer_are_wordings() -> None:
    [item] = read([{"questions": ["How?", "in what way"], "answer": "So.", "slug": "how"}]).items

    assert (item.question, item.wordings, item.id) == ("How?", ["in what way"], "how")


@pytest.mark.parametrize(
    ("value", "groups"),
    [
        (LAYOUTS["categories"], ["A", "A"]),
        ({"Joining": [{"q": "How?", "a": "So."}], "Money": [{"q": "What?", "a": "That."}]}, ["Joining", "Money"]),
        ([{"q": "How?", "a": "So.", "category": "Joining"}], ["Joining"]),
        (LAYOUTS["objects"], ["", ""]),
        (LAYOUTS["with metadata"], ["", ""]),
    ],
)
def test_the_category_is_the_group(value: object, groups: list[str]) -> None:
    assert [item.group for item in read(value).items] == groups


def test_the_name_around_the_questions_is_the_title() -> None:
    assert read({"name": "Club", "faqs": LAYOUTS["objects"]}).title == "Club"


def test_what_is_lost_is_told() -> None:
    found = read([{"q": "How?", "answers": ["So.", "Or so."]}, {"q": "Why?", "a": " "}, {"q": "<p></p>", "a": "x"}])

    assert [item.answer for item in found.items] == ["So."]
    assert found.warnings == [
        "question 1: It has 2 answers; only the first was taken.",
        '"Why?" has no answer, so it was left out.',
        "question 2: It is empty, so it was left out.",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"question": "How?",\n"answer": }', r"faq.json isn't valid JSON \(line 2\)."),
        ("How? So.", "faq.json isn't valid JSON"),
        ("[" * 100_000, "faq.json is nested too deeply."),
    ],
)
def test_what_is_no_json_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(NothingFound, match=complaint):
        read_json(text, "faq.json")


KEYS = st.sampled_from(["question", "answer", "q", "a", "id", "name", "items", "How do I?", "tags", "responses"])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text("a <b>?\n", max_size=8),
        lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=4),
        max_leaves=12,
    )
)
def test_whatever_the_json_each_question_found_has_an_answer(value: object) -> None:
    for item in read(value).items:
        assert item.question
        assert item.answer
        assert "\n" not in item.question
