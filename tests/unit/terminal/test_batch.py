from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering import Answering
from bot.knowledge.model import Image, Link
from bot.outcomes import Answered, Suggested, Unanswered
from bot.terminal.batch import BadLine, answer_lines, as_record


def answers(answering: Answering, content: bytes) -> list[dict[str, object]]:
    """Answer a file in which every line is good."""
    return [json.loads(str(result)) for result in answer_lines(answering, content.splitlines(keepends=True))]


def faults(answering: Answering, content: bytes) -> list[str]:
    results = answer_lines(answering, content.split(b"\n"))
    return [str(result) for result in results if isinstance(result, BadLine)]


def test_each_line_is_answered_in_order_with_its_text(answering: Answering) -> None:
    records = answers(answering, b'{"text": "Does a TPM need to code?"}\n{"text": "What is the salary of a TPM?"}\n')

    confidences = [record.pop("confidence") for record in records]
    assert records == [
        {
            "text": "Does a TPM need to code?",
            "language": "en",
            "outcome": "answered",
            "entries": ["coding"],
            "suggestions": [],
            "off_topic": None,
        },
        {
            "text": "What is the salary of a TPM?",
            "language": "en",
            "outcome": "unanswered",
            "entries": [],
            "suggestions": [],
            "off_topic": "salary",
        },
    ]
    assert all(isinstance(confidence, float) and 0 <= confidence <= 1 for confidence in confidences)


def test_the_keys_stand_in_their_order(answering: Answering) -> None:
    [record] = answers(answering, b'{"text": "Does a TPM need to code?"}')

    assert list(record) == ["text", "language", "outcome", "entries", "suggestions", "off_topic", "confidence"]


def test_two_questions_in_a_text_have_two_entries(answering: Answering) -> None:
    [record] = answers(answering, b'{"text": "Does a TPM need to code? Does a TPM need a degree?"}')

    assert record["entries"] == ["coding", "degree"]


def test_what_is_suggested_and_what_is_declined_have_their_places(answering: Answering) -> None:
    knowledge = answering.knowledge
    coding, degree, salary = knowledge.entry("coding"), knowledge.entry("degree"), knowledge.off_topic("salary")

    suggested = as_record("?", Suggested((coding, degree), 0.25, ()))
    partly = as_record("?", Answered((answering.topic("coding"),), 0.75, (), suggestions=(degree,), declined=(salary,)))
    unknown = as_record("?", Unanswered(None, 0.0, ()))

    assert (suggested["outcome"], suggested["suggestions"]) == ("suggested", ["coding", "degree"])
    assert (partly["entries"], partly["suggestions"], partly["off_topic"]) == (["coding"], ["degree"], "salary")
    assert (unknown["outcome"], unknown["off_topic"]) == ("unanswered", None)


def test_manners_are_an_outcome_of_their_own(answering: Answering) -> None:
    assert answers(answering, b'{"text": "Hello!"}') == [
        {
            "text": "Hello!",
            "language": "en",
            "outcome": "social",
            "entries": [],
            "suggestions": [],
            "off_topic": None,
            "confidence": 1.0,
            "kind": "hello",
        }
    ]


def test_images_and_links_of_the_answers_are_told_where_there_are_any(answering: Answering) -> None:
    coding, degree = map(answering.topic, ("coding", "degree"))
    image, links = Image("https://code.example/x.png", "Some code."), (Link("More", "https://code.example"),)
    rich = replace(coding, entry=replace(coding.entry, image=image, links=links))

    record = as_record("?", Answered((degree, rich), 0.75, ()))

    assert record["images"] == [{"entry": "coding", "alt": "Some code.", "location": "https://code.example/x.png"}]
    assert record["links"] == [{"entry": "coding", "label": "More", "url": "https://code.example"}]


