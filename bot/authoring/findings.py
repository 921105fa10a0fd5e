"""What a check finds in knowledge that loads: what it is, how grave, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from bot.knowledge.faults import Fault, shown
from bot.knowledge.loading import SHARED
from bot.knowledge.translation_format import TRANSLATIONS
from bot.knowledge.yaml_document import Document

MAX_QUOTED = 120  # characters of a phrasing that a message quotes


class Severity(StrEnum):
    """Whether a finding makes a check fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    """Good to know and no harm: not even a strict check fails."""


class Kind(StrEnum):
    """What a finding is about, the gravest first."""

    FAULT = "fault"
    """The file can't be used as it is."""
    EXAMPLE = "broken example"
    """A question under `examples` or `not` has another outcome than it says."""
    LINK = "malformed link"
    """A link in an answer that doesn't lead anywhere."""
    MISPLACED = "misplaced translation"
    """A translation of something that there isn't."""
    STOLEN = "stolen question"
    """Several phrasings of one that would go to the same other one, had the bot not been told of them."""
    VOCABULARY = "harmful vocabulary"
    """Words taken for one that make questions of two entries the same."""
    DUPLICATE = "near-duplicate"
    """Phrasings of two entries that are the same to the bot."""
    TOO_LONG = "overlong translation"
    """A translation that doesn't fit on Discord."""
    OUTDATED = "outdated translation"
    """A translation whose original has changed since, so the bot gives the original instead."""
    INCOMPLETE = "incomplete translation"
    """Likewise, since some of it isn't translated."""
    UNTRANSLATED = "missing translations"
    """What isn't translated into a language that there are translations into."""
    FEW_PHRASINGS = "few phrasings"
    """Too few for the bot to recognize other wordings."""
    REVIEW_DUE = "review due"
    """An answer that nobody has checked for a year, or that is said to be checked in the future."""
    STRAY = "stray question"
    """A phrasing that would go elsewhere, while hardly another of its kind does."""

    @property
    def severity(self) -> Severity:
        """Return how grave it is."""
        if self is Kind.STRAY:
            return Severity.NOTE
        errors = {Kind.FAULT, Kind.EXAMPLE, Kind.LINK, Kind.MISPLACED, Kind.TOO_LONG}
        return Severity.ERROR if self in errors else Severity.WARNING


class Place(NamedTuple):
    """A line of a knowledge file; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Detail:
    """One of the places that a finding is about, the worst first: what is written there, and why it's named."""

    place: Place
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at; of two findings of a kind, the one with the greater `weight` is worse."""

    kind: Kind
    place: Place
    problem: str
    remedy: str
    weight: float = 0.0
    details: tuple[Detail, ...] = ()

    @property
    def severity(self) -> Severity:
        """Return how grave it is."""
        return self.kind.severity


def from_faults(faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """Return what hinders loading as findings, in the same order."""
    return tuple(Finding(Kind.FAULT, Place(f.file, f.line), f.problem, f.remedy) for f in faults)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order findings by kind, then by weight, then by place."""
    gravity = {kind: position for position, kind in enumerate(Kind)}
    return tuple(sorted(findings, key=lambda finding: (gravity[finding.kind], -finding.weight, finding.place)))


def quoted(text: str) -> str:
    """Return a phrasing or example as a message quotes it."""
    return f'"{shown(text, MAX_QUOTED)}"'


class Places:
    """Where everything stands in the files of knowledge that was loaded without a fault.

    What a server's folder replaces stands there, and not in the shared files around it.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents
        self._groups: dict[str, tuple[Document, str]] = {}
        self._phrasings: dict[tuple[str, str], Place] = {}
        self._read("")
        if f"{SHARED}faq.yaml" in documents:
            self._read(SHARED)
        for document, group, id_, part in self._translated():
            place = Place(document.file, document.line((group, id_, "question")))
            self._phrasings.setdefault((id_, str(part.get("question", "")).strip()), place)
            self._note(id_, document, (group, id_, "phrasings"), part.get("phrasings", []))

    def _read(self, folder: str) -> None:
        for name, group in (("role.yaml", "sections"), ("faq.yaml", "entries"), ("faq.yaml", "off_topic")):
            document = self._documents[folder + name]
            for id_, part in self._below(document.file, group).items():
                if id_ in self._groups:
                    continue
                self._groups[id_] = document, group
                self._phrasings[id_, str(part.get("question", "")).strip()] = self.of(id_, "question")
                self._note(id_, document, (group, id_, "phrasings"), part.get("phrasings", []))
        more = self._documents[f"{folder}phrasings.yaml"]
        for id_, texts in self._below(more.file, "phrasings").items():
            self._note(id_, more, ("phrasings", id_), texts)

    def of(self, id_: str, *location: str | int) -> Place:
        """Return the place of an entry or a subject, or of something in it."""
        document, group = self._groups[id_]
        return Place(document.file, document.line((group, id_, *location)))

    def phrasing(self, id_: str, text: str) -> Place:
        """Return where one of the ways to ask for something stands first."""
        return self._phrasings.get((id_, text)) or self.of(id_)

    def concept(self, name: str) -> Place:
        """Return the place of the words that mean one thing."""
        files = ("phrasings.yaml", f"{SHARED}phrasings.yaml")
        found = (file for file in files if file in self._documents and name in self._below(file, "vocabulary"))
        file = next(found, "phrasings.yaml")
        return Place(file, self._documents[file].line(("vocabulary", name)))

    def answers(self) -> Iterator[tuple[str, Place, str]]:
        """Yield all text that the bot says, with the id it belongs to and its place."""
        groups = self._groups.items()
        owned = ((document, group, id_, self._below(document.file, group)[id_]) for id_, (document, group) in groups)
        for document, group, id_, part in (*owned, *self._translated()):
            for key in ("answer", "text", "reply"):
                if key in part:
                    yield id_, Place(document.file, document.line((group, id_, key))), part[key]
            for index, item in enumerate(part.get("items", ())):
                yield id_, Place(document.file, document.line((group, id_, "items", index))), item

    def _translated(self) -> Iterator[tuple[Document, str, str, dict[str, Any]]]:
        """Yield what translations have, with its group and its id."""
        for name, document in self._documents.items():
            if name.removeprefix(SHARED).startswith(f"{TRANSLATIONS}/"):
                for group in ("sections", "entries", "off_topic"):
                    yield from ((document, group, *each) for each in self._below(name, group).items())

    def _below(self, file: str, key: str) -> dict[str, Any]:
        data: Any = self._documents[file].data
        below: dict[str, Any] = data.get(key, {})
        return below

    def _note(self, id_: str, document: Document, location: tuple[str, ...], texts: list[str]) -> None:
        for index, text in enumerate(texts):
            self._phrasings.setdefault((id_, text.strip()), Place(document.file, document.line((*location, index))))
