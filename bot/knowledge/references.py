"""Find what is wrong between the knowledge files and their parts, even if the parts have faults of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from bot.knowledge.faults import Fault, shown
from bot.knowledge.yaml_document import Document, Location


def clashing_names(documents: Mapping[str, Document]) -> Iterator[Fault]:
    """Find ids and vocabulary words that stand for two things."""
    places: dict[str, str] = {}
    for group in _owners(documents):
        for id_ in group.parts:
            if id_ in places:
                problem = f"The id {shown(id_)} is already used in {places[id_]}."
                yield group.fault((id_,), problem, "Give one of the two another id.")
            places.setdefault(id_, group.place(id_))
    yield from _vocabulary_faults(Group(documents["phrasings.yaml"], "vocabulary"))


def dangling_ids(documents: Mapping[str, Document], shared: Iterable[str] = ()) -> Iterator[Fault]:
    """Find references to ids that don't exist, usually because one or the other is misspelled.

    `shared` are the ids of entries outside these files.
    """
    sections, entries, off_topic = _owners(documents)
    has_sections = sections.parts or documents["role.yaml"].is_absent
    if not (has_sections and entries.parts and off_topic.is_mapping):
        return  # there's no telling which ids should exist
    topics = {id_: group.place(id_) for group in (entries, sections) for id_ in group.parts}
    owners = topics | {id_: off_topic.place(id_) for id_ in off_topic.parts}
    more_phrasings = Group(documents["phrasings.yaml"], "phrasings")
    for id_ in more_phrasings.parts:
        if id_ not in owners:
            problem = f"Nothing in faq.yaml or role.yaml has the id {shown(id_)}."
            yield more_phrasings.fault((id_,), problem, f"Fix the id or remove its list.{_closest(id_, owners)}")
    for group in (sections, entries):
        yield from _related_faults(group, {**dict.fromkeys(shared, "the shared knowledge"), **topics})


def _owners(documents: Mapping[str, Document]) -> tuple[Group, Group, Group]:
    role, faq = documents["role.yaml"], documents["faq.yaml"]
    return Group(role, "sections"), Group(faq, "entries"), Group(faq, "off_topic")


def _closest(id_: str, places: Mapping[str, str]) -> str:
    """Return the id that may be meant, or that may be the misspelled one."""
    return "".join(f" The closest is {shown(near)} ({places[near]})." for near in get_close_matches(id_, places, 1))


def _related_faults(group: Group, topics: Mapping[str, str]) -> Iterator[Fault]:
    for id_, part in group.parts.items():
        seen: set[str] = set()
        for index, related in _texts(part.get("related") if isinstance(part, dict) else None):
            location = (id_, "related", index)
            if related not in topics:
                remedy = f"Fix or remove it.{_closest(related, topics)}"
                yield group.fault(location, f"No entry has the id {shown(related)}.", remedy)
            elif related == id_:
                yield group.fault(location, f"The entry {shown(related)} lists itself as related.", "Remove it.")
            elif related in seen:
                yield group.fault(location, f"The id {shown(related)} is listed twice.", "Remove one of them.")
            seen.add(related)


def _vocabulary_faults(vocabulary: Group) -> Iterator[Fault]:
    owners = {name.casefold(): name for name in vocabulary.parts}
    for name, words in vocabulary.parts.items():
        for index, word in _texts(words):
            owner = owners.setdefault(word.strip().casefold(), name)
            if owner != name:
                problem = f"The word {shown(word)} already means {shown(owner)}."
                yield vocabulary.fault((name, index), problem, "Remove it from one of the two.")


class Group:
    """What is under one of a file's top-level keys, if that is a mapping."""

    def __init__(self, document: Document, key: str) -> None:
        below = document.data.get(key, {}) if isinstance(document.data, dict) else None
        self.is_mapping = isinstance(below, dict)
        self.parts: dict[str, Any] = below if isinstance(below, dict) else {}
        self._document = document
        self._key = key

    def place(self, id_: str) -> str:
        """Return the file and line of one of the parts, for messages."""
        return f"{self._document.file}:{self._document.line((self._key, id_))}"

    def fault(self, location: Location, problem: str, remedy: str) -> Fault:
        """Return a fault at something in one of the parts."""
        return Fault(self._document.file, self._document.line((self._key, *location)), problem, remedy)


def _texts(value: object) -> Iterator[tuple[int, str]]:
    """Return the texts in what should be a list of them, with their positions."""
    if isinstance(value, list):
        yield from ((index, item) for index, item in enumerate(value) if isinstance(item, str))
