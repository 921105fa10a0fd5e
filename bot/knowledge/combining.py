"""Make knowledge for one server or channel from what there is."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TypeVar

from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, SubjectNames, Translation, Vocabulary
from bot.language.languages import Language

V = TypeVar("V")
T = TypeVar("T", bound=Entry | OffTopic)


def extended(shared: KnowledgeBase, own: KnowledgeBase) -> KnowledgeBase:
    """Return the shared knowledge with a server's own, which replaces what has the same id."""
    concepts = dict(shared.vocabulary.concepts)
    for name, words in own.vocabulary.concepts.items():
        concepts[name] = tuple(dict.fromkeys([*concepts.get(name, ()), *words]))
    off_topics = {subject.id for subject in own.off_topics}
    entries = {entry.id for entry in own.entries}
    return KnowledgeBase(
        name=own.name,
        about=own.about or shared.about,
        entries=_replaced((entry for entry in shared.entries if entry.id not in off_topics), own.entries),
        off_topics=_replaced((each for each in shared.off_topics if each.id not in entries), own.off_topics),
        vocabulary=Vocabulary(concepts),
        version=hashlib.sha256(f"{shared.version} {own.version}".encode()).hexdigest()[:12],
        source=own.source or shared.source,
        role=own.role or shared.role,
        language=own.language,
        manners={**shared.manners, **own.manners},
        subject=SubjectNames(
            (*shared.subject.own, *own.subject.own), (*shared.subject.mistaken_for, *own.subject.mistaken_for)
        ),
        translations={
            language: _translated(shared, own, language)
            for language in dict.fromkeys((*shared.translations, *own.translations))
        },
    )


def _translated(shared: KnowledgeBase, own: KnowledgeBase, language: Language) -> Translation:
    """Return the translations of both, without those of what isn't used; each id belongs to only one of the two."""
    around, here = (each.translations.get(language, Translation()) for each in (shared, own))
    ids = {*(entry.id for entry in own.entries), *(subject.id for subject in own.off_topics)}
    return Translation(
        name=here.name or (around.name if own.name == shared.name else None),
        about=here.about or (None if own.about else around.about),
        answers=_without(around.answers, ids) | dict(here.answers),
        subjects=_without(around.subjects, ids) | dict(here.subjects),
        manners=_without(around.manners, own.manners) | dict(here.manners),
        role=here.role if own.role else around.role,
    )


def _without(translated: Mapping[str, V], replaced: Container[str]) -> dict[str, V]:
    return {id_: each for id_, each in translated.items() if id_ not in replaced}


def _replaced(shared: Iterable[T], own: Iterable[T]) -> tuple[T, ...]:
    """Return all of both; what has the same id takes the place of the shared one."""
    together: dict[str, T] = {each.id: each for each in (*shared, *own)}
    return tuple(together.values())


def restricted_to(knowledge: KnowledgeBase, channel_ids: AbstractSet[int]) -> KnowledgeBase:
    """Return the knowledge without the entries that apply to other channels only."""
    kept = {entry.id for entry in knowledge.entries if applies(entry, channel_ids)}
    entries = tuple(
        replace(entry, related=tuple(id_ for id_ in entry.related if id_ in kept))
        for entry in knowledge.entries
        if entry.id in kept
    )
    return replace(knowledge, entries=entries)


def applies(entry: Entry, channel_ids: AbstractSet[int]) -> bool:
    """Return whether an entry applies to a channel, given with the one that it is in, if it is a thread."""
    return not entry.channels or not entry.channels.isdisjoint(channel_ids)
