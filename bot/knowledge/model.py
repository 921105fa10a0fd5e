"""What the bot knows, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from bot.language.languages import ENGLISH, Language, same_in
from bot.language.speech import N_, _

CONTACT_LABEL = N_("Get in touch")


@dataclass(frozen=True, slots=True)
class Source:
    """The publication that the answers come from."""

    publisher: str
    title: str
    url: str | None = None

    @property
    def linked(self) -> str:
        """Name it in Markdown, linked if it has an address."""
        if self.url is None:
            return f"{self.publisher}, {self.title}"
        title = self.title.replace("[", "(").replace("]", ")")
        address = self.url.replace("(", "%28").replace(")", "%29")
        return f"{self.publisher}, [{title}](<{address}>)"


@dataclass(frozen=True, slots=True)
class ImageFile:
    """The content of an image file; `extension` is the usual one for its type, such as "png".

    `stamp` tells whether the file was written since.
    """

    path: Path = field(compare=False)
    extension: str
    content: bytes = field(repr=False)
    stamp: object = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Image:
    """An image to show with an answer: a file, or the https address of one. `alt` says what it shows."""

    source: ImageFile | str
    alt: str

    @property
    def location(self) -> str:
        """Where it is: the path of the file, or the address."""
        return str(self.source.path) if isinstance(self.source, ImageFile) else self.source


@dataclass(frozen=True, slots=True)
class Link:
    """Where a reader can go from an answer."""

    label: str
    url: str

    @property
    def caption(self) -> str:
        """The label to show: the bot's own one is in the language being spoken."""
        return _(CONTACT_LABEL) if self.label == CONTACT_LABEL else self.label


@dataclass(frozen=True, slots=True)
class Entry:
    """A question the bot can answer; `answer` is Discord's Markdown."""

    id: str
    question: str
    answer: str
    phrasings: tuple[str, ...]
    related: tuple[str, ...] = ()
    source_section: str | None = None
    reviewed: date | None = None
    image: Image | None = None
    links: tuple[Link, ...] = ()
    channels: frozenset[int] = frozenset()
    """Ids of the channels it applies to; if there are none, it applies everywhere."""
    examples: tuple[str, ...] = ()
    """Questions it must answer; `tpm-bot check` asks them."""
    not_examples: tuple[str, ...] = ()
    """Questions it must not answer."""
    is_taught: bool = False
    """Whether its answer was taught on Discord, so that it doesn't come from the source."""
    language: Language = ENGLISH
    """The language of its question and answer."""
    translated_phrasings: frozenset[str] = frozenset()
    """Which of the phrasings come from translations."""

    @property
    def own_phrasings(self) -> tuple[str, ...]:
        """The phrasings in the language of the knowledge."""
        return _without(self.phrasings, self.translated_phrasings)


@dataclass(frozen=True, slots=True)
class OffTopic:
    """A subject the bot recognizes and has no answer to.

    If it has a `reaction`, the bot reacts with that emoji instead of replying.
    """

    id: str
    name: str
    phrasings: tuple[str, ...]
    reply: str | None = None
    reaction: str | None = None
    examples: tuple[str, ...] = ()
    """Questions it must be recognized in; `tpm-bot check` asks them."""
    not_examples: tuple[str, ...] = ()
    """Questions it must not be recognized in."""
    translated_phrasings: frozenset[str] = frozenset()
    """Which of the phrasings come from translations."""

    @property
    def own_phrasings(self) -> tuple[str, ...]:
        """The phrasings in the language of the knowledge."""
        return _without(self.phrasings, self.translated_phrasings)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and phrases that mean the same here, by a name for what they mean."""

    concepts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SubjectNames:
    """What the knowledge is about, and what people confuse it with; questions about the latter aren't answered."""

    own: tuple[str, ...] = ()
    mistaken_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RoleSection:
    """A section of the job description; `link` is where its reader can go next."""

    id: str
    heading: str
    text: str
    items: tuple[str, ...]
    link: str | None = None


@dataclass(frozen=True, slots=True)
class RoleProfile:
    """A role, described once: its title, and its sections in the order of the job description."""

    title: str
    sections: tuple[RoleSection, ...]


