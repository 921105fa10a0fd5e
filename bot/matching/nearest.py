"""Find the phrasing that is most like a question, for every entry at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching.lexicon import Reading


@dataclass(frozen=True, slots=True)
class Nearness:
    """How like a question is (0 to 1) to every phrasing, and to the nearest phrasing of every entry."""

    phrasings: NDArray[np.float32]
    entries: NDArray[np.float32]


class NearestPhrasing:
    """An inverted index over phrasings: from a word to the phrasings that contain it.

    The similarity is a weighted Dice coefficient: twice the weight of what both share over the weight of both.
    """

    def __init__(self, readings: Sequence[Reading], owners: Sequence[int], owner_count: int) -> None:
        """Index phrasings; `owners` holds each one's entry as a number below `owner_count`, in ascending order."""
        postings: dict[str, list[int]] = {}
        weights = np.zeros(len(readings), np.float32)
        for position, reading in enumerate(readings):
            for meaning, weight in _weights(reading).items():
                postings.setdefault(meaning, []).append(position)
                weights[position] += weight
        self._postings = {meaning: np.array(positions, np.int32) for meaning, positions in postings.items()}
        self._weights = weights
        self._starts = np.searchsorted(np.array(owners), np.arange(owner_count))

    def compare(self, reading: Reading) -> Nearness:
        """Compare a question with every phrasing."""
        shared = np.zeros(len(self._weights), np.float32)
        total = 0.0
        for meaning, weight in _weights(reading).items():
            total += weight
            positions = self._postings.get(meaning)
            if positions is not None:
                shared[positions] += weight
        similarity = 2 * shared / (self._weights + np.float32(total + 1e-6))
        return Nearness(similarity, np.maximum.reduceat(similarity, self._starts))

    def nearest(self, nearness: Nearness, owner: int) -> int:
        """Return the position of the phrasing of one entry that is nearest."""
        start = self._starts[owner]
        end = self._starts[owner + 1] if owner + 1 < len(self._starts) else len(self._weights)
        return int(start + nearness.phrasings[start:end].argmax())


def _weights(reading: Reading) -> dict[str, float]:
    weights: dict[str, float] = {}
    for term in reading.terms:
        weights[term.meaning] = max(term.weight, weights.get(term.meaning, 0.0))
    return weights
