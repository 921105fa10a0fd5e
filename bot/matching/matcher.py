"""Rank what the bot knows by how well it answers a question."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np

from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.confidence import Evidence, confidence
from bot.matching.corpus import Corpus, Floats
from bot.matching.lexicon import Lexicon, Reading, Repair, Term
from bot.matching.nearest import NearestPhrasing, Nearness
from bot.matching.text import clean
from bot.matching.vote import Vote

ranked_entries = 5
most_counted_words = 12  # more make no answer surer, or gibberish would be sure if only long enough
context_vote = 0.8  # of the question's own vote
context_similarity = 0.3
similarity_share = 0.3  # of the nearest phrasing in choosing the entries to look at closely; the vote has 1


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an entry was ranked as it was. Few are asked for, so the words are looked up only then.

    Attributes:
        phrasing: the entry's that is most like the question.
        content: the terms of the question that carry its subject.
        nearest: the phrasing as it was read.
        meanings: those of all phrasings of the entry.
    """

    phrasing: str
    evidence: Evidence
    content: tuple[Term, ...]
    nearest: Reading
    meanings: Container[str] = field(repr=False, compare=False)

    @property
    def shared(self) -> tuple[str, ...]:
        """The words of the question that the phrasing has too."""
        meanings = {term.meaning for term in self.nearest.terms}
        return tuple(term.typed for term in self.content if term.meaning in meanings)

    @property
    def unexplained(self) -> tuple[str, ...]:
        """The words of the question that none of the entry's phrasings has."""
        return tuple(term.typed for term in self.content if term.meaning not in self.meanings)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer a question, and how sure that is (0 to 1)."""

    entry_id: str
    confidence: float
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Subject:
    """An off-topic subject that a question may be about; `vote` is about 1 if it is."""

    off_topic_id: str
    vote: float
    example: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a question may be about: entries, the surest first, and the likeliest off-topic subject, if any."""

    question: str
    candidates: tuple[Candidate, ...]
    subject: Subject | None
    repairs: tuple[Repair, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Measured:
    """What was measured of a question once, for the evidence of every entry.

    `votes` and `similarities` have a value for each entry; `highest` are the two highest of these votes.
    """

    votes: list[float]
    highest: tuple[float, ...]
    off_topic_vote: float
    similarities: list[float]
    off_topic_similarity: float
    unknown: float
    length: float

    def rival_vote(self, position: int) -> float:
        """Return the highest vote for another entry."""
        others = self.highest[1:] if self.votes[position] == self.highest[0] else self.highest
        return others[0] if others else 0.0


class Matcher:
    """Compare questions with all the phrasings of a knowledge base. Pure: the same question, the same ranking."""

    def __init__(self, knowledge: KnowledgeBase, *, lexicon: Lexicon | None = None) -> None:
        """Learn from the phrasings; `lexicon`, if there is one already, has read the same ones in the same order."""
        owners: list[Entry | OffTopic] = [*knowledge.entries, *knowledge.off_topics]
        self._ids = [owner.id for owner in owners]
        self._entry_count = len(knowledge.entries)
        self._phrasings = [phrasing for owner in owners for phrasing in owner.phrasings]
        self._owners = positions = [position for position, owner in enumerate(owners) for _ in owner.phrasings]
        self._lexicon = lexicon or read_phrasings(knowledge)
        readings = self._lexicon.phrasings
        self._entry_meanings: list[set[str]] = [set() for _ in owners]
        for position, reading in zip(positions, readings, strict=True):
            self._entry_meanings[position].update(term.meaning for term in reading.terms)
        self._having: dict[int, Counter[str]] = {}  # filled for the owners that `rank_left_out` is asked about
        corpus = Corpus.of(readings, positions, owner_count=len(owners), size=self._lexicon.size)
        self._nearest = NearestPhrasing(corpus)
        self._vote = Vote(corpus)

    def rank(self, question: str, *, context: Sequence[str] = ()) -> Ranking:
        """Rank the entries for one cleaned question; `context` holds the sentences that it may lean on."""
        return self.rank_as_read(question, self._lexicon.read(question), context=context)

    def rank_as_read(self, question: str, reading: Reading, *, context: Sequence[str] = ()) -> Ranking:
        """Rank the entries for a question that the lexicon has read already."""
        votes = self._vote.count(reading)
        nearness = self._nearest.compare(reading)
        if context:
            votes, nearness = self._leaning(votes, nearness, context)
        return self._ranking(question, reading, votes, nearness)

    def rank_left_out(self, position: int, votes: Floats) -> Ranking:
        """Rank the entries for one of the phrasings as if it had not been learned; `votes` are those without it.

        Its words stay known, even those that no other phrasing has.
        """
        reading, owner = self._lexicon.phrasings[position], self._owners[position]
        nearness = self._nearest.without(self._nearest.compare(reading), position)
        having = self._phrasings_by_meaning(owner)
        meanings = {term.meaning for term in reading.terms if having[term.meaning] > 1}  # another one than this
        return self._ranking(self._phrasings[position], reading, votes, nearness, {owner: meanings})

    def _phrasings_by_meaning(self, owner: int) -> Counter[str]:
        """Return how many phrasings of an owner have each meaning."""
        if owner not in self._having:
            own = range(bisect_left(self._owners, owner), bisect_right(self._owners, owner))
            meanings = ({term.meaning for term in self._lexicon.phrasings[position].terms} for position in own)
            self._having[owner] = Counter(chain.from_iterable(meanings))
        return self._having[owner]

    def _ranking(
        self,
        question: str,
        reading: Reading,
        votes: Floats,
        nearness: Nearness,
        other_meanings: Mapping[int, set[str]] | None = None,
    ) -> Ranking:
        """Rank the entries by what was measured; `other_meanings` are those of entries that have changed."""
        scores = votes + similarity_share * nearness.entries
        best = np.argsort(-scores[: self._entry_count], kind="stable")[:ranked_entries]
        content = reading.content
        measured = self._measured(content, votes, nearness)
        meanings = other_meanings or {}
        candidates = [
            self._candidate(
                position, content, measured, nearness, meanings.get(position, self._entry_meanings[position])
            )
            for position in best.tolist()
        ]
        return Ranking(
            question=question,
            candidates=tuple(sorted(candidates, key=lambda candidate: -candidate.confidence)),
            subject=self._subject(votes, nearness),
            repairs=reading.repairs,
            unknown=tuple(term.typed for term in content if not term.is_known),
        )

    def _leaning(self, votes: Floats, nearness: Nearness, context: Sequence[str]) -> tuple[Floats, Nearness]:
        """Let the sentence of the context that says most for an entry speak for it too, in a lower voice."""
        readings = [reading for sentence in context if (reading := self._lexicon.read(sentence)).content]
        if not readings:
            return votes, nearness
        votes_before = np.max([self._vote.count(reading) for reading in readings], axis=0)
        entries_before = np.max([self._nearest.compare(reading).entries for reading in readings], axis=0)
        entries = nearness.entries + context_similarity * np.maximum(entries_before - nearness.entries, 0)
        return votes + context_vote * np.maximum(votes_before, 0), replace(nearness, entries=entries)

    def _measured(self, content: tuple[Term, ...], votes: Floats, nearness: Nearness) -> _Measured:
        entries = self._entry_count
        by_owner: list[float] = votes.tolist()  # lists, because a few numbers are faster so
        likeness: list[float] = nearness.entries.tolist()
        return _Measured(
            votes=by_owner[:entries],
            highest=tuple(sorted(by_owner[:entries], reverse=True)[:2]),
            off_topic_vote=max(by_owner[entries:], default=0.0),
            similarities=likeness[:entries],
            off_topic_similarity=max(likeness[entries:], default=0.0),
            unknown=sum(not term.is_known for term in content) / max(1, len(content)),
            length=math.log1p(min(len(content), most_counted_words)),
        )

    def _candidate(
        self,
        position: int,
        content: tuple[Term, ...],
        measured: _Measured,
        nearness: Nearness,
        meanings: Container[str],
    ) -> Candidate:
        unexplained = sum(term.meaning not in meanings for term in content)
        evidence = Evidence(
            vote=measured.votes[position],
            rival_vote=measured.rival_vote(position),
            off_topic_vote=measured.off_topic_vote,
            similarity=measured.similarities[position],
            off_topic_similarity=measured.off_topic_similarity,
            unexplained=unexplained / max(1, len(content)),
            unknown=measured.unknown,
            length=measured.length,
        )
        nearest = self._nearest.nearest(nearness, position)
        explanation = Explanation(
            self._phrasings[nearest], evidence, content, self._lexicon.phrasings[nearest], meanings
        )
        return Candidate(self._ids[position], confidence(evidence), explanation)

    def _subject(self, votes: Floats, nearness: Nearness) -> Subject | None:
        if self._entry_count == len(self._ids):
            return None
        position = self._entry_count + int(votes[self._entry_count :].argmax())
        example = self._phrasings[self._nearest.nearest(nearness, position)]
        return Subject(self._ids[position], float(votes[position]), example)


def read_phrasings(knowledge: KnowledgeBase) -> Lexicon:
    """Return the words of a knowledge base, learned from the phrasings of its entries and, after them, its subjects."""
    owners: tuple[Entry | OffTopic, ...] = (*knowledge.entries, *knowledge.off_topics)
    phrasings = (clean(phrasing) for owner in owners for phrasing in owner.phrasings)
    return Lexicon(knowledge.vocabulary.concepts, phrasings)
