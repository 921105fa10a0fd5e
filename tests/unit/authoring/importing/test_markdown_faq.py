from __future__ import annotations

import pytest

from bot.authoring.importing.collected import Collected
from bot.authoring.importing.markdown_faq import read_markdown


def answers(text: str) -> dict[str, str]:
    return {item.question: item.answer for item in read_markdown(text).items}


BOTH = {"How do I join?": "Come along.", "What does it cost?": "Thirty."}
LAYOUTS = {
    "headings": "# Club\n\n## How do I join?\n\nCome along.\n\n## What does it cost?\n\nThirty.\n",
    "headings of the top level": "# How do I join?\nCome along.\n# What does it cost?\nThirty.\n",
    "underlined headings": "Club\n====\n\nHow do I join?\n---\nCome along.\n\nWhat does it cost?\n---\nThirty.\n",
    "headings below headings": "# Club\n## Money\n### What does it cost?\nThirty.\n"
    "## Joining\n### How do I join?\nCome along.\n",
    "headings on two levels": "# Club\n## How do I join?\nCome along.\n### What does it cost?\nThirty.\n",
    "numbered headings": "## 1. How do I join?\nCome along.\n## 1.2 What does it cost?\nThirty.\n",
    "headings with markup": "## How *do* I [join](#x)?\nCome along.\n## `What` does it **cost**?\nThirty.\n",
    "bold": "**How do I join?**\n\nCome along.\n\n**What does it cost?**\n\nThirty.\n",
    "bold before the answer": "**How do I join?** Come along.\n\n__What does it cost?__\nThirty.\n",
    "bold over two lines": "**How do\nI join?**\n\nCome along.\n\n**What does\nit cost?**: Thirty.\n",
    "bold below headings": "# Club\n## Joining\n**How do I join?**\n\nCome along.\n"
    "## Money\n**What does it cost?**\n\nThirty.\n",
    "bold with Q": "**Q: How do I join?**\n\nA: Come along.\n\n**Q: What does it cost?**\n\n**A:** Thirty.\n",
    "Q and A": "Q: How do I join?\nA: Come along.\n\nQ: What does it cost?\n\nA: Thirty.\n",
    "paragraphs": "How do I join?\n\nCome along.\n\nWhat does it cost?\n\nThirty.\n",
    "definitions": "How do I join?\n\n: Come along.\n\nWhat does it cost?\n: Thirty.\n",
    "a numbered list": "1. How do I join?\n   Come along.\n2. What does\n   it cost? Thirty.\n",
    "a numbered list in bold": "1. **How do I join?**\n\n   Come along.\n2. **What does it cost?** Thirty.\n",
    "a broken numbered list": "1. How do I join?\n\nCome along.\n\n2. What does it cost?\n\nThirty.\n",
    "what can be unfolded": "<details>\n<summary>How do I join?</summary>\n\nCome along.\n\n</details>\n\n"
    "<details><summary><b>What does it cost?</b></summary><p>Thirty.</p></details>\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_questions_are_found_in_any_layout(layout: str) -> None:
    assert answers(LAYOUTS[layout]) == BOTH
    assert read_markdown(LAYOUTS[layout]).warnings == []


def test_without_any_question_the_innermost_headings_are_taken() -> None:
    text = "# Club\nHello.\n## Money\nAll.\n### Membership fee\nThirty.\n### Late fee\nFive.\n## Address\nMill Lane\n"

    assert answers(text) == {"Membership fee": "Thirty.", "Late fee": "Five.", "Address": "Mill Lane"}


def test_what_is_worded_as_a_question_inside_an_answer_stays_there_unchanged() -> None:
    inside = "Is that slow?\n\n1. Is it?\n2. Why?\n\n**Is it?** Yes."

    assert answers(f"## How do I join?\n{inside}\n## What does it cost?\nThirty.\n")["How do I join?"] == inside


def test_headings_and_bold_text_in_an_answer_stay_in_it() -> None:
    text = (
        "## How do I join?\nCome along.\n### By mail\nWrite.\n\n**Is that slow?** Yes.\n"
        "## What does it cost?\nThirty.\n"
    )

    assert answers(text) == BOTH | {"How do I join?": "Come along.\n\n**By mail**\n\nWrite.\n\n**Is that slow?** Yes."}


def test_code_is_not_searched_for_questions() -> None:
    text = "## How do I join?\n```sh\n# why?\n## what?\n```\n## What does it cost?\nThirty.\n"

    assert answers(text)["How do I join?"] == "```sh\n# why?\n## what?\n```"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Club\n## How?\nSo.\n", "Club"),
        ("---\ntitle: 'Club'\nlayout: x\n---\n# Questions\n## How?\nSo.\n", "Club"),
        ("# Club FAQ\n# How?\nSo.\n# Why?\nBecause.\n", "Club FAQ"),
        ("## How?\nSo.\n", ""),
    ],
)
def test_the_title_is_that_of_the_text(text: str, title: str) -> None:
    assert read_markdown(text).title == title


def test_the_heading_above_a_question_is_its_group() -> None:
    found: Collected = read_markdown(LAYOUTS["headings below headings"])

    assert [(item.group, item.place) for item in found.items] == [("Money", "line 3"), ("Joining", "line 6")]


def test_links_that_are_named_further_down_are_written_out() -> None:
    assert answers("## How?\nSee [the form][1].\n\n[1]: https://club.example/form\n") == {
        "How?": "See [the form](https://club.example/form)."
    }


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("## How?\n## Why?\nSo.\n", 'line 1: "How?" has no answer, so it was left out.'),
        (
            "# Club\n## How?\nSo.\n## Why?\nSo.\n## Where?\nHere.\n## License\nMIT\n",
            "line 8: \"License\" isn't worded as a question. Remove it if it isn't one.",
        ),
        (
            "# Club\n## A\n### How?\nSo.\n## License\nMIT\n",
            'line 6: What stands below "License" was left out, since no question is there.',
        ),
        ("## How?\nSee [it](x.md).\n", "line 1: The link to x.md leads nowhere on Discord, so only its text stays."),
    ],
)
def test_what_is_lost_or_doubtful_is_told(text: str, warning: str) -> None:
    assert read_markdown(text).warnings == [warning]


def test_a_table_of_contents_is_left_out() -> None:
    assert answers("## Contents\n- [How](#how)\n## How?\nSo.\n## Why?\nSo.\n") == {"How?": "So.", "Why?": "So."}


@pytest.mark.parametrize("text", ["", "Just text.\n\nMore.", "# Only a title\n", "- a\n- b\n", "```\n# x?\n```\n"])
def test_text_without_questions_has_none(text: str) -> None:
    assert answers(text) == {}
