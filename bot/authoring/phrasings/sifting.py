"""Decide which of the phrasings in a reply are worth adding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from bot.answering import Answering
from bot.authoring.folds import leave_out
from bot.authoring.phrasings.reply import Proposal, Reply
from bot.knowledge.file_format import MAX_NAME_LENGTH, MAX_PHRASING_LENGTH
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, Owner
from bot.matching.decision import AnswerWith, decide
from bot.matching.learned import read_texts
from bot.matching.lexicon import Lexicon
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice, Encoders
from bot.matching.text import clean
from bot.outcomes import topics_of

MIN_SHARED = 0.8  # of the words of two phrasings with the same content words, for them to be nearly the same

OwnerType = TypeVar("OwnerType", Entry, OffTopic)
Progress = Callable[[float], None]


class Reason(StrEnum):
    """Why a phrasing isn't added."""

    DUPLICATE = "nearly the same as one that is there"
    TAKEN = "nearly the same as one of another entry"
    WON = "another entry would answer it"
    ANSWERED = "the entry that must not answer it would"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class Dropped:
    """A phrasing that isn't added: `by` is the id of the entry that has or wins it, `confidence` how sure that is."""

    text: str
    reason: Reason
    by: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Sifted:
    """What to add to one entry or off-topic subject, and what not.

    `name` is set for a new subject. `rescued` are near misses that an entry would have answered so far, with its id.
    """

    id: str
    name: str | None
    phrasings: tuple[str, ...]
    not_examples: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    rescued: tuple[Dropped, ...] = ()


def sift(
    reply: Reply, knowledge: KnowledgeBase, encoders: EncoderChoice, progress: Progress = lambda _: None
) -> tuple[tuple[Sifted, ...], Answering]:
    """Return what to add, in the order of the knowledge and then of the reply, and what would answer with it.

    A phrasing of an entry is dropped if another entry would answer it, although the others in the reply were learned.
    One of an off-topic subject stays: that it would be answered so far is what makes it worth learning.
    """
    different = _different(reply, knowledge)
    found = _without_lost(different, merged_with(knowledge, different), encoders, progress)
    merged = merged_with(knowledge, found)
    answering = Answering(knowledge=merged, matcher=Matcher(merged, encoders=encoders))
    return tuple(_without_answered(each, answering) for each in found), answering


def merged_with(knowledge: KnowledgeBase, found: Iterable[Sifted]) -> KnowledgeBase:
    """Return the knowledge with what is to be added."""
    added = {each.id: each for each in found}
    new = [each for each in added.values() if each.name is not None and each.phrasings]
    return replace(
        knowledge,
        entries=tuple(_grown(entry, added) for entry in knowledge.entries),
        off_topics=(
            *(_grown(subject, added) for subject in knowledge.off_topics),
            *(OffTopic(id=each.id, name=each.name or each.id, phrasings=each.phrasings) for each in new),
        ),
    )


def _grown(owner: OwnerType, added: Mapping[str, Sifted]) -> OwnerType:
    more: tuple[str, ...] = added[owner.id].phrasings if owner.id in added else ()
    return replace(owner, phrasings=(*owner.phrasings, *more))


