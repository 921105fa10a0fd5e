"""Say something in the language that is being spoken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.language.catalogs import catalog_of
from bot.language.languages import ENGLISH, Language, of_locale

_spoken: ContextVar[Language] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language inside, here and in the tasks and threads begun there; English if the bot doesn't speak it."""
    token = _spoken.set(of_locale(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> Language:
    """Return the language that is being spoken."""
    return _spoken.get()


def _(text: str, /, **values: object) -> str:
    """Return a text in the language that is being spoken, with the values in place of their names in braces."""
    return catalog_of(spoken()).gettext(text).format(**values)


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    """Return a text in the form that goes with a number; otherwise like `_`."""
    return catalog_of(spoken()).ngettext(singular, plural, number).format(**values)
