"""Messages that only greet, thank or react."""

from __future__ import annotations

import pytest

from bot.answering import Answering, Unanswered
from bot.matching.courtesy import is_courtesy
from bot.matching.text import clean, words


@pytest.mark.parametrize(
    "message",
    ["thanks!", "thx", "ty so much", "cheers, that worked", "hello there", "gracias", "ありがとう", "ok cool thanks"],
)
def test_a_courtesy_is_never_matched_to_an_entry(answering: Answering, message: str) -> None:
    assert isinstance(answering.answer(message), Unanswered)


@pytest.mark.parametrize(
    "message", ["thanks, does a tpm code?", "hi, what is a tpm", "good", "", "what is it", "great role?"]
)
def test_what_asks_is_no_courtesy(message: str) -> None:
    assert not is_courtesy(words(clean(message)))
