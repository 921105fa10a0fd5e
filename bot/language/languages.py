"""The languages that the bot speaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NewType

Language = NewType("Language", str)
"""A language's BCP 47 code as Discord writes it, such as `de` or `pt-BR`: also of one that the bot doesn't speak."""

ENGLISH: Final = Language("en")
TRANSLATED: Final = tuple(map(Language, ("ja", "de", "es", "fr", "pt-BR")))
SPOKEN: Final = (ENGLISH, *TRANSLATED)


def of_locale(locale: str) -> Language:
    """Return the language to speak with somebody whose Discord is set to a locale: English if the bot doesn't speak it.

    What comes after the language's own code decides nothing: `es-419` is `es`, and `pt` is `pt-BR`.
    """
    return same_in(SPOKEN, locale) or ENGLISH


def same_in(languages: Iterable[Language], code: str) -> Language | None:
    """Return the one of some languages that a code stands for, whatever its region; None if there is none."""
    wanted = primary(code)
    return next((language for language in languages if primary(language) == wanted), None)


def by_own_code(languages: Iterable[Language]) -> Mapping[str, Language]:
    """Return languages by their own codes: of several with the same, the last one."""
    return {primary(language): language for language in languages}


def primary(code: str) -> str:
    """Return a language's own code, without what follows: `pt` for `pt-BR`."""
    return code.replace("_", "-").partition("-")[0].casefold()
