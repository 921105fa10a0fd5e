from __future__ import annotations

import logging
import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from spare_catalogs import catalogs_in, texts_extracted, write_catalog

from bot.language.catalogs import CATALOGS, catalog_of
from bot.language.languages import ENGLISH, TRANSLATED, Language

FOLDER = Path(str(CATALOGS))
FREE = {("{count}", 1)}  # "one of them" needs no number


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_compiled_catalog_says_what_its_source_says(language: Language) -> None:
    place = FOLDER / language.replace("-", "_") / "LC_MESSAGES"
    source = read_po(BytesIO((place / "bot.po").read_bytes()))
    write_mo(expected := BytesIO(), source)

    assert says((place / "bot.mo").read_bytes()) == says(expected.getvalue()), (
        "Compile the catalogs again, as CONTRIBUTING.md says."
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_has_every_text_and_no_other(language: Language) -> None:
    known = {message.id for message in catalog_in(language) if message.id}
    said = {text if isinstance(text, str) else tuple(text) for text in texts_extracted().values()}

    assert (said - known, known - said) == (set(), set()), "Update the catalogs, as CONTRIBUTING.md says."


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_in_every_form_and_nothing_is_fuzzy(language: Language) -> None:
    catalog = catalog_in(language)
    forms = {message.id: forms_of(message) for message in catalog if message.id}

    assert [text for text, each in forms.items() if not all(each)] == []
    assert [text for text, each in forms.items() if isinstance(text, tuple) and len(each) != catalog.num_plurals] == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_values_commands_addresses_and_marks(language: Language) -> None:
    changed = [
        (form, kept - FREE)
        for message in catalog_in(language)
        if message.id
        for form in forms_of(message)
        if (kept := what_stays(form) ^ what_stays(original_of(message))) - FREE
    ]

    assert changed == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_the_lines_and_blanks_of_its_text(language: Language) -> None:
    changed = [
        form
        for message in catalog_in(language)
        if message.id
        for form in forms_of(message)
        if shape_of(form) != shape_of(original_of(message)) and message.id != ", "
    ]

    assert changed == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_takes_its_values(language: Language) -> None:
    for message in catalog_in(language):
        for form in forms_of(message) if message.id else ():
            said = form.format_map(dict.fromkeys(re.findall(r"\{(\w+)\}", str(message.id)), "{0}"))
            assert "{" not in said.replace("{0}", "")


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_number_takes_the_form_that_cldr_has_for_it(language: Language) -> None:
    category = Locale.parse(language, sep="-").plural_form
    forms = {message.id: forms_of(message) for message in catalog_in(language) if isinstance(message.id, tuple)}

    for (singular, plural), (one, *_, many) in ((text, [*each, each[-1]]) for text, each in forms.items()):
        for number in (0, 1, 2, 11, 101):
            expected = one if category(number) == "one" else many
            assert catalog_of(language).ngettext(singular, plural, number) == expected


def catalog_in(language: Language) -> Catalog:
    return read_po(BytesIO((FOLDER / language.replace("-", "_") / "LC_MESSAGES" / "bot.po").read_bytes()))


def forms_of(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def original_of(message: Message) -> str:
    """Return the English text; of two, the one for many."""
    return str(message.id if isinstance(message.id, str) else message.id[-1])


def what_stays(text: str) -> set[tuple[str, int]]:
    """Return what no translation changes, and how often it is there."""
    kept = re.findall(
        r"`[^`]*`|<[@#]&?\{\w+\}>|\{\w+\}|https?://(?:[\w/.]*\w)?|\*\*|(?<!\*)\*(?!\*)|__|[\[\]]|⚠️|💙|👍", text
    )
    return set(Counter(kept).items())


def shape_of(text: str) -> tuple[str, int, bool, bool]:
    """Return how lines begin and end: as items or small print, and without blanks."""
    begin = re.match(r"(?:-# |- |### )?", text)
    return begin[0] if begin else "", text.count("\n"), text[:1].isspace(), text[-1:].isspace()


def says(compiled: bytes) -> dict[str, str]:
    """Return the texts of a compiled catalog with their translations, and which plurals it has."""
    catalog = read_mo(BytesIO(compiled))
    return {repr(message.id): repr(message.string) for message in catalog if message.id} | {"": catalog.plural_forms}


def test_english_needs_no_catalog() -> None:
    assert catalog_of(ENGLISH).gettext("Hello") == "Hello"


@pytest.mark.parametrize("content", [b"", b"not a catalog", b"\xde\x12\x04\x95" + b"\xff" * 40])
def test_a_broken_catalog_leaves_english_and_a_warning(
    content: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_catalog(tmp_path, Language("fr"), {"Hello": "Bonjour"})
    (tmp_path / "fr" / "LC_MESSAGES" / "bot.mo").write_bytes(content)

    with catalogs_in(tmp_path), caplog.at_level(logging.WARNING):
        assert [catalog_of(Language("fr")).gettext("Hello") for _ in range(2)] == ["Hello"] * 2

    assert [record.message.split(",")[0] for record in caplog.records] == ["Can't read the catalog for fr"]


@pytest.mark.parametrize(("header", "damaged"), [(b"charset=utf-8", b"charset=utf-z"), (b" plural=", b" plurel=")])
def test_a_catalog_with_a_damaged_header_leaves_english_and_a_warning(
    header: bytes, damaged: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_catalog(tmp_path, Language("fr"), {"Hello": "Bonjour"})
    catalog = tmp_path / "fr" / "LC_MESSAGES" / "bot.mo"
    assert header in catalog.read_bytes()
    catalog.write_bytes(catalog.read_bytes().replace(header, damaged))

    with catalogs_in(tmp_path), caplog.at_level(logging.WARNING):
        assert catalog_of(Language("fr")).gettext("Hello") == "Hello"

    assert [record.message.split(",")[0] for record in caplog.records] == ["Can't read the catalog for fr"]


def test_a_missing_catalog_leaves_english_and_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with catalogs_in(tmp_path), caplog.at_level(logging.WARNING):
        assert catalog_of(Language("ja")).gettext("Hello") == "Hello"

    assert len(caplog.records) == 1
