"""How much of a knowledge folder is translated, and into which languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.knowledge.file_format import FaqFile, RoleFile
from bot.knowledge.originals import Key, Match, Original, State, matches, originals, parts_of
from bot.knowledge.saying import job_description_length
from bot.knowledge.translation_format import TranslationFile
from bot.knowledge.translations import language_in, translation_name
from bot.knowledge.yaml_document import Document
from bot.language.languages import Language


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a folder is translated into a language; `strays` have no original in this folder.

    `job_description` is how many characters that has.
    """

    language: Language
    matches: tuple[Match, ...]
    strays: tuple[Key, ...]
    job_description: int

    def of(self, *states: State) -> tuple[Match, ...]:
        """Return the parts that are in one of these states."""
        return tuple(match for match in self.matches if match.state in states)


def originals_in(documents: Mapping[str, Document]) -> tuple[Original, ...]:
    """Return all that can be translated in a folder's own files, which have no faults."""
    return originals(*_parts(documents))


def standing_of(documents: Mapping[str, Document], language: Language) -> Standing:
    """Return how much of a folder is translated into a language, which needn't have a file yet."""
    document = documents.get(translation_name(language))
    translation = TranslationFile.model_validate(document.data) if document else TranslationFile()
    found = originals_in(documents)
    strays = parts_of(translation).keys() - {original.key for original in found}
    return Standing(
        language=language,
        matches=tuple(matches(found, translation)),
        strays=tuple(sorted(strays, key=str)),
        job_description=job_description_length(translation, *_parts(documents)),
    )


def standings(documents: Mapping[str, Document]) -> tuple[Standing, ...]:
    """Return how much of a folder is translated, for each language with a file."""
    languages = filter(None, map(language_in, documents))
    return tuple(standing_of(documents, language) for language in languages)


def _parts(documents: Mapping[str, Document]) -> tuple[FaqFile, RoleFile | None]:
    role = documents["role.yaml"]
    return (
        FaqFile.model_validate(documents["faq.yaml"].data),
        None if role.is_absent else RoleFile.model_validate(role.data),
    )
