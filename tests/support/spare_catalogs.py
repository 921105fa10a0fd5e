"""Catalogs for tests, in place of the shipped ones."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

import bot
from bot.language import catalogs
from bot.language.languages import Language

ROOT = Path(bot.__file__).parents[1]

Translations = dict[str | tuple[str, str], str | tuple[str, ...]]
"""What texts are called in another language; those with a plural by both forms."""


def write_catalog(folder: Path, language: Language, translations: Translations) -> None:
    """Write a compiled catalog to where a folder of catalogs has it."""
    code = language.replace("-", "_")
    catalog = Catalog(locale=code)
    for text, translation in translations.items():
        catalog.add(text, translation)
    place = folder / code / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "bot.mo").open("wb") as file:
        write_mo(file, catalog)


@contextmanager
def catalogs_in(folder: Path) -> Iterator[None]:
    """Speak from the catalogs in a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogs, "CATALOGS", folder)
        catalogs.catalog_of.cache_clear()
        yield
    catalogs.catalog_of.cache_clear()


@cache
def texts_extracted() -> Mapping[str, str | tuple[str, ...]]:
    """Return all texts that pybabel finds, as CONTRIBUTING.md has it look for them; plurals by their first form."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    messages = [each[2] for each in extract_from_dir(str(ROOT), methods)]
    return {text if isinstance(text, str) else text[0]: text for text in messages}


def in_other_letters(text: str) -> str:
    """Return a text with each of its letters in a wide form, but for what stays as it is in every language.

    That is what people type or click (`/faq`), values, addresses, and Discord's marks.
    """
    return "".join(
        part if position % 2 else part.translate(_WIDE) for position, part in enumerate(_SAME_EVERYWHERE.split(text))
    )


def letters_left(text: str) -> list[str]:
    """Return the words of a text in `in_other_letters` that aren't in those."""
    return _WORD.findall(_SAME_EVERYWHERE.sub(" ", text))


def pretend_language(folder: Path, language: Language) -> None:
    """Write a compiled catalog in which all texts are in other letters, for a language with one plural."""
    translations: Translations = {}
    for text in texts_extracted().values():
        if isinstance(text, str):
            translations[text] = in_other_letters(text)
        else:
            one, many = text
            translations[one, many] = (in_other_letters(many),)
    write_catalog(folder, language, translations)


_SAME_EVERYWHERE = re.compile(r"(`[^`]*`|\{\w+\}|https?://[^\s)>]+|<[^<>\s]+>)")
_WORD = re.compile(r"[A-Za-z]+")
_WIDE = {ord(letter): ord(letter) + 0xFEE0 for letter in string.ascii_letters}
