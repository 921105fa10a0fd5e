"""What there is to translate in a knowledge folder, and in which version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.knowledge.file_format import EntryPart, FaqFile, RoleFile, SectionPart
from bot.knowledge.manners import is_emoji
from bot.knowledge.translation_format import Text, TranslatedPart, TranslationFile

LETTERS = str.maketrans("0123456789abcdef", "bcdfghjkmnpqrstv")  # neither a number to YAML nor a word
VERSION_LENGTH = 7
HEAD = "head"
GROUPS = ("sections", "entries", "off_topic", "manners")
"""The top keys of a translation."""


@dataclass(frozen=True, slots=True)
class Key:
    """Where a part is in a translation: its top key, and its id below that; `head` has none."""

    group: str
    id: str = ""

    @property
    def location(self) -> tuple[str, ...]:
        """The path to it in the file."""
        return (self.group, self.id) if self.id else (self.group,)

    def __str__(self) -> str:
        """Return what people call it: manners may be of a kind that is also an id."""
        return f"manners.{self.id}" if self.group == "manners" else self.id or self.group


@dataclass(frozen=True, slots=True)
class Original:
    """A part of the knowledge with something to translate: its texts, by key."""

    key: Key
    texts: Mapping[str, Text]

    @property
    def version(self) -> str:
        """Something short that changes whenever one of the texts does; spaces and line breaks aside."""
        texts = ((key, text) for key, value in self.texts.items() for text in each_of(value))
        words = [word for key, text in texts for word in (key, " ".join(text.split()))]
        digest = hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
        return digest[:VERSION_LENGTH].translate(LETTERS)


class State(StrEnum):
    """How far a part of the knowledge is translated."""

    TRANSLATED = "translated"
    INCOMPLETE = "incomplete"
    """Some of its texts aren't."""
    OUTDATED = "out of date"
    """The original was changed since."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Match:
    """An original and its translation, if it has one; only what is `TRANSLATED` is used."""

    original: Original
    part: TranslatedPart | None

    @property
    def state(self) -> State:
        """How far it is translated."""
        if self.part is None or not self.part.texts:
            return State.MISSING
        if self.part.of != self.original.version:
            return State.OUTDATED
        return State.INCOMPLETE if self.lacking else State.TRANSLATED

    @property
    def texts(self) -> Mapping[str, Text]:
        """The translated texts, in the order of the original."""
        texts = self.part.texts if self.part else {}
        return {key: texts[key] for key in self.original.texts if key in texts}

    @property
    def lacking(self) -> tuple[str, ...]:
        """The keys that aren't translated. Of the links, each needs its label."""
        return tuple(key for key in self.original.texts if key not in self.texts or self._has_other_links(key))

    @property
    def unneeded(self) -> tuple[str, ...]:
        """The keys that the original doesn't have."""
        return tuple(key for key in (self.part.texts if self.part else ()) if key not in self.original.texts)

    def _has_other_links(self, key: str) -> bool:
        return key == "links" and len(self.texts[key]) != len(self.original.texts[key])


def originals(faq: FaqFile, role: RoleFile | None) -> tuple[Original, ...]:
    """Return all that can be translated, in the order of a translation."""
    return tuple(original for original in _all(faq, role) if original.texts)


def matches(found: tuple[Original, ...], translation: TranslationFile) -> Iterator[Match]:
    """Yield each original with its translation."""
    parts = parts_of(translation)
    yield from (Match(original, parts.get(original.key)) for original in found)


def parts_of(translation: TranslationFile) -> Mapping[Key, TranslatedPart]:
    """Return all that a translation has."""
    head = {Key(HEAD): translation.head} if translation.head else {}
    groups: Mapping[str, Mapping[str, TranslatedPart]] = {
        "sections": translation.sections,
        "entries": translation.entries,
        "off_topic": translation.off_topic,
        "manners": translation.manners,
    }
    below = {Key(group, id_): part for group, parts in groups.items() for id_, part in parts.items()}
    return {**head, **below}


def each_of(value: Text) -> tuple[str, ...]:
    """Return one text, or each of a list."""
    return (value,) if isinstance(value, str) else value


def _all(faq: FaqFile, role: RoleFile | None) -> Iterator[Original]:
    yield Original(Key(HEAD), _given(name=faq.name, about=faq.about, title=role.title if role else None))
    for id_, section in (role.sections if role else {}).items():
        answer = _given(heading=section.heading, text=section.text, items=tuple(section.items))
        yield Original(Key("sections", id_), {"question": section.question, **answer, **_shown(section)})
    for id_, entry in faq.entries.items():
        texts = {"question": entry.question, "answer": entry.answer, **_shown(entry)}
        yield Original(Key("entries", id_), texts)
    for id_, subject in faq.off_topic.items():
        yield Original(Key("off_topic", id_), _given(name=subject.name, reply=subject.reply))
    for kind, reply in faq.manners.items():
        yield Original(Key("manners", kind), _given(reply=None if is_emoji(reply) else reply))


def _shown(part: EntryPart | SectionPart) -> dict[str, Text]:
    """Return what is said of an answer's image and its links."""
    return _given(alt=part.alt, links=tuple(link.label for link in part.links))


def _given(**texts: Text | None) -> dict[str, Text]:
    return {key: text for key, text in texts.items() if text}
