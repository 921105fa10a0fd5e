from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord_app.page import shorten
from bot.language.graphemes import last_end

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
WAVE = "\U0001f44b\U0001f3fd"
HEART = "\u2764\ufe0f"
KEYCAP = "1\ufe0f\u20e3"
JAPAN, BRAZIL = "\U0001f1ef\U0001f1f5", "\U0001f1e7\U0001f1f7"
SCOTLAND = "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct") + "\U000e007f"
ACCENTED = "e\u0301"
GA = "\u304b\u3099"
HALF_WIDTH_GA = "\uff76\uff9e"
HANGUL = "\u1112\u1161\u11ab"
DEVANAGARI = "\u0928\u093f"


@pytest.mark.parametrize(
    "whole", [FAMILY, WAVE, HEART, KEYCAP, JAPAN, SCOTLAND, ACCENTED, GA, HALF_WIDTH_GA, HANGUL, DEVANAGARI]
)
def test_what_people_see_as_one_character_stays_whole_or_goes(whole: str) -> None:
    text = f"ab{whole}c"

    ends = {last_end(text, limit) for limit in range(1, len(text) + 1)}

    assert ends == {1, 2, 2 + len(whole), 3 + len(whole)}


def test_flags_stay_apart_from_one_another() -> None:
    text = JAPAN + BRAZIL + JAPAN

    assert [last_end(text, limit) for limit in (2, 3, 4, 5)] == [2, 2, 4, 4]


def test_a_label_in_japanese_is_cut_before_an_emoji_that_has_no_room() -> None:
    assert shorten("\u8cea\u554f" * 3 + FAMILY + "\u3067\u3059", 9) == "\u8cea\u554f" * 3 + "…"


def test_stacked_marks_are_cut_rather_than_dropped() -> None:
    assert shorten("e" + "\u0301" * 100, 10) == "e" + "\u0301" * 8 + "…"


@given(st.text(max_size=40), st.integers(1, 40))
def test_some_of_any_text_is_left(text: str, limit: int) -> None:
    assert 0 < last_end(text, limit) <= limit
