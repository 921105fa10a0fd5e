from __future__ import annotations

import unicodedata
from typing import Literal

import pytest

from bot.discord_app.asking.posts import means_solved


@pytest.mark.parametrize(
    "name", ["Solved", "✅ RESOLVED", "answered!", "Gelöst", "Resuelto", "résolu", "Resolvido", "解決済み"]
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_tag_means_solved_in_each_language_of_the_bot(name: str, form: Literal["NFC", "NFD"]) -> None:
    assert means_solved(unicodedata.normalize(form, name))


@pytest.mark.parametrize("name", ["Unsolved", "ungelöst", "question", "✅", "", "未解決"])
def test_another_tag_does_not(name: str) -> None:
    assert not means_solved(name)
