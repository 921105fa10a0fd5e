"""The chance that an entry answers a question, from what speaks for it and for all else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np

from bot.matching.corpus import Floats

USUAL_SIZE = 15.0  # phrasings an entry; sizes are told as logarithms of how many times that
SMALLEST_SIZE = 3.0  # that weights were fitted at; what is smaller, or larger, is treated like it
LARGEST_SIZE = 400.0
THRESHOLD_WITHOUT_SUBJECT = 0.88
THRESHOLD_BY_SIZE = 0.045


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against one owner: an entry or an off-topic subject."""

    vote: float
    """By how much its share of the vote exceeds the usual one (logarithm): by words and, if encoded, by meaning."""
    similarity: float
    """Likeness of its nearest phrasing in words, 0 to 1."""
    unexplained: float
    """Share of the question's content words that none of its phrasings has, 0 to 1."""
    unsaid: float
    """Share of the question's content words that neither its phrasings nor its answer have, 0 to 1."""
    another_subject: float
    """1 if the question names what is easily mistaken for the subject of the knowledge, and this owner doesn't."""
    meaning: float = 0.0
    """Cosine of its nearest phrasing in meaning, -1 to 1."""
    answer_meaning: float = 0.0
    """Cosine of the nearest sentence of its answer, -1 to 1."""
    distance: float = 0.0
    """How far the question's words are in meaning from the nearest of its words, 0 to 1 and more, on average."""
    is_subject: float = 0.0
    """1 for an off-topic subject."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What holds for a question whatever owner is looked at."""

    unknown: float
    """Share of its content words that no text of the knowledge base has, 0 to 1."""
    length: float
    """Logarithm of one plus the number of its content words."""
    is_empty: float
    """1 if none of its words carries a subject."""


EVIDENCE = tuple(field.name for field in fields(Evidence))
_of_owner = attrgetter(*EVIDENCE)
_of_question = attrgetter(*(field.name for field in fields(Situation)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """A conditional logit model: each owner, and "none of them", has a score, and the chances are its softmax.

    A weight has a part that holds at the usual size of a knowledge base, and one that grows with the logarithm of the
    size. `benchmarks/confidence.py` fits them.
    """

    owner: Mapping[str, tuple[float, float]]
    """The weights of `Evidence`, by the names of its fields."""
    nothing: Mapping[str, tuple[float, float]]
    """The weights of `Situation`, and `bias`, for "none of them"."""
    threshold_with_subject: float = 0.55
    """The confidence from which an answer is given if the knowledge names its subject."""

    def threshold(self, phrasings_per_entry: float, *, names_subject: bool) -> float:
        """Return the confidence from which to answer: where about 4 % of what should be refused is answered.

        Knowledge that names its subject recognizes near misses by name; else more of them look sure.
        """
        if names_subject:
            return self.threshold_with_subject
        return THRESHOLD_WITHOUT_SUBJECT + THRESHOLD_BY_SIZE * relative_size(phrasings_per_entry)

    def sized(self, phrasings_per_entry: float) -> SizedCalibration:
        """Return the weights for knowledge of a size."""
        size = relative_size(phrasings_per_entry)

        def at(weights: tuple[float, float]) -> float:
            return weights[0] + weights[1] * size

        return SizedCalibration(
            np.array([at(self.owner[name]) for name in EVIDENCE], np.float32),
            np.array([at(self.nothing[field.name]) for field in fields(Situation)], np.float32),
            at(self.nothing["bias"]),
        )


def relative_size(phrasings_per_entry: float) -> float:
    """Return the size of a knowledge base as a number that is 0 at the usual size."""
    within = min(max(phrasings_per_entry, SMALLEST_SIZE), LARGEST_SIZE)
    return float(np.log(within / USUAL_SIZE) / 1.5)


@dataclass(frozen=True, slots=True)
class SizedCalibration:
    """A calibration for a knowledge base of one size."""

    owner: Floats
    nothing: Floats
    bias: float

    def chances(self, evidence: list[Evidence], situation: Situation) -> list[float]:
        """Return the chance of each owner that it is right; what is missing to 1 is the chance that none is."""
        scores = np.array([_of_owner(each) for each in evidence], np.float32) @ self.owner
        none = self.bias + float(np.array(_of_question(situation), np.float32) @ self.nothing)
        highest = max(none, float(scores.max()))
        shares = np.exp(scores - highest)
        chances: list[float] = (shares / (shares.sum() + np.exp(none - highest))).tolist()
        return chances
