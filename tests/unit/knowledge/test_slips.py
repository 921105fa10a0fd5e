"""A slip of the keyboard gets one message, at its line; what follows from it gets none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from bakery import write_bakery

from bot.knowledge.faults import Fault
from bot.knowledge.loading import KnowledgeError, load_knowledge

# The text replaced, its replacement, the text whose line is at fault, the problem and the remedy.
Edit = tuple[str, str, str, str, str]

COLON = "There's a colon in text without quotes."
HYPHEN = "There's no space after the hyphen."
ONE_MORE = "This line starts with one space too many."
ONE_LESS = "This line starts with one space too few."

FAQ_EDITS: dict[str, Edit] = {
    "a colon in a question": (
        "question: What does",
        "question: Fees: what does",
        "question: Fees",
        COLON,
        'Put it in quotes: "Fees: what does the course cost?"',
    ),
    "a colon in an item": (
        "- how much do I pay",
        "- fees: how much",
        "- fees",
        COLON,
        'Put it in quotes: "fees: how much"',
    ),
    "a colon beside a double quote": (
        "- how much do I pay",
        '- the "fee": how much',
        '- the "fee"',
        COLON,
        "Put it in quotes: 'the \"fee\": how much'",
    ),
    "a colon at the end": ("- how much do I pay", "- my fees:", "- my fees:", COLON, 'Put it in quotes: "my fees:"'),
    "a colon on the second line of text": (
        "source_section: Money",
        "source_section: Money\n      and this: wages",
        "and this",
        COLON,
        "Put all of the text in quotes.",
    ),
    "a colon in an answer that isn't marked": (
        "    answer: |-\n      Bring these;",
        "    answer:\n      Bring these;",
        "Bring these;",
        COLON,
        "Put all of the text in quotes, or write answer: |- above it.",
    ),
    "a list for an answer": (
        "    answer: |-\n      Bring these; the school lends you the rest:\n\n",
        "    answer:\n",
        "    answer:\n",
        "The lines below this one aren't read as text.",
        "If that's what they are, write answer: |- here.",
    ),
    "text that starts with a sign": (
        "- how much do I pay",
        "- @mods how much",
        "- @mods",
        "Text that starts with @ needs quotes.",
        'Put it in quotes: "@mods how much"',
    ),
    "text that starts in bold": (
        "answer: >-\n      Nothing.",
        "answer: **Nothing.**",
        "answer: **",
        "Text that starts with * needs quotes.",
        "Put it in quotes: ",
    ),
    "text that only starts in quotes": (
        "- how much do I pay",
        '- "how much" do I pay',
        '- "how',
        'Text that starts with " needs quotes.',
        "Put it in quotes: '\"how much\" do I pay'",
    ),
    "text right after a marker": (
        "answer: >-\n      Nothing.",
        "answer: >- Nothing.",
        "answer: >- N",
        "The text has to start on the next line.",
        "Move it there.",
    ),
    "no space after the first hyphen": (
        "- What does the course cost?",
        "-What does the course cost?",
        "-What",
        HYPHEN,
        "Add one: - What does the course cost?",
    ),
    "no space after a hyphen": ("- how much do", "-how much do", "-how", HYPHEN, "Add one: - how much do I pay"),
    "no space after the only hyphen": ("- Does the", "-Does the", "-Does", HYPHEN, "Add one: - Does the course"),
    "no space after any hyphen": (
        "- What does the course cost?\n      - Is there a fee for the course?\n      - how much do I pay",
        "-What does it cost?\n      -Is there a fee?\n      -how much",
        "-What",
        HYPHEN,
        "Add one: - What does it cost? Do the same on the next 2 lines.",
    ),
    "no space after a colon": (
        "source_section: Money",
        "source_section:Money",
        "source_section:Money",
        "There's no space after the colon.",
        "Add one: source_section: Money",
    ),
    "no colon": ("  fees:\n", "  fees\n", "  fees\n", "There's no colon after fees.", "Add one: fees:"),
    "no colon before text": (
        "question: What",
        "question What",
        "question What",
        "There's no colon after question.",
        "Add one: question: What does",
    ),
    "no colon before text of several lines": (
        "answer: >-",
        "answer >-",
        "answer >-",
        "There's no colon after answer.",
        "Add one: answer: >-",
    ),
    "no colon before a list": (
        "related: [first-shift, clothes]",
        "related [first-shift, clothes]",
        "related [first",
        "There's no colon after related.",
        "Add one: related: [first-shift, clothes]",
    ),
    "no hyphen": (
        "- Is there a fee",
        "Is there a fee",
        "Is there a fee",
        "There's no hyphen in front of this item.",
        "Add one: - Is there a fee for the course?",
    ),
    "a first key too far in": (
        "    question: What",
        "     question: What",
        "question: What",
        ONE_MORE,
        "4 spaces, not 5.",
    ),
    "a first key not far enough in": ("    question: What", "   question: What", "question: What", ONE_LESS, "not 3."),
    "a key too far in": ("    source_section: Mo", "     source_section: Mo", "source_section: Mo", ONE_MORE, "not 5."),
    "a key that runs into the text above": (
        "    answer: >-",
        "      answer: >-",
        "answer: >-",
        "This line starts with 2 spaces too many.",
        "Start it with 4 spaces, not 6.",
    ),
    "an optional key too far in": (
        "    related: [first-shift, clothes]",
        "     related: [first-shift, clothes]",
        "related: [first-shift, c",
        ONE_MORE,
        "4 spaces, not 5.",
    ),
    "an item too far in": (
        "      - how much do",
        "       - how much do",
        "- how much do",
        ONE_MORE,
        "6 spaces, not 7.",
    ),
    "an item not far enough in": ("      - how much do", "     - how much do", "- how much do", ONE_LESS, "not 5."),
    "a first item not far enough in": (
        "      - What does the",
        "     - What does the",
        "- What does the",
        ONE_LESS,
        "Start it with 6 spaces, not 5.",
    ),
    "an id too far in": ("  first-shift:\n", "   first-shift:\n", "first-shift:\n", ONE_MORE, "2 spaces, not 3."),
    "an id within the entry above": (
        "  fees:\n",
        "    fees:\n",
        "    fees:\n",
        "This line starts with 2 spaces too many.",
        "Start it with 2 spaces, not 4.",
    ),
    "an id at the left edge": (
        "  fees:\n",
        "fees:\n",
        "fees:\n",
        "This line starts with 2 spaces too few.",
        "Start it with 2 spaces, not 0.",
    ),
    "a top key too far in": ("entries:\n", " entries:\n", " entries:\n", ONE_MORE, "Start it at the left edge."),
    "a line of an answer not far enough in": (
        "      Breakfast",
        "     Breakfast",
        "Breakfast",
        ONE_LESS,
        "6 spaces, not 5.",
    ),
    "a misspelled key": ("answer: >-", "anwser: >-", "anwser", "There's no key anwser here.", "Did you mean answer?"),
    "a misspelled optional key": ("related: [f", "realted: [f", "realted", "There's no key realted here.", "related?"),
    "a key in capitals": (
        "answer: >-",
        "Answer: >-",
        "Answer: >",
        "There's no key Answer here.",
        "Did you mean answer?",
    ),
    "a misspelled key of what the others refer to": (
        "entries:\n",
        "entires:\n",
        "entires",
        "There's no key entires here.",
        "Did you mean entries?",
    ),
}


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    write_bakery(tmp_path / "bakery", today=date(2026, 11, 22))
    return tmp_path / "bakery" / "faq.yaml"


def faults_of(directory: Path) -> tuple[Fault, ...]:
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(directory)
    return caught.value.faults


def edit(path: Path, old: str, new: str) -> str:
    content = path.read_text(encoding="utf-8")
    assert old in content
    edited = content.replace(old, new, 1)
    path.write_text(edited, encoding="utf-8")
    return edited


@pytest.mark.parametrize("case", FAQ_EDITS)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"], ids=["Unix", "Windows"])
def test_a_slip_gets_one_message_at_its_line_and_what_follows_from_it_none(
    faq: Path, case: str, line_break: str
) -> None:
    old, new, at_fault, problem, remedy = FAQ_EDITS[case]
    edited = edit(faq, old, new)
    faq.write_bytes(edited.replace("\n", line_break).encode())

    [fault] = faults_of(faq.parent)
    assert (fault.file, fault.problem) == ("faq.yaml", problem)
    assert fault.line == edited[: edited.index(at_fault)].count("\n") + 1
    assert remedy in fault.remedy


def test_several_slips_get_a_message_each(faq: Path) -> None:
    edit(faq, "    answer: >-", "    anwser: >-")
    edit(faq, "- how much do I pay", "- fees: how much")
    edit(faq, "      - Are you a bot?", "     - Are you a bot?")
    edit(faq, "- many thanks", "-many thanks")

    assert [fault.problem for fault in faults_of(faq.parent)] == [
        "There's no key anwser here.",
        COLON,
        ONE_LESS,
        HYPHEN,
    ]


def test_a_slip_does_not_hide_a_fault_elsewhere_in_the_file(faq: Path) -> None:
    edit(faq, "- how much do I pay", "-how much do I pay")
    edit(faq, "name: recipes", "name: 12:30")

    assert [fault.problem for fault in faults_of(faq.parent)] == [
        HYPHEN,
        "The key off_topic.recipes.name: YAML doesn't read 12:30 as text.",
    ]


def test_a_key_like_no_other_is_not_taken_for_one(faq: Path) -> None:
    edit(faq, "    related: [f", "    color: red\n    related: [f")

    [fault] = faults_of(faq.parent)
    assert (fault.problem, fault.remedy) == ("There's no key color here.", "Fix its spelling or remove it.")


def test_an_item_that_belongs_to_the_text_above_may_be_put_in_quotes_with_it(faq: Path) -> None:
    edit(faq, "source_section: Money", "source_section: Money\n        - and more")

    [fault] = faults_of(faq.parent)
    assert fault.problem == "YAML reads this line as the end of the one above, not as an item of its own."
    assert "put all of it in quotes" in fault.remedy


def test_a_large_file_with_a_slip_is_given_up_on_in_time(faq: Path) -> None:
    phrasings = "".join(f"    - question number {number}\n" for number in range(10_000))
    path = faq.with_name("phrasings.yaml")
    path.write_text(f"phrasings:\n  fees:\n{phrasings}  clothes: [}}\n", encoding="utf-8")

    [fault] = faults_of(faq.parent)
    assert fault.line == 10_003
