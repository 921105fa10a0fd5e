"""Lay what a server's moderators taught the bot over the knowledge of its folder."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from bot.knowledge.model import Entry, KnowledgeBase, OffTopic

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
    """The folder says the same by now."""
    WITHOUT_ENTRY = "without entry"
    """Its entry is gone, and it has no answer of its own."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The knowledge with taught items in it, and what became of each of these, by its key."""

    knowledge: KnowledgeBase
    standings: Mapping[int, Standing]


def laid_over(knowledge: KnowledgeBase, items: Sequence[Taught]) -> Laid:
    """Add taught items to the knowledge, the oldest first: the last answer to an entry is the one that stands.

    What was taught comes before what the folder says: no other entry keeps a phrasing that is the same.
    """
    in_folder = _by_phrasing(knowledge.entries) if items else {}
    ids = {entry.id for entry in knowledge.entries}
    entries = {entry.id: entry for entry in knowledge.entries}
    standings: dict[int, Standing] = {}
    effective: list[Taught] = []
    for item in items:
        if any(_says(entry, item, ids) for entry in in_folder.get(same(item.question), ())):
            standings[item.key] = Standing.IN_FOLDER
        elif item.entry_id in entries:
            standings[item.key] = Standing.PHRASING
            entries[item.entry_id] = _with_phrasing(entries[item.entry_id], item)
            effective.append(item)
        elif item.answer:
            standings[item.key] = Standing.NEW_ENTRY
            entries[item.entry_id] = Entry(item.entry_id, item.question, item.answer, (item.question,), is_taught=True)
            effective.append(item)
        else:
            standings[item.key] = Standing.WITHOUT_ENTRY
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


def _says(entry: Entry, item: Taught, ids: Container[str]) -> bool:
    """Tell whether an entry of the folder that has the phrasing holds a taught item, perhaps under another id."""
    if item.answer is not None:
        return entry.answer.split() == item.answer.split()
    return entry.id == item.entry_id or item.entry_id not in ids


def _with_phrasing(entry: Entry, item: Taught) -> Entry:
    """Return an entry with a taught phrasing. A taught answer doesn't rest on the source, and has no image."""
    grown = replace(entry, phrasings=tuple(dict.fromkeys([*entry.phrasings, item.question])))
    if not item.answer:
        return grown
    return replace(grown, answer=item.answer, source_section=None, image=None, is_taught=True)


def _without_taken(owner: Owner, owners: Mapping[str, str]) -> Owner:
    """Return an owner without the phrasings that were taught as another's, but never without any."""
    kept = _kept(owner.phrasings, owner.id, owners)
    return owner if len(kept) == len(owner.phrasings) or not kept else replace(owner, phrasings=kept)


def _kept(phrasings: Iterable[str], owner_id: str, owners: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(text for text in phrasings if owners.get(same(text), owner_id) == owner_id)
