"""Say something in the language that is being spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from bot.language.catalogs import catalog_of
from bot.language.languages import ENGLISH, SPOKEN, Language, of_locale

T = TypeVar("T")

_MARK = "\0"  # in no text

_spoken: ContextVar[Language] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language inside, here and in the tasks and threads begun there; English if the bot doesn't speak it."""
    token = _spoken.set(of_locale(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def speak(language: Language) -> None:
    """Speak a language from now on, as if all that follows were inside `speaking`."""
    _spoken.set(of_locale(language))


def spoken() -> Language:
    """Return the language that is being spoken."""
    return _spoken.get()


def _(text: str, /, **values: object) -> str:
    """Return a text in the language that is being spoken, with the values in place of their names in braces."""
    return catalog_of(spoken()).gettext(text).format(**values)


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    """Return a text in the form that goes with a number; otherwise like `_`."""
    return catalog_of(spoken()).ngettext(singular, plural, number).format(**values)


def N_(text: str) -> str:  # noqa: N802 - its name in every project with catalogs
    """Return a text as it is, in English: catalogs have it, and `_` says it later."""
    return text


def in_every_language(say: Callable[[], T]) -> tuple[T, ...]:
    """Return something in each language, English first, to find it in what was said before."""
    said = []
    for language in SPOKEN:
        with speaking(language):
            said.append(say())
    return tuple(said)


def read_back(line: str, say: Callable[[str], str]) -> str | None:
    """Return the value with which a line was said, in whatever language; None if `say` doesn't say such lines."""
    for before, after in in_every_language(lambda: say(_MARK).split(_MARK)):
        if line.startswith(before) and line[len(before) :].endswith(after):
            return line[len(before) : len(line) - len(after)]
    return None
