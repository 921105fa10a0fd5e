"""Check translations: what is missing, out of date, or without an original."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from difflib import get_close_matches

from bot.authoring.findings import Detail, Finding, Kind, Place
from bot.authoring.translations.standings import Standing, standings
from bot.knowledge.faults import shown
from bot.knowledge.file_format import MAX_JOB_DESCRIPTION_LENGTH
from bot.knowledge.originals import Key, Match, Original, State
from bot.knowledge.translations import translation_name
from bot.knowledge.yaml_document import Document
from bot.language.names import english_name


def translation_findings(documents: Mapping[str, Document], shared: Container[str]) -> Iterator[Finding]:
    """Yield what is wrong with the translations of a folder's own files; `shared` are the ids of other entries."""
    for standing in standings(documents):
        document = documents[translation_name(standing.language)]
        yield from (_stray(key, standing, documents, shared) for key in standing.strays)
        for match in standing.matches:
            yield from _not_said(match, document)
            yield from (_unneeded(match, key, document) for key in match.unneeded)
        if standing.job_description > MAX_JOB_DESCRIPTION_LENGTH:
            yield _too_long(standing, document)
        if missing := standing.of(State.MISSING):
            yield _missing(missing, standing, documents)


def _stray(key: Key, standing: Standing, documents: Mapping[str, Document], shared: Container[str]) -> Finding:
    document = documents[translation_name(standing.language)]
    keys = {match.original.key.id: match.original.key for match in standing.matches}
    if not key.id:
        problem, remedy = "There's no name, about, or title to translate.", "Remove this part."
    elif other := keys.get(key.id):
        problem, remedy = f"{key} isn't one of the {key.group}.", f"Move it below {other.group}."
    elif key.id in shared:
        problem = f"{key} is in the shared knowledge."
        remedy = "Translate it there, or remove it here."
    else:
        problem = f"Nothing in {_file_of(key)} has the id {shown(key.id)}."
        near = get_close_matches(key.id, [id_ for id_ in keys if id_], 1)
        closest = "".join(f" The closest is {id_} ({_place_of(keys[id_], documents)})." for id_ in near)
        remedy = f"If it was removed there, remove it here, too. Otherwise, fix the id.{closest}"
    return Finding(Kind.MISPLACED, Place(document.file, document.line(key.location)), problem, remedy)


def _unneeded(match: Match, text: str, document: Document) -> Finding:
    key = match.original.key
    place = Place(document.file, document.line((*key.location, text)))
    return Finding(Kind.MISPLACED, place, f"The original of {key} has no {text}.", "Remove it here, too.")


def _not_said(match: Match, document: Document) -> Iterator[Finding]:
    """Yield why a translation isn't used."""
    original, key = match.original, match.original.key
    if match.state is State.OUTDATED:
        place = Place(document.file, document.line((*key.location, "of")))
        problem = f"{key} has changed since it was translated, so the bot gives the original."
        remedy = f"Update this, then write of: {original.version}."
        yield Finding(Kind.OUTDATED, place, problem, remedy)
    elif match.state is State.INCOMPLETE:
        place = Place(document.file, document.line(key.location))
        problem = f"{key} isn't fully translated, so the bot gives the original."
        remedy = f"Add {' and '.join(_told(text, original) for text in match.lacking)}."
        yield Finding(Kind.INCOMPLETE, place, problem, remedy)


def _told(text: str, original: Original) -> str:
    return f"a label for each of the {len(original.texts[text])} links" if text == "links" else text


def _missing(missing: Sequence[Match], standing: Standing, documents: Mapping[str, Document]) -> Finding:
    name = translation_name(standing.language)
    language = english_name(standing.language)
    verb = "isn't" if len(missing) == 1 else "aren't"
    problem = f"{len(missing)} of {len(standing.matches)} texts {verb} translated into {language}."
    remedy = f"tpm-bot translations prompt {standing.language} prints a request for a language model."
    details = tuple(
        Detail(_place_of(match.original.key, documents), str(match.original.key), "not translated") for match in missing
    )
    return Finding(Kind.UNTRANSLATED, Place(name, 1), problem, remedy, len(missing), details)


def _too_long(standing: Standing, document: Document) -> Finding:
    problem = (
        f"The sections make a job description of {standing.job_description} characters in "
        f"{english_name(standing.language)}, so the bot gives the original."
    )
    remedy = f"Shorten them to {MAX_JOB_DESCRIPTION_LENGTH} in all."
    return Finding(Kind.TOO_LONG, Place(document.file, document.line(("sections",))), problem, remedy)


def _file_of(key: Key) -> str:
    return "role.yaml" if key.group == "sections" else "faq.yaml"


def _place_of(key: Key, documents: Mapping[str, Document]) -> Place:
    """Return the place of an original; for those at the top of a file, the top."""
    document = documents[_file_of(key)]
    return Place(document.file, document.line(key.location if key.id else ()))
