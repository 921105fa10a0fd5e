"""What languages are called."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from babel import Locale, UnknownLocaleError

from bot.language.languages import Language
from bot.language.speech import spoken


def english_name(language: Language) -> str:
    """Return what a language is called in English, such as German."""
    return _locale(language).get_display_name("en") or language


def own_name(language: Language) -> str:
    """Return what a language is called by those who speak it, such as Deutsch."""
    name = _locale(language).get_display_name() or language
    return f"{name[0].upper()}{name[1:]}"


def name_of(language: Language) -> str:
    """Return what a language is called in the one that is being spoken; its code if it has no name there."""
    try:
        return _locale(language).get_display_name(spoken().replace("-", "_")) or language
    except (UnknownLocaleError, ValueError):
        return language


def called(name: str, languages: Iterable[Language]) -> Language | None:
    """Return the one of some languages that has a name or a code; None if there is none."""
    wanted = name.strip().casefold()
    return next((each for each in languages if wanted in {own_name(each).casefold(), each.casefold()}), None)


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(language, sep="-")
