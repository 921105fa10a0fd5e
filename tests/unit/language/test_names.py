from __future__ import annotations

import pytest

from bot.language.languages import Language
from bot.language.names import name_of
from bot.language.speech import speaking


@pytest.mark.parametrize(
    ("language", "spoken", "name"),
    [
        ("pt-BR", "en", "Portuguese (Brazil)"),
        ("en", "de", "Englisch"),
        ("ja", "pt-BR", "japonês"),
        ("de", "ja", "ドイツ語"),
        ("xx-YY", "en", "xx-YY"),
        ("q", "en", "q"),
    ],
)
def test_a_language_is_called_what_it_is_called_in_the_one_being_spoken(language: str, spoken: str, name: str) -> None:
    with speaking(Language(spoken)):
        assert name_of(Language(language)) == name
