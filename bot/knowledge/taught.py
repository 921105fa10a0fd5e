"""Lay what a server's moderators taught the bot over the knowledge of its folder."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.language.languages import Language

Owner = TypeVar("Owner", Entry, OffTopic)


@dataclass(frozen=True, slots=True)
class Taught:
    """A question as people ask it, and what answers it.

    Attributes:
        key: tells it from the others.
        entry_id: of an entry that there is, or of a new one.
        answer: in Discord's Markdown; None if the entry's own answer stands.
    """

    key: int
    entry_id: str
    question: str
    answer: str | None


class Standing(StrEnum):
    """What becomes of a taught item."""

    NEW_ENTRY = "new entry"
    PHRASING = "phrasing"
    """Another way to ask for an entry, perhaps with another answer."""
    IN_FOLDER = "in folder"
    """The folder now says the same."""
    WITHOUT_ENTRY = "without entry"
    """Its entry is gone, and it has no answer of its own."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The knowledge with taught items in it, and what became of each of these, by its key."""

    knowledge: KnowledgeBase
    standings: Mapping[int, Standing]


def laid_over(knowledge: KnowledgeBase, items: Sequence[Taught]) -> Laid:
    """Add taught items to the knowledge; of the answers to an entry, the last is the one that stands.

    What was taught comes before what the folder says: no other entry keeps a phrasing that is the same.
    """
    in_folder = _by_phrasing(knowledge.entries) if items else {}
    entries = {entry.id: entry for entry in knowledge.entries}
    ids = frozenset(entries)
    answers = {item.entry_id: item.answer for item in items if item.answer}
    makers = {item.entry_id: item for item in sorted(items, key=lambda item: -item.key) if item.answer}
    standings: dict[int, Standing] = {}
    effective: list[Taught] = []
    for item in (*sorted(makers.values(), key=lambda item: item.key), *items):
        if item.key in standings:
            continue
        standing = _standing(item, answers.get(item.entry_id), in_folder, ids, entries)
        standings[item.key] = standing
        if standing in {Standing.NEW_ENTRY, Standing.PHRASING}:
            answer = answers.get(item.entry_id)
            entries[item.entry_id] = _grown(entries.get(item.entry_id), item, answer, knowledge.language)
            effective.append(item)
    if not effective:
        return Laid(knowledge, standings)
    owners = {same(item.question): item.entry_id for item in effective}
    subjects = (subject for subject in knowledge.off_topics if subject.id not in entries)
    laid = replace(
        knowledge,
        entries=tuple(_without_taken(entry, owners) for entry in entries.values()),
        off_topics=tuple(_without_taken(subject, owners) for subject in subjects),
        version=hashlib.sha256(f"{knowledge.version} {effective}".encode()).hexdigest()[:12],
    )
    return Laid(laid, standings)


def same(text: str) -> str:
    """Return what two texts have in common if they say the same, whatever their spaces, case, and last mark."""
    return " ".join(text.casefold().split()).rstrip("?!. ")


def _by_phrasing(entries: Iterable[Entry]) -> Mapping[str, Sequence[Entry]]:
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for text in {same(phrasing) for phrasing in entry.phrasings}:
            found[text].append(entry)
    return found


def _standing(
    item: Taught,
    answer: str | None,
    in_folder: Mapping[str, Sequence[Entry]],
    ids: Container[str],
    entries: Container[str],
) -> Standing:
    """Return what becomes of an item; `answer` is the last that its entry was taught, `ids` are the folder's."""
    if any(_says(entry, item, answer, ids) for entry in in_folder.get(same(item.question), ())):
        return Standing.IN_FOLDER
    if item.entry_id in entries:
        return Standing.PHRASING
    return Standing.NEW_ENTRY if item.answer else Standing.WITHOUT_ENTRY


def _says(entry: Entry, item: Taught, answer: str | None, ids: Container[str]) -> bool:
    """Return whether an entry of the folder that has the phrasing holds a taught item, perhaps under another id."""
    if answer is not None:
        return entry.answer.split() == answer.split()
    return entry.id == item.entry_id or item.entry_id not in ids


def _grown(entry: Entry | None, item: Taught, answer: str | None, language: Language) -> Entry:
    """Return an entry with a taught phrasing. A taught answer doesn't rest on the source, and has no image."""
    if entry is None:
        return Entry(item.entry_id, item.question, answer or "", (item.question,), is_taught=True, language=language)
    grown = replace(entry, phrasings=tuple(dict.fromkeys([*entry.phrasings, item.question])))
    if answer is None or answer.split() == entry.answer.split():
        return grown
    return replace(grown, answer=answer, source_section=None, image=None, is_taught=True)


def _without_taken(owner: Owner, owners: Mapping[str, str]) -> Owner:
    """Return an owner without the phrasings that were taught as another's, but never without any."""
    kept = _kept(owner.phrasings, owner.id, owners)
    return owner if len(kept) == len(owner.phrasings) or not kept else replace(owner, phrasings=kept)


def _kept(phrasings: Iterable[str], owner_id: str, owners: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(text for text in phrasings if owners.get(same(text), owner_id) == owner_id)
