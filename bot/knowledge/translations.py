"""Read the translations in a knowledge folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from bot.knowledge.faults import Fault, shown
from bot.knowledge.reading import read_part
from bot.knowledge.translation_format import LANGUAGES, TRANSLATIONS, TranslationFile
from bot.knowledge.yaml_document import Document
from bot.language.languages import Language

_ALIASES = {"pt": "pt-BR", "sv": "sv-SE", "zh": "zh-CN", "zh-tw": "zh-TW"}


class UnknownLanguage(ValueError):
    """Say which code isn't a language's."""


@dataclass(frozen=True, slots=True)
class TranslationFiles:
    """The translations in a folder that can be read, their documents by name, and what is wrong with the others."""

    by_language: Mapping[Language, TranslationFile]
    documents: Mapping[str, Document]
    faults: tuple[Fault, ...]


def language_of(code: str) -> Language:
    """Return a language by the code that a knowledge file has for it: `pt` is `pt-BR`."""
    return Language(_ALIASES.get(code, code))


def known_language(code: str) -> Language:
    """Return the language with a code that somebody typed.

    Raises:
        UnknownLanguage: None has it.
    """
    if code not in LANGUAGES:
        near = _nearest(code)
        remedy = f"Do you mean {near}?" if near else f"Use one of these: {', '.join(LANGUAGES)}."
        raise UnknownLanguage(f"No language has the code {shown(code)}. {remedy}")
    return Language(code)


def translation_name(language: Language) -> str:
    """Return the name of the file with a translation, as seen from the knowledge folder."""
    return f"{TRANSLATIONS}/{language}.yaml"


def language_in(name: str) -> Language | None:
    """Return the language that a translation with this name is in; None for another file."""
    path = PurePosixPath(name)
    return Language(path.stem) if str(path.parent) == TRANSLATIONS else None


def translation_names(directory: Path) -> tuple[str, ...]:
    """Return the names of all files in a folder that look like translations, whatever is in them."""
    try:
        names = sorted(path.name for path in (directory / TRANSLATIONS).iterdir())
    except OSError:
        return ()
    return tuple(f"{TRANSLATIONS}/{name}" for name in names if _looks_like_one(name))


def read_translations(directory: Path, *, own: Language | None) -> TranslationFiles:
    """Read each translation of a folder whose knowledge is written in a language of its `own`."""
    by_language: dict[Language, TranslationFile] = {}
    documents: dict[str, Document] = {}
    faults: list[Fault] = []
    for name in translation_names(directory):
        if fault := _name_fault(name, own):
            faults.append(fault)
            continue
        reading = read_part(directory / name, TranslationFile, file=name)
        faults += reading.faults
        if reading.document:
            documents[name] = reading.document
        if reading.part:
            by_language[Language(Path(name).stem)] = reading.part
    return TranslationFiles(by_language, documents, tuple(faults))


def _looks_like_one(name: str) -> bool:
    return name.casefold().endswith((".yaml", ".yml")) and not name.startswith((".", "_"))


def _name_fault(name: str, own: Language | None) -> Fault | None:
    path = Path(name)
    code = path.stem
    if code not in LANGUAGES:
        problem = f"No language has the code {shown(code)}."
        near = _nearest(code)
        remedy = f"Rename the file to {near}.yaml." if near else "Rename the file, for example to de.yaml for German."
        return Fault(name, 1, problem, remedy)
    if path.suffix != ".yaml":
        return Fault(name, 1, "The name of the file doesn't end in .yaml.", f"Rename it to {code}.yaml.")
    if code == own:
        return Fault(name, 1, f"The knowledge is written in {code} already.", "Remove the file, or fix its name.")
    return None


def _nearest(code: str) -> str | None:
    """Return the code that an unknown one may be meant to be."""
    codes = {each.casefold(): each for each in LANGUAGES} | _ALIASES
    written = code.casefold().replace("_", "-")
    near = get_close_matches(written, codes, 1) or [each for each in codes if written.startswith(f"{each}-")]
    return codes[near[0]] if near else None