def test_other_keys_of_a_line_are_ignored(answering: Answering) -> None:
    [record] = answers(answering, b'{"id": 7, "text": "Does a TPM need to code?", "topics": ["coding"]}')

    assert "id" not in record


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b" \r\n\t\n",
        b"\xef\xbb\xbf",
    ],
)
def test_a_file_without_questions_has_no_answers(answering: Answering, content: bytes) -> None:
    assert answers(answering, content) == []


def test_byte_order_mark_windows_line_ends_and_a_missing_last_line_end_are_fine(answering: Answering) -> None:
    records = answers(answering, b'\xef\xbb\xbf{"text": "one"}\r\n\r\n{"text": "two"}')

    assert [record["text"] for record in records] == ["one", "two"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"what is a tpm", "This is not JSON."),
        (b'{"text": "cut off', "This is not JSON."),
        (b'{"text": "one"} {"text": "two"}', "This is not JSON."),
        (b'{"text": "a raw \x00 in it"}', "This is not JSON."),
        (b"[" * 100_000, "This is not JSON."),
        (b'\xef\xbb\xbf{"text": "a mark in the middle"}', "This is not JSON."),
        (b'{"text": "caf\xe9"}', "This is not UTF-8."),
        ('{"text": "sixteen"}'.encode("utf-16"), "This is not UTF-8."),
        (b'"what is a tpm"', "This is not a JSON object."),
        (b'[{"text": "one"}]', "This is not a JSON object."),
        (b"null", "This is not a JSON object."),
        (b'{"question": "what is a tpm"}', 'There is no "text".'),
        (b"{}", 'There is no "text".'),
        (b'{"text": 5}', 'The "text" is not text.'),
        (b'{"text": null}', 'The "text" is not text.'),
        (b'{"text": ["what is a tpm"]}', 'The "text" is not text.'),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_rest_is_answered(
    answering: Answering, line: bytes, problem: str
) -> None:
    good = b'{"text": "Does a TPM need to code?"}'

    before, bad, after = answer_lines(answering, [good, line, good])

    assert isinstance(bad, BadLine)
    assert str(bad).startswith(f"line 2: {problem} ")
    assert before == after
    assert json.loads(str(before))["entries"] == ["coding"]


def test_blank_lines_count(answering: Answering) -> None:
    assert faults(answering, b'\n\n{"text": "one"}\n\nbad\n')[0].startswith("line 5:")


@pytest.mark.parametrize(
    "text", ["\ud800 half a pair", "\x00", "\u2028\u0085", "🦀 café \x1b[31m", "a" * 1_000_000, ""]
)
def test_a_text_comes_back_as_it_was_in_plain_ascii(answering: Answering, text: str) -> None:
    [result] = answer_lines(answering, [json.dumps({"text": text}).encode()])

    assert isinstance(result, str)
    assert result.isascii()
    assert "\n" not in result
    assert json.loads(result)["text"] == text


@given(texts=st.lists(st.text(st.characters(codec=None), max_size=60), max_size=4))
def test_every_text_has_one_answer_in_its_place(answering: Answering, texts: list[str]) -> None:
    lines = [json.dumps({"text": text}).encode() for text in texts]

    results = [json.loads(str(result)) for result in answer_lines(answering, lines)]

    assert [result["text"] for result in results] == texts
    assert {result["outcome"] for result in results} <= {"answered", "suggested", "unanswered", "social"}


@given(content=st.binary(max_size=200))
def test_whatever_a_file_holds_each_line_is_answered_told_or_blank(answering: Answering, content: bytes) -> None:
    lines = content.splitlines(keepends=True)

    results = list(answer_lines(answering, lines))

    assert len(results) <= len(lines)
    assert len(results) >= sum(bool(line.removeprefix(b"\xef\xbb\xbf").strip()) for line in lines)


def test_a_line_is_answered_before_the_next_one_is_read(answering: Answering) -> None:
    def lines() -> Iterator[bytes]:
        yield b'{"text": "one"}'
        raise AssertionError("read ahead")

    first = next(answer_lines(answering, lines()))

    assert json.loads(str(first))["text"] == "one"
