"""Gather the evidence of one question for the owners it is likeliest about."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from bot.matching.confidence import EVIDENCE, Evidence, Situation, SizedCalibration
from bot.matching.corpus import Floats
from bot.matching.lexicon import Reading, Term
from bot.matching.meaning import Meaning, Nearby
from bot.matching.nearest import Nearness
from bot.matching.subject import SubjectGuard
from bot.matching.vote import Vote

WEIGHED_ENTRIES = 8  # entries that get evidence
WEIGHED_SUBJECTS = 3
MAX_MEASURED_WORDS = 32  # whose distances count; each has to be encoded
MAX_COUNTED_WORDS = 12  # more add no confidence, or long gibberish would be confident
LOWEST_VOTE = -8.0


@dataclass(frozen=True, slots=True)
class Sense:
    """One way to compare questions: by words alone, or with the meaning an encoder gives them too."""

    vote: Vote
    calibration: SizedCalibration
    threshold: float
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything measured about one question, for every owner.

    `content` holds the question's content words, and `unknown` those of them that the knowledge doesn't have.
    `phrasing_meanings` holds the meanings in each owner's phrasings, `answer_meanings` those in its answer.
    """

    reading: Reading
    content: tuple[Term, ...]
    unknown: tuple[Term, ...]
    sense: Sense
    votes: Floats
    nearness: Nearness
    nearby: Nearby | None
    entry_count: int
    phrasing_meanings: tuple[frozenset[str], ...]
    answer_meanings: tuple[frozenset[str], ...]
    guard: SubjectGuard

    def weigh(self) -> tuple[list[int], list[Evidence], Situation]:
        """Return the likeliest owners, the evidence for each, and what they share."""
        owners = self._likeliest()
        count = max(1, len(self.content))
        situation = Situation(
            unknown=len(self.unknown) / count,
            length=math.log1p(min(len(self.content), MAX_COUNTED_WORDS)),
            is_empty=float(not self.content),
        )
        distances = self._distances(owners)
        foreign = self.guard.foreign_to(self.reading, (owner for owner in owners if owner < self.entry_count))
        return owners, [self._evidence(owner, count, distances, foreign) for owner in owners], situation

    def _likeliest(self) -> list[int]:
        weights = dict(zip(EVIDENCE, self.sense.calibration.owner.tolist(), strict=True))
        rough = weights["vote"] * self.votes + weights["similarity"] * self.nearness.entries
        if self.nearby is not None:
            rough = rough + weights["meaning"] * self.nearby.nearest_phrasing
            rough += weights["answer_meaning"] * self.nearby.nearest_sentence
        best = np.argsort(-rough[: self.entry_count], kind="stable")[:WEIGHED_ENTRIES]
        subjects = np.argsort(-rough[self.entry_count :], kind="stable")[:WEIGHED_SUBJECTS] + self.entry_count
        return [*best.tolist(), *subjects.tolist()]

    def _distances(self, owners: list[int]) -> Mapping[str, Floats]:
        """Return the distance to each entry of the words that some of the likeliest entries lack."""
        if self.sense.meaning is None:
            return {}
        entries = [owner for owner in owners if owner < self.entry_count]
        unsaid = [term for term in self.content if not all(self._says(entry, term) for entry in entries)]
        words = dict.fromkeys(word for term in unsaid for word in term.typed.split())
        return self.sense.meaning.distances(tuple(islice(words, MAX_MEASURED_WORDS)))

    def _says(self, owner: int, term: Term) -> bool:
        """Return whether an owner's phrasings or answer contain a term."""
        return term.meaning in self.phrasing_meanings[owner] or term.meaning in self.answer_meanings[owner]

    def _evidence(self, owner: int, count: int, distances: Mapping[str, Floats], foreign: Container[int]) -> Evidence:
        is_subject = owner >= self.entry_count
        unexplained = [term for term in self.content if term.meaning not in self.phrasing_meanings[owner]]
        unsaid = [] if is_subject else [term for term in unexplained if not self._says(owner, term)]
        return Evidence(
            vote=max(LOWEST_VOTE, float(self.votes[owner])),
            similarity=float(self.nearness.entries[owner]),
            unexplained=len(unexplained) / count,
            unsaid=len(unsaid) / count,
            another_subject=float(owner in foreign),
            meaning=0.0 if self.nearby is None else float(self.nearby.nearest_phrasing[owner]),
            answer_meaning=0.0 if self.nearby is None else float(self.nearby.nearest_sentence[owner]),
            distance=_mean_distance(unsaid, distances, owner) * len(unsaid) / count if distances else 0.0,
            is_subject=float(is_subject),
        )


def _mean_distance(terms: Iterable[Term], distances: Mapping[str, Floats], owner: int) -> float:
    """Return the mean distance of the terms that were measured, of which each is the mean of its words."""
    measured = [[distances[word][owner] for word in term.typed.split() if word in distances] for term in terms]
    found = [float(sum(words)) / len(words) for words in measured if words]
    return sum(found) / max(1, len(found))
