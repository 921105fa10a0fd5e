"""Links that no reader could follow are seen."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.links import malformed_links


@pytest.mark.parametrize(
    "text",
    [
        "[the page] (https://example.org)",
        "[the page](example.org)",
        "[the page](http:/example.org)",
        "[the page](https://example.org",
        "[the page]()",
        "[the page](https://exa mple.org)",
        "[](https://example.org)",
        "see www.example.org",
        "see http:/example.org",
        "see https//example.org",
        "see htps://example.org",
        "see https://example",
        "see https://",
    ],
)
def test_a_malformed_link_is_seen(text: str) -> None:
    assert len(list(malformed_links(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "[the page](https://example.org)",
        "[the page](<https://example.org/a_b>)",
        "[the page](https://en.example.org/wiki/Baker_(craft)) and more",
        "https://example.org/www.html, http://example.org.",
        "<https://example.org>",
        "[sic] (as it stands)",
        "an [x] in a box",
        "https is a protocol: use it",
        "write to a@www.example.org",
        "http://localhost:8080",
    ],
)
def test_a_good_link_or_none_is_let_pass(text: str) -> None:
    assert list(malformed_links(text)) == []


@given(st.text(alphabet="[]() htps:/w.<>ab\n", max_size=60))
def test_whatever_is_in_an_answer_its_malformed_links_are_part_of_it(text: str) -> None:
    assert all(link.written and link.problem for link in malformed_links(text))


@pytest.mark.parametrize(
    ("row", "closing"), [("[" * 1500, ""), ("[a](" * 375, ""), ("[a](" + "(" * 1400, ")"), ("w" * 1500, "")]
)
def test_hostile_text_is_searched_for_links_at_once(row: str, closing: str) -> None:
    start = time.process_time()
    list(malformed_links(row + closing))

    assert time.process_time() - start < 1
