"""Find the phrasing that is most like a question, for every entry at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.matching.corpus import Corpus, Floats
from bot.matching.lexicon import Reading, unknown

function_word_weight = np.float32(0.1)  # of a content word's 1


@dataclass(frozen=True, slots=True)
class Nearness:
    """How like a question is (0 to 1) to every phrasing, and to the nearest phrasing of every entry."""

    phrasings: Floats
    entries: Floats


class NearestPhrasing:
    """An inverted index over phrasings: from a word to the phrasings that contain it.

    The similarity is a weighted Dice coefficient: twice the weight of what both share over the weight of both.
    """

    def __init__(self, corpus: Corpus) -> None:
        """Index the phrasings."""
        places = np.unique(corpus.numbers * len(corpus.lengths) + corpus.rows, return_index=True)[1]
        numbers, rows = corpus.numbers[places], corpus.rows[places]
        weights = np.where(corpus.is_content[places], np.float32(1), function_word_weight)
        self._rows = rows
        self._first = np.searchsorted(numbers, np.arange(corpus.size + 1))
        self._weights = np.bincount(rows, weights, len(corpus.lengths)).astype(np.float32)
        self._starts = np.searchsorted(corpus.owners, np.arange(corpus.owner_count))

    def compare(self, reading: Reading) -> Nearness:
        """Compare a question with every phrasing."""
        shared = np.zeros(len(self._weights), np.float32)
        total = np.float32(1e-6)
        for term in {term.meaning: term for term in reading.terms}.values():
            weight = np.float32(1) if term.is_content else function_word_weight
            total += weight
            if term.number != unknown:
                shared[self._rows[self._first[term.number] : self._first[term.number + 1]]] += weight
        similarity: Floats = 2 * shared / (self._weights + total)
        return Nearness(similarity, np.maximum.reduceat(similarity, self._starts))

    def nearest(self, nearness: Nearness, owner: int) -> int:
        """Return the position of the phrasing of one entry that is nearest."""
        start = self._starts[owner]
        end = self._starts[owner + 1] if owner + 1 < len(self._starts) else len(self._weights)
        return int(start + nearness.phrasings[start:end].argmax())