class _Seen:
    """Which phrasings there are, by the words that carry their subject."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._alike: dict[frozenset[str], list[tuple[str, frozenset[str]]]] = {}

    def owner_of(self, text: str) -> str | None:
        """Return who has nearly the same phrasing."""
        content, terms = self._read(text)
        for owner, others in self._alike.get(content, ()):
            if 2 * len(terms & others) >= MIN_SHARED * (len(terms) + len(others)):
                return owner
        return None

    def add(self, owner: str, text: str) -> None:
        content, terms = self._read(text)
        self._alike.setdefault(content, []).append((owner, terms))

    def _read(self, text: str) -> tuple[frozenset[str], frozenset[str]]:
        reading = self._lexicon.read(clean(text))
        return frozenset(term.meaning for term in reading.content), frozenset(term.meaning for term in reading.terms)


def _different(reply: Reply, knowledge: KnowledgeBase) -> list[Sifted]:
    """Drop what is too long, and what is nearly the same as something else."""
    seen = _Seen(read_texts(knowledge))
    owners = {owner.id: owner for owner in knowledge.owners}
    for owner in owners.values():
        for text in owner.phrasings:
            seen.add(owner.id, text)
    order = {id_: place for place, id_ in enumerate(owners)}
    proposals = sorted(reply.proposals, key=lambda proposal: order[proposal.id])
    return [_new_ones(proposal, owners.get(proposal.id), seen) for proposal in (*proposals, *reply.subjects)]


def _new_ones(proposal: Proposal, owner: Owner | None, seen: _Seen) -> Sifted:
    kept: list[str] = []
    dropped: list[Dropped] = []
    for text in proposal.phrasings:
        if len(text) > MAX_PHRASING_LENGTH:
            dropped.append(Dropped(text, Reason.TOO_LONG))
        elif (holder := seen.owner_of(text)) is not None:
            is_own = holder == proposal.id
            dropped.append(Dropped(text, Reason.DUPLICATE if is_own else Reason.TAKEN, None if is_own else holder))
        else:
            seen.add(proposal.id, text)
            kept.append(text)
    own = {clean(text) for text in owner.not_examples} if owner else set()
    not_examples = {clean(text): text for text in proposal.not_examples if len(text) <= MAX_PHRASING_LENGTH}
    different = tuple(text for key, text in not_examples.items() if key not in own)
    return Sifted(proposal.id, None if owner else _name_of(proposal), tuple(kept), different, tuple(dropped))


def _name_of(proposal: Proposal) -> str:
    """Return what a new subject is called; without a name in the reply, that is its id."""
    name = proposal.name or ""
    return name if 0 < len(name) <= MAX_NAME_LENGTH else proposal.id.replace("-", " ")


def _without_lost(
    found: list[Sifted], merged: KnowledgeBase, encoders: EncoderChoice, progress: Progress
) -> list[Sifted]:
    """Drop the phrasings of entries that another entry would answer, were they not learned."""
    new = {each.id: {*each.phrasings} for each in found}
    lost: dict[str, list[Dropped]] = {}
    for owner_id, dropped in _lost(merged, new, encoders, progress):
        lost.setdefault(owner_id, []).append(dropped)
    entries = {entry.id for entry in merged.entries}
    return [_without(each, lost.get(each.id, []), is_entry=each.id in entries) for each in found]


def _lost(
    merged: KnowledgeBase, new: Mapping[str, set[str]], encoders: EncoderChoice, progress: Progress
) -> Iterator[tuple[str, Dropped]]:
    alone = Encoders(multilingual=encoders.best_for(english=merged.language == "en"))
    for left_out in leave_out(merged, encoders=alone, progress=progress):
        if left_out.text not in new.get(left_out.owner.id, ()) or left_out.is_clear:
            continue
        match decide(left_out.ranking):
            case AnswerWith(candidate=winner) if winner.entry_id != left_out.owner.id:
                yield left_out.owner.id, Dropped(left_out.text, Reason.WON, winner.entry_id, winner.confidence)
            case _:
                pass


def _without(each: Sifted, lost: list[Dropped], *, is_entry: bool) -> Sifted:
    if not is_entry:
        return replace(each, rescued=tuple(lost))
    texts = {dropped.text for dropped in lost}
    kept = tuple(text for text in each.phrasings if text not in texts)
    return replace(each, phrasings=kept, dropped=(*each.dropped, *lost))


def _without_answered(each: Sifted, answering: Answering) -> Sifted:
    """Drop the near misses that would still be answered: as examples, they would be broken from the start."""
    answered = [text for text in each.not_examples if each.id in topics_of(answering.answer(text))]
    kept = tuple(text for text in each.not_examples if text not in answered)
    dropped = (Dropped(text, Reason.ANSWERED, each.id) for text in answered)
    return replace(each, not_examples=kept, dropped=(*each.dropped, *dropped))
