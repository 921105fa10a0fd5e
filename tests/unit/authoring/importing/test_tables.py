from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.importing.collected import NothingFound
from bot.authoring.importing.tables import read_table


def answers(text: str) -> dict[str, str]:
    return {item.question: item.answer for item in read_table(text, "faq.csv").items}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("head", [("question", "answer"), ("Q", "A"), ("FAQ", "Response"), ("Frage", "Antwort")])
def test_columns_are_found_whatever_separates_them(delimiter: str, head: tuple[str, str]) -> None:
    written = io.StringIO()
    rows = [head, ("How, if at all; do I join?", "Come along; bring a friend, or two"), ("What?", "Thirty")]
    csv.writer(written, delimiter=delimiter).writerows(rows)

    assert answers(written.getvalue()) == dict(rows[1:])


@pytest.mark.parametrize(
    "head",
    ["id,Question (English),Answer (English)", "no,your question,our answer", "Question ID,Question,Answer Text"],
)
def test_names_of_columns_may_have_more_words(head: str) -> None:
    assert answers(f"{head}\n1,How?,So.\n") == {"How?": "So."}


def test_two_columns_without_names_are_a_question_and_an_answer() -> None:
    assert answers("How do I join?,Come along.\nWhat does it cost?,Thirty.\n") == {
        "How do I join?": "Come along.",
        "What does it cost?": "Thirty.",
    }


def test_ids_groups_and_other_wordings_are_taken_over() -> None:
    [item] = read_table("slug,category,q,a,variants\njoin,Members,How?,So.,in what way|by which means\n", "x").items

    assert (item.id, item.group, item.wordings) == ("join", "Members", ["in what way", "by which means"])


def test_a_cell_with_several_questions_has_as_many_wordings() -> None:
    [item] = read_table('q,a\n"When do you meet?\nWhere do you meet?",Here\n', "x").items

    assert (item.question, item.wordings) == ("When do you meet?", ["Where do you meet?"])


def test_a_row_is_known_by_the_line_it_begins_on() -> None:
    found = read_table('q,a\n"How?","So.\n\nYes."\n\nWhy?,\n,Because\nWhat?,That\n', "x")

    assert [item.place for item in found.items] == ["line 2", "line 8"]
    assert found.warnings == [
        "line 6: The row has no answer, so it was left out.",
        "line 7: The row has no question, so it was left out.",
    ]


def test_the_first_line_of_excel_is_passed_over() -> None:
    assert answers("sep=;\nquestion;answer\nHow?;So.\n") == {"How?": "So."}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name,text\na,b\n", "x needs a column named question and one named answer. Its first line has: name, text."),
        ("question\nHow?\n", "Its first line has: question."),
        (",\na,b\n", r"Its first line has: a, b."),
        ('question,answer\n"How?,So.\n' + "x" * 200_000, "Look for a quote that isn't closed."),
    ],
)
def test_a_table_with_other_columns_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(NothingFound, match=complaint):
        read_table(text, "x")


@given(st.text('q,a;"\n\t|?=sep', max_size=60))
def test_whatever_the_text_it_is_a_table_or_refused(text: str) -> None:
    try:
        found = read_table(f"{text}.", "x")
    except NothingFound:
        return
    assert all(item.question and item.answer for item in found.items)
