from __future__ import annotations

import discord
import pytest

from bot.language.languages import SPOKEN, of_locale


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"),
        ("en-GB", "en"),
        ("ja", "ja"),
        ("de", "de"),
        ("es-ES", "es"),
        ("es-419", "es"),
        ("fr", "fr"),
        ("pt-BR", "pt-BR"),
        ("pt", "pt-BR"),
        ("DE_at", "de"),
    ],
)
def test_a_locale_has_the_language_that_the_bot_speaks_there(locale: str, language: str) -> None:
    assert of_locale(locale) == language


@pytest.mark.parametrize("locale", ["ko", "zh-CN", "est", "d", "", "-", "not a locale"])
def test_the_bot_speaks_english_where_it_does_not_speak_the_language(locale: str) -> None:
    assert of_locale(locale) == "en"


def test_every_locale_of_discord_has_a_language_even_one_it_adds_later() -> None:
    locales = [*map(str, discord.Locale), "es-MX", "xx"]

    assert {of_locale(locale) for locale in locales} == set(SPOKEN)
