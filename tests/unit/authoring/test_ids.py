from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.ids import id_for
from bot.knowledge.file_format import ID_PATTERN, MAX_ID_LENGTH


@pytest.mark.parametrize(
    ("question", "id_"),
    [
        ("When do you meet?", "meet"),
        ("How much is the membership fee per year?", "membership-fee-year"),
        ("What's the Wi-Fi password?", "wi-fi-password"),
        ("What about 2026?", "2026-question"),
        ("what about 2026 13 45", "2026-13-45-question"),
        ("会費はいくらですか", "question"),
        ("Wie trete ich dem Klub für Anfänger bei?", "wie-trete-ich-dem"),
        ("What is this?", "what-is-this"),
        ("Antidisestablishmentarianism versus floccinaucinihilipilification?", "antidisestablishmentarianism-versus"),
    ],
)
def test_an_id_holds_the_words_that_carry_the_subject(question: str, id_: str) -> None:
    assert id_for(question) == id_


def test_an_id_that_is_taken_gets_a_number() -> None:
    assert id_for("When do you meet?", {"meet", "meet-2"}) == "meet-3"


@given(question=st.text())
def test_any_id_can_be_used_without_quotes(question: str) -> None:
    id_ = id_for(question)

    assert re.fullmatch(ID_PATTERN, id_)
    assert len(id_) <= MAX_ID_LENGTH
    assert yaml.safe_load(id_) == id_
