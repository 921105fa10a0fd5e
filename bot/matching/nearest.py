"""Find the phrasing that is most like a question, for every entry at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bot.matching.corpus import Corpus, Floats
from bot.matching.lexicon import UNKNOWN, Reading

FUNCTION_WORD_WEIGHT = np.float32(0.1)  # a content word weighs 1
TINY = 1e-6  # prevents division by 0


@dataclass(frozen=True, slots=True)
class Nearness:
    """The similarity (0 to 1) of a question to every phrasing and to each owner's nearest phrasing."""

    phrasings: Floats
    entries: Floats


class NearestPhrasing:
    """An inverted index over phrasings: from a word to the phrasings that contain it.

    Similarity is a weighted Dice coefficient: twice the shared weight over the total weight.
    """

    def __init__(self, corpus: Corpus) -> None:
        """Index the phrasings."""
        places = np.unique(corpus.numbers.astype(np.intp) * len(corpus.lengths) + corpus.rows, return_index=True)[1]
        numbers, rows = corpus.numbers[places], corpus.rows[places]
        weights = np.where(corpus.is_content[places], np.float32(1), FUNCTION_WORD_WEIGHT)
        self._rows = rows.astype(np.int32)
        self._first = np.searchsorted(numbers, np.arange(corpus.size + 1))
        self._weights = np.bincount(rows, weights, len(corpus.lengths)).astype(np.float32)
        self._starts = np.searchsorted(corpus.owners, np.arange(corpus.owner_count))
        self._bounds: list[int] = [*self._starts.tolist(), len(self._weights)]

    def compare(self, reading: Reading) -> Nearness:
        """Compare a question with every phrasing."""
        terms = {term.meaning: term for term in reading.terms}.values()
        content = [term.number for term in terms if term.is_content]
        function_words = [term.number for term in terms if not term.is_content]
        total = np.float32(len(content) + FUNCTION_WORD_WEIGHT * len(function_words) + TINY)
        shared = self._shared(content)
        shared += FUNCTION_WORD_WEIGHT * self._shared(function_words)
        similarity: Floats = 2 * shared / (self._weights + total)
        return Nearness(similarity, np.maximum.reduceat(similarity, self._starts))

    def _shared(self, meanings: Iterable[int]) -> Floats:
        """Count how many of the meanings each phrasing has."""
        rows = [self._rows[self._first[number] : self._first[number + 1]] for number in meanings if number != UNKNOWN]
        together = np.concatenate(rows) if rows else self._rows[:0]
        return np.bincount(together, minlength=len(self._weights)).astype(np.float32)

    def nearest(self, likeness: Floats, owner: int) -> int:
        """Return the position of an owner's most similar phrasing; `likeness` has a value for each phrasing."""
        start, end = self._bounds[owner], self._bounds[owner + 1]
        return start + int(likeness[start:end].argmax())
