from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from spare_catalogs import catalogs_in, write_catalog

from bot.language.catalogs import CATALOGS, catalog_of
from bot.language.languages import ENGLISH, TRANSLATED, Language

FOLDER = Path(str(CATALOGS))


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_compiled_catalog_says_what_its_source_says(language: Language) -> None:
    place = FOLDER / language.replace("-", "_") / "LC_MESSAGES"
    source = read_po(BytesIO((place / "bot.po").read_bytes()))
    write_mo(expected := BytesIO(), source)

    assert says((place / "bot.mo").read_bytes()) == says(expected.getvalue()), (
        "Compile the catalogs again, as CONTRIBUTING.md says."
    )


def says(compiled: bytes) -> dict[str, str]:
    """Return the texts of a compiled catalog with their translations, and which plurals it has."""
    catalog = read_mo(BytesIO(compiled))
    return {repr(message.id): repr(message.string) for message in catalog if message.id} | {"": catalog.plural_forms}


def test_english_needs_no_catalog() -> None:
    assert catalog_of(ENGLISH).gettext("Hello") == "Hello"


@pytest.mark.parametrize("content", [b"", b"not a catalog", b"\xde\x12\x04\x95" + b"\xff" * 40])
def test_what_is_no_catalog_leaves_english_and_a_warning(
    content: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_catalog(tmp_path, Language("fr"), {"Hello": "Bonjour"})
    (tmp_path / "fr" / "LC_MESSAGES" / "bot.mo").write_bytes(content)

    with catalogs_in(tmp_path), caplog.at_level(logging.WARNING):
        assert [catalog_of(Language("fr")).gettext("Hello") for _ in range(2)] == ["Hello"] * 2

    assert [record.message.split(",")[0] for record in caplog.records] == ["Can't read the catalog for fr"]


def test_a_catalog_that_is_not_there_leaves_english_and_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with catalogs_in(tmp_path), caplog.at_level(logging.WARNING):
        assert catalog_of(Language("ja")).gettext("Hello") == "Hello"

    assert len(caplog.records) == 1
