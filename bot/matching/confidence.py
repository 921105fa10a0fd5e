"""The chance that an entry answers a question, from the evidence for it and for everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial
from operator import attrgetter

import numpy as np

from bot.matching.corpus import Floats

USUAL_SIZE = 15.0  # phrasings per entry; sizes are logarithms relative to it
SMALLEST_SIZE = 3.0  # the weights were fitted between these sizes; others are clamped
LARGEST_SIZE = 400.0
MAX_THRESHOLD = 0.97  # or large knowledge would hardly answer


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for and against one owner: an entry or an off-topic subject."""

    vote: float
    """Logarithm of its odds in the vote over its prior odds, by words and, if encoded, by meaning."""
    similarity: float
    """Similarity in words of its nearest phrasing, 0 to 1."""
    unexplained: float
    """Share of the question's content words that none of its phrasings has, 0 to 1."""
    unsaid: float
    """Share of the question's content words that neither its phrasings nor its answer have, 0 to 1."""
    another_subject: float
    """1 if the question names something easily mistaken for the subject and this owner's phrasings don't."""
    meaning: float = 0.0
    """Cosine of its nearest phrasing in meaning, -1 to 1."""
    answer_meaning: float = 0.0
    """Cosine of the nearest sentence of its answer, -1 to 1."""
    distance: float = 0.0
    """Mean distance in meaning from the question's words to its nearest words, from 0 to above 1."""
    is_subject: float = 0.0
    """1 for an off-topic subject."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is the same for a question whatever the owner."""

    unknown: float
    """Share of its content words that are nowhere in the knowledge base, 0 to 1."""
    length: float
    """Logarithm of one plus the number of its content words."""
    is_empty: float
    """1 if it has no content words."""


EVIDENCE = tuple(field.name for field in fields(Evidence))
_of_owner = attrgetter(*EVIDENCE)
_of_question = attrgetter(*(field.name for field in fields(Situation)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """A conditional logit model: each owner, and "none of them", has a score, and the chances are its softmax.

    Weights and thresholds are a constant plus a part proportional to the logarithm of the knowledge base's size.
    `benchmarks/confidence.py` fits the weights.
    """

    owner: Mapping[str, tuple[float, float]]
    """The weights of `Evidence`, by the names of its fields."""
    nothing: Mapping[str, tuple[float, float]]
    """The weights of `Situation`, and `bias`, for "none of them"."""
    threshold: tuple[float, float]
    """The confidence an answer needs if the knowledge names its subject."""
    threshold_without_subject: tuple[float, float]
    """The same if it doesn't: higher, because more near misses get a high confidence then."""

    def threshold_for(self, phrasings_per_entry: float, *, names_subject: bool) -> float:
        """Return the confidence an answer needs, so that about 4 % of what should be refused is answered."""
        threshold = self.threshold if names_subject else self.threshold_without_subject
        return min(at_size(threshold, relative_size(phrasings_per_entry)), MAX_THRESHOLD)

    def sized(self, phrasings_per_entry: float) -> SizedCalibration:
        """Return the weights for a size of knowledge base."""
        at = partial(at_size, size=relative_size(phrasings_per_entry))
        return SizedCalibration(
            np.array([at(self.owner[name]) for name in EVIDENCE], np.float32),
            np.array([at(self.nothing[field.name]) for field in fields(Situation)], np.float32),
            at(self.nothing["bias"]),
        )


def at_size(weight: tuple[float, float], size: float) -> float:
    """Return a weight or a threshold at a relative size."""
    return weight[0] + weight[1] * size


def relative_size(phrasings_per_entry: float) -> float:
    """Return a knowledge base's size on a logarithmic scale that is 0 at the usual size."""
    within = min(max(phrasings_per_entry, SMALLEST_SIZE), LARGEST_SIZE)
    return float(np.log(within / USUAL_SIZE) / 1.5)


@dataclass(frozen=True, slots=True)
class SizedCalibration:
    """A calibration for one size of knowledge base."""

    owner: Floats
    nothing: Floats
    bias: float

    def chances(self, evidence: list[Evidence], situation: Situation) -> list[float]:
        """Return the chance that each owner is right; the rest, up to 1, is the chance that none is."""
        scores = np.array([_of_owner(each) for each in evidence], np.float32) @ self.owner
        none = self.bias + float(np.array(_of_question(situation), np.float32) @ self.nothing)
        highest = max(none, float(scores.max()))
        shares = np.exp(scores - highest)
        chances: list[float] = (shares / (shares.sum() + np.exp(none - highest))).tolist()
        return chances
