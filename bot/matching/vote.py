"""Classify a question by its words and meaning, as learned from all texts at load."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.matching.corpus import Corpus, Floats, Integers
from bot.matching.lexicon import UNKNOWN, Reading
from bot.matching.sparse import SparseMatrix

PAIR_WEIGHT = 0.6
FUNCTION_WORD_WEIGHT = 0.4
WORDS_BESIDE_MEANING = 0.6  # length of the word features next to the vector, whose length is 1
REGULARIZATION = 0.1
STEPS_FOR_WORDS = 3  # of the solver; stopping early regularizes better than converging
STEPS_FOR_MEANING = (8, 30)  # min and max: with few texts, more steps help and cost little
TEXTS_IN_ALL_STEPS = 20_000
LARGE = 20_000_000  # texts times owners; beyond that, one step has to do: it needs no product with all weights
MAX_WEIGHTS = 4_000_000  # features times owners; past that, the rarest features are left out
MIN_SHARE = 1e-9
MIN_SHARE_OF_OTHERS = 1e-3  # so that one owner of all votes is not infinitely likely
SCORES_AT_ONCE = 2_000_000
TEXTS_AT_ONCE = 1024


class Vote:
    """A softmax regression over words, pairs of neighboring words and, if there are any, vectors of meaning.

    The ends of a text count as neighbors too. Training is deterministic.
    """

    def __init__(self, corpus: Corpus, weights: Floats, vectors: Floats | None = None) -> None:
        """Learn from texts with their `weights` and, if encoded, their `vectors` (n, d)."""
        self._size = corpus.size
        self._scale = 1.0 if vectors is None else WORDS_BESIDE_MEANING
        features = _features_of(corpus)
        self._codes = _kept(features.codes, corpus)
        columns, is_kept = _columns(self._codes, features.codes)
        words = _Words(features.rows[is_kept], columns, features.values[is_kept] * np.float32(self._scale))
        mass = np.bincount(corpus.owners, weights, corpus.owner_count)
        self._prior = np.log(mass / mass.sum()).astype(np.float32)
        self._prior_odds = _log_odds(mass / mass.sum())
        self._center: Floats | None = None
        if vectors is not None:
            self._center = np.average(vectors, axis=0, weights=weights).astype(np.float32)
            vectors = vectors - self._center
        training = _Training(corpus, weights, words, vectors)
        self._word_weights, self._vector_weights = training.solve(len(self._codes), self._prior)

    @property
    def size(self) -> int:
        """Bytes of memory that the weights take."""
        return self._codes.nbytes + self._word_weights.nbytes + self._vector_weights.nbytes

    def count(self, reading: Reading, vector: Floats | None = None) -> Floats:
        """Return by how much each owner's odds exceed its prior odds, as a logarithm.

        `vector` is the encoded question. 0 is neither for nor against an owner, however many owners there are.
        """
        codes, values = _features_of_one(reading, self._size)
        columns, is_known = _columns(self._codes, codes)
        scores = self._prior + np.float32(self._scale) * (values[is_known] @ self._word_weights[columns])
        if vector is not None and self._center is not None:
            scores = scores + (vector - self._center) @ self._vector_weights
        shares = np.exp(scores - scores.max())
        return _log_odds(shares / shares.sum()) - self._prior_odds


def _log_odds(shares: Floats) -> Floats:
    odds: Floats = np.log(np.maximum(shares, MIN_SHARE) / np.maximum(1 - shares, MIN_SHARE_OF_OTHERS))
    return odds.astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Words:
    """Features of texts in coordinate form: text, feature, value."""

    rows: Integers
    columns: Integers
    values: Floats


@dataclass(frozen=True, slots=True)
class _Training:
    """Accelerated gradient ascent on the likelihood, scaled by a bound on its curvature, stopped after a few steps."""

    corpus: Corpus
    weights: Floats
    words: _Words
    vectors: Floats | None

    def solve(self, column_count: int, prior: Floats) -> tuple[Floats, Floats]:
        """Return the weights of the words (columns, owners) and of the vectors (d, owners)."""
        owners = self.corpus.owner_count
        words = self.words
        weighed = words.values**2 * self.weights[words.rows]
        curvature = np.bincount(words.columns, weighed, column_count) / 2 + REGULARIZATION
        word_scale: Floats = (1 / curvature).astype(np.float32)[:, np.newaxis]
        word_weights = _Accelerated(np.zeros((column_count, owners), np.float32))
        vector_scale, dimensions = self._vector_scale()
        vector_weights = _Accelerated(np.zeros((dimensions, owners), np.float32))
        word_slope, vector_slope = self._first_slopes(column_count, np.exp(prior))
        word_weights.step(word_scale * word_slope)
        if dimensions:
            vector_weights.step(vector_scale @ vector_slope)
        further_steps = self._steps() - 1
        blocks = list(self._blocks(column_count)) if further_steps else []
        for _ in range(further_steps):
            word_slope = np.zeros_like(word_weights.ahead)
            vector_slope = np.zeros_like(vector_weights.ahead)
            for block in blocks:
                missing = block.missing(word_weights.ahead, vector_weights.ahead, prior)
                block.transposed.add_product(missing, word_slope)
                if block.vectors is not None:
                    vector_slope += block.vectors.T @ missing
            word_weights.step(word_scale * (word_slope - REGULARIZATION * word_weights.ahead))
            if dimensions:
                vector_weights.step(vector_scale @ (vector_slope - REGULARIZATION * vector_weights.ahead))
        return word_weights.now, vector_weights.now

    def _first_slopes(self, column_count: int, shares: Floats) -> tuple[Floats, Floats]:
        """Return the slopes at weights of zero, where every text gives each owner its prior share of the vote."""
        owners, words = self.corpus.owner_count, self.words
        weighed = words.values * self.weights[words.rows]
        cells = words.columns * owners + self.corpus.owners[words.rows]
        own = np.bincount(cells, weighed, column_count * owners).reshape(column_count, owners)
        total = np.bincount(words.columns, weighed, column_count)
        word_slope: Floats = (own - np.outer(total, shares)).astype(np.float32)
        if self.vectors is None:
            return word_slope, np.zeros((0, owners), np.float32)
        vectors = self.vectors * self.weights[:, np.newaxis]
        by_owner = np.zeros((owners, vectors.shape[1]), np.float32)
        np.add.at(by_owner, self.corpus.owners, vectors)
        return word_slope, by_owner.T - np.outer(vectors.sum(axis=0), shares)

    def _steps(self) -> int:
        if len(self.weights) * self.corpus.owner_count > LARGE:
            return 1
        if self.vectors is None:
            return STEPS_FOR_WORDS
        fewest, most = STEPS_FOR_MEANING
        return min(most, max(fewest, TEXTS_IN_ALL_STEPS // len(self.weights)))

    def _vector_scale(self) -> tuple[Floats, int]:
        if self.vectors is None:
            return np.zeros((0, 0), np.float32), 0
        dimensions = self.vectors.shape[1]
        curvature = (self.vectors * self.weights[:, np.newaxis]).T @ self.vectors / 2
        curvature += REGULARIZATION * np.eye(dimensions, dtype=np.float32)
        return np.linalg.inv(curvature).astype(np.float32), dimensions

    def _blocks(self, column_count: int) -> Iterator[_Block]:
        """Yield the texts in blocks whose scores fit into the processor's cache."""
        count, words = len(self.weights), self.words
        length = max(1, SCORES_AT_ONCE // self.corpus.owner_count)
        for first in range(0, count, length):
            last = min(count, first + length)
            inside = slice(*np.searchsorted(words.rows, [first, last]))
            matrix = SparseMatrix.of(
                words.rows[inside] - first, words.columns[inside], words.values[inside], (last - first, column_count)
            )
            yield _Block(
                matrix,
                matrix.transposed(),
                None if self.vectors is None else self.vectors[first:last],
                self.corpus.owners[first:last],
                self.weights[first:last, np.newaxis],
            )


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of texts."""

    matrix: SparseMatrix
    transposed: SparseMatrix
    vectors: Floats | None
    owners: Integers
    weights: Floats

    def missing(self, word_weights: Floats, vector_weights: Floats, prior: Floats) -> Floats:
        """Return how far each owner's share of the vote falls short of its target."""
        scores = np.repeat(prior[np.newaxis], len(self.owners), axis=0)
        self.matrix.add_product(word_weights, scores)
        if self.vectors is not None:
            scores += self.vectors @ vector_weights
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= -scores.sum(axis=1, keepdims=True)
        scores[np.arange(len(self.owners)), self.owners] += 1
        scores *= self.weights
        return scores


class _Accelerated:
    """Weights with Nesterov momentum (1983): the gradient is taken at `ahead`."""

    def __init__(self, start: Floats) -> None:
        self.now = self.ahead = start
        self._pace = 1.0

    def step(self, change: Floats) -> None:
        """Move."""
        moved = self.ahead + change
        pace = (1 + math.sqrt(1 + 4 * self._pace**2)) / 2
        self.ahead = moved + np.float32((self._pace - 1) / pace) * (moved - self.now)
        self.now, self._pace = moved, pace


def _kept(codes: Integers, corpus: Corpus) -> Integers:
    """Return the features that get weights: all words, and pairs in more than one text."""
    found, counts = np.unique(codes, return_counts=True)
    kept = np.flatnonzero((found < corpus.size) | (counts > 1))
    return found[np.sort(kept[np.argsort(-counts[kept], kind="stable")][: MAX_WEIGHTS // corpus.owner_count])]


def _columns(codes: Integers, wanted: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """Return the columns of the wanted features that have weights, and a mask of which have."""
    columns = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    is_known = codes[columns] == wanted
    return columns[is_known], is_known


@dataclass(frozen=True, slots=True)
class _Features:
    """The words and pairs of texts in coordinate form: text, code, value."""

    rows: Integers
    codes: Integers
    values: Floats


def _features_of(corpus: Corpus) -> _Features:
    """Return the features of all texts, ordered by text, computed in batches to save memory."""
    ends = np.concatenate([[0], np.cumsum(corpus.lengths)])
    parts: list[_Features] = []
    for first in range(0, len(corpus.lengths), TEXTS_AT_ONCE):
        lengths = corpus.lengths[first : first + TEXTS_AT_ONCE]
        words = slice(ends[first], ends[first + len(lengths)])
        rows = np.repeat(np.arange(len(lengths)), lengths)
        part = _features(corpus.numbers[words].astype(np.intp), corpus.is_content[words], rows, lengths, corpus.size)
        parts.append(replace(part, rows=part.rows + first))
    return _Features(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def _features(
    numbers: Integers, is_content: NDArray[np.bool_], rows: Integers, lengths: Integers, size: int
) -> _Features:
    """Return the features of consecutive texts, each feature once per text.

    The values of a text are scaled to length 1, so that a long text counts no more than a short one.
    """
    boundary, stranger, width = size, size + 1, size + 2
    words = np.where(numbers == UNKNOWN, stranger, numbers)
    row = np.full(len(words) + len(lengths) + 1, boundary)
    carries = np.zeros(len(row), np.bool_)
    places = np.arange(len(words)) + rows + 1
    row[places], carries[places] = words, is_content
    pair_rows = np.cumsum(row[:-1] == boundary) - 1
    codes = np.concatenate([words, (row[:-1] + 1) * width + row[1:]])
    weights = np.concatenate(
        [
            np.where(is_content, 1, FUNCTION_WORD_WEIGHT),
            np.where(carries[:-1] | carries[1:], PAIR_WEIGHT, PAIR_WEIGHT / 2),
        ]
    )
    owners = np.concatenate([rows, pair_rows])
    once = np.unique(owners * (width * (width + 1)) + codes, return_index=True)[1]
    owners, codes, weights = owners[once], codes[once], weights[once]
    norms = np.sqrt(np.bincount(owners, weights**2, len(lengths)))
    return _Features(owners, codes, (weights / norms[owners]).astype(np.float32))


def _features_of_one(reading: Reading, size: int) -> tuple[Integers, Floats]:
    """Do what `_features` does for a single question, where a loop is faster."""
    boundary, stranger, width = size, size + 1, size + 2
    words: dict[int, float] = {}
    pairs: dict[int, float] = {}
    before, carried = boundary, False
    for term in reading.terms:
        word, carries = stranger if term.number == UNKNOWN else term.number, term.is_content
        words.setdefault(word, 1.0 if carries else FUNCTION_WORD_WEIGHT)
        pairs.setdefault((before + 1) * width + word, PAIR_WEIGHT if carried or carries else PAIR_WEIGHT / 2)
        before, carried = word, carries
    pairs.setdefault((before + 1) * width + boundary, PAIR_WEIGHT if carried else PAIR_WEIGHT / 2)
    weights = words | pairs
    norm = math.hypot(*weights.values())
    return np.array(list(weights), np.intp), np.array([weight / norm for weight in weights.values()], np.float32)
