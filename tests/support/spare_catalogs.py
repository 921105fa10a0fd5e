"""Catalogs for tests, in place of the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot.language import catalogs
from bot.language.languages import Language

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