@dataclass(frozen=True, slots=True)
class TranslatedAnswer:
    """An entry in another language: its question, its answer, and what is said of its image and its links."""

    question: str
    answer: str
    alt: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TranslatedSubject:
    """An off-topic subject's name and reply in another language."""

    name: str
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """What is translated of the knowledge into another language: by id, and replies by kind.

    `role` is translated at least in part.
    """

    name: str | None = None
    about: str | None = None
    answers: Mapping[str, TranslatedAnswer] = field(default_factory=dict)
    subjects: Mapping[str, TranslatedSubject] = field(default_factory=dict)
    manners: Mapping[str, str] = field(default_factory=dict)
    role: RoleProfile | None = None


Owner = Entry | OffTopic
"""What has phrasings."""


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Everything the bot knows about `name`; `version` changes whenever a file's content does."""

    name: str
    """The community or subject the bot speaks for, as it follows "I answer questions about"."""
    entries: tuple[Entry, ...]
    off_topics: tuple[OffTopic, ...]
    vocabulary: Vocabulary
    version: str
    about: str | None = None
    """A sentence about what has this name."""
    source: Source | None = None
    role: RoleProfile | None = None
    language: Language = ENGLISH
    """The language it's written in."""
    subject: SubjectNames = SubjectNames()
    manners: Mapping[str, str] = field(default_factory=dict)
    """The community's own replies to messages that ask nothing about the knowledge, by kind."""
    translations: Mapping[Language, Translation] = field(default_factory=dict)
    """What of it there is in other languages."""
    _in_languages: dict[Language, KnowledgeBase] = field(default_factory=dict, init=False, compare=False, repr=False)

    @property
    def owners(self) -> tuple[Owner, ...]:
        """The entries and then the off-topic subjects: all that has phrasings."""
        return (*self.entries, *self.off_topics)

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages in which there are answers; the one it's written in comes first."""
        return (self.language, *self.translations)

    @property
    def image_files(self) -> Mapping[Path, ImageFile]:
        """The files that answers show, by path."""
        sources = (entry.image.source for entry in self.entries if entry.image)
        return {source.path: source for source in sources if isinstance(source, ImageFile)}

    @property
    def image_stamps(self) -> Mapping[Path, object]:
        """What tells whether one of these files was written since, by path."""
        return {path: file.stamp for path, file in self.image_files.items()}

    def in_language(self, language: Language) -> KnowledgeBase:
        """Return the same knowledge in a language; what isn't translated stays as it is."""
        translated = same_in(self.translations, language)
        if translated is None:
            return self
        if (found := self._in_languages.get(translated)) is None:
            found = self._in_languages[translated] = self._said_in(translated, self.translations[translated])
        return found

    def _said_in(self, language: Language, said: Translation) -> KnowledgeBase:
        return replace(
            self,
            name=said.name or self.name,
            about=said.about or self.about,
            entries=tuple(_translated_entry(entry, said.answers.get(entry.id), language) for entry in self.entries),
            off_topics=tuple(_translated_subject(each, said.subjects.get(each.id)) for each in self.off_topics),
            manners={**self.manners, **said.manners},
            role=said.role or self.role,
        )

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


def _without(phrasings: tuple[str, ...], left_out: frozenset[str]) -> tuple[str, ...]:
    return tuple(text for text in phrasings if text not in left_out) if left_out else phrasings


def _translated_entry(entry: Entry, said: TranslatedAnswer | None, language: Language) -> Entry:
    """Return an entry in a language; what was taught stays as it was taught."""
    if said is None or entry.is_taught or entry.language == language:
        return entry
    own = len(entry.links) - len(said.labels)  # those that the bot names itself come first
    labeled = (replace(link, label=label) for link, label in zip(entry.links[own:], said.labels, strict=True))
    return replace(
        entry,
        question=said.question,
        answer=said.answer,
        image=replace(entry.image, alt=said.alt) if entry.image and said.alt else entry.image,
        links=(*entry.links[:own], *labeled),
        language=language,
    )


def _translated_subject(subject: OffTopic, said: TranslatedSubject | None) -> OffTopic:
    return replace(subject, name=said.name, reply=said.reply) if said else subject
