"""What the bot knows, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Source:
    """The publication that every answer rests on."""

    publisher: str
    title: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A question the bot can answer; `answer` is Markdown as Discord understands it."""

    id: str
    question: str
    answer: str
    source_section: str
    related: tuple[str, ...]
    reviewed: date
    phrasings: tuple[str, ...]
    link: str | None = None
    examples: tuple[str, ...] = ()
    """Questions that it must answer; `tpm-bot check` asks them."""
    not_examples: tuple[str, ...] = ()
    """Questions that it must not answer."""


@dataclass(frozen=True, slots=True)
class OffTopic:
    """A subject the bot recognises and has no answer to.

    A subject with a `reaction` is met with that emoji instead of words.
    """

    id: str
    name: str
    phrasings: tuple[str, ...]
    reply: str | None = None
    reaction: str | None = None
    examples: tuple[str, ...] = ()
    """Questions that it must be recognised in; `tpm-bot check` asks them."""
    not_examples: tuple[str, ...] = ()
    """Questions that it must not be recognised in."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and phrases that mean the same here, by the name of what they mean."""

    concepts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SubjectNames:
    """What the knowledge is about, and what is easily mistaken for it: a question about that isn't answered."""

    own: tuple[str, ...] = ()
    mistaken_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleSection:
    """A part of the job description; `link` is where its reader can go next."""

    id: str
    heading: str
    text: str
    items: tuple[str, ...]
    link: str | None = None


@dataclass(frozen=True, slots=True)
class RoleProfile:
    """A role, told once: its title and the sections in the order of the job description."""

    title: str
    sections: tuple[RoleSection, ...]


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Everything the bot knows; `version` changes whenever a file's content does."""

    source: Source
    entries: tuple[Entry, ...]
    off_topics: tuple[OffTopic, ...]
    vocabulary: Vocabulary
    role: RoleProfile
    version: str
    language: str = "en"
    """The language it is written in, as a code such as `en` or `pt`."""
    subject: SubjectNames = SubjectNames()

    def entry(self, entry_id: str) -> Entry:
        """Return the entry with this id.

        Raises:
            KeyError: No entry has this id.
        """
        for entry in self.entries:
            if entry.id == entry_id:
                return entry
        raise KeyError(entry_id)

    def off_topic(self, subject_id: str) -> OffTopic:
        """Return the off-topic subject with this id.

        Raises:
            KeyError: No subject has this id.
        """
        for subject in self.off_topics:
            if subject.id == subject_id:
                return subject
        raise KeyError(subject_id)
