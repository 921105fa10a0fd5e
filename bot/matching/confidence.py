"""How sure the bot may be that an entry answers a question, and what follows from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from operator import attrgetter, mul

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against one entry; votes are about 1 where a question belongs and 0 elsewhere."""

    vote: float
    """The entry's own vote."""
    rival_vote: float
    """The highest vote among the other entries."""
    off_topic_vote: float
    """The highest vote among the off-topic subjects."""
    similarity: float
    """Likeness of the entry's nearest phrasing, 0 to 1."""
    off_topic_similarity: float
    """Likeness of the nearest off-topic example, 0 to 1."""
    unexplained: float
    """Share of the question's content words that none of the entry's phrasings has, 0 to 1."""
    unknown: float
    """Share of the question's content words that no phrasing of anything has, 0 to 1."""
    length: float
    """Logarithm of one plus the number of content words."""

    def as_tuple(self) -> tuple[float, ...]:
        """Return the values in the order of the fields."""
        return _values(self)


_values: Callable[[Evidence], tuple[float, ...]] = attrgetter(*(field.name for field in fields(Evidence)))

# A logistic regression over the evidence; benchmarks/confidence.py fits it again.
_WEIGHTS = (6.91, 0.78, -5.85, 5.56, -1.3, -2.69, 0.88, 0.64)
_BIAS = -5.1


def logits(**evidence: Floats) -> Floats:
    """Return the logits of the confidence for arrays of evidence, which have the names that `Evidence` gives them."""
    weights = {field.name: np.float32(weight) for field, weight in zip(fields(Evidence), _WEIGHTS, strict=True)}
    return np.asarray(_BIAS + sum(weight * evidence[name] for name, weight in weights.items()), np.float32)


def confidence(evidence: Evidence) -> float:
    """Return how sure one may be, from 0 to 1."""
    logit = _BIAS + sum(map(mul, _WEIGHTS, evidence.as_tuple()))
    return 1 / (1 + math.exp(-logit))
