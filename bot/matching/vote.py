"""What the words of a question say for each entry, learned from all phrasings at load."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bot.matching.corpus import Corpus, Floats, Integers
from bot.matching.lexicon import Reading, unknown
from bot.matching.sparse import SparseMatrix

pair_weight = 0.6
function_word_weight = 0.4
regularisation = 0.3
iterations = 2  # of the solver; stopping early keeps the weights small, which regularises as well
max_weights = 4_000_000  # features times entries; past that, the rarest features are left out
max_dense_features = 4_000  # up to which the products of features with each other are kept, as a dense matrix
columns_at_once = 11
phrasings_at_once = 1024


class Vote:
    """A linear classifier over words and pairs of neighbouring words: ridge regression, without chance or epochs.

    Each feature has a weight for each entry; the weights of a question's features, added up, come near 1 for the entry
    that the question is about and near 0 for the others. The ends of a question are neighbours too.
    """

    def __init__(self, corpus: Corpus) -> None:
        """Learn from phrasings."""
        training = Training.of(corpus)
        self._size = corpus.size
        self._codes, self._mean = training.codes, training.mean
        self._weights = _ridge(training)

    def count(self, reading: Reading) -> Floats:
        """Return the vote for each entry: about 1 where the question belongs, about 0 elsewhere."""
        codes, values = _features_of_one(reading, self._size)
        columns, known = _columns(self._codes, codes)
        votes: Floats = self._mean + values[known] @ self._weights[columns]
        return votes


@dataclass(frozen=True, slots=True)
class Training:
    """What the phrasings of a corpus teach: a row for each, a column for each feature that gets weights.

    `codes` and `counts` say which feature a column is and how many phrasings have it; `targets` are 1 where a phrasing
    is an owner's and 0 elsewhere, less the owner's mean, already multiplied with the transposed matrix.
    """

    matrix: SparseMatrix
    codes: Integers
    counts: Integers
    mean: Floats
    targets: Floats

    @classmethod
    def of(cls, corpus: Corpus) -> Self:
        """Choose the features that get weights, and lay out the phrasings by them."""
        features = _features_of(corpus)
        codes, counts = np.unique(features.codes, return_counts=True)
        kept = np.flatnonzero((codes < corpus.size) | (counts > 1))  # a pair seen once tells little about others
        kept = np.sort(kept[np.argsort(-counts[kept], kind="stable")][: max_weights // corpus.owner_count])
        columns, known = _columns(codes[kept], features.codes)
        rows, values = features.rows[known], features.values[known]
        matrix = SparseMatrix.of(rows, columns, values, (len(corpus.lengths), len(kept)))
        mean = (np.bincount(corpus.owners, minlength=corpus.owner_count) / len(corpus.owners)).astype(np.float32)
        by_owner = matrix.sums_by_owner(corpus.owners, len(mean))
        targets = by_owner - by_owner.sum(axis=1, keepdims=True) * mean
        return cls(matrix, codes[kept], counts[kept], mean, targets)


def _columns(codes: Integers, wanted: Integers) -> tuple[Integers, NDArray[np.bool_]]:
    """Return the columns of the features that have weights, and which of those wanted these are."""
    columns = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    known = codes[columns] == wanted
    return columns[known], known


@dataclass(frozen=True, slots=True)
class _Features:
    """The words and pairs of questions: whose each is, which one, and how much it counts there."""

    rows: Integers
    codes: Integers
    values: Floats


def _features_of(corpus: Corpus) -> _Features:
    """Return the features of all phrasings; some phrasings at a time, which takes less memory."""
    ends = np.concatenate([[0], np.cumsum(corpus.lengths)])
    parts: list[_Features] = []
    for first in range(0, len(corpus.lengths), phrasings_at_once):
        lengths = corpus.lengths[first : first + phrasings_at_once]
        words = slice(ends[first], ends[first + len(lengths)])
        rows = np.repeat(np.arange(len(lengths)), lengths)
        part = _features(corpus.numbers[words], corpus.is_content[words], rows, lengths, corpus.size)
        parts.append(replace(part, rows=part.rows + first))
    return _Features(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def _features(
    numbers: Integers, is_content: NDArray[np.bool_], rows: Integers, lengths: Integers, size: int
) -> _Features:
    """Return the features of questions that stand one after the other, each feature once a question.

    The values of a question are scaled to a length of 1, so that a long one counts no more than a short one.
    """
    boundary, stranger, width = size, size + 1, size + 2
    words = np.where(numbers == unknown, stranger, numbers)
    row = np.full(len(words) + len(lengths) + 1, boundary)
    carries = np.zeros(len(row), np.bool_)
    places = np.arange(len(words)) + rows + 1
    row[places], carries[places] = words, is_content
    pair_rows = np.cumsum(row[:-1] == boundary) - 1
    codes = np.concatenate([words, (row[:-1] + 1) * width + row[1:]])
    weights = np.concatenate(
        [
            np.where(is_content, 1, function_word_weight),
            np.where(carries[:-1] | carries[1:], pair_weight, pair_weight / 2),
        ]
    )
    owners = np.concatenate([rows, pair_rows])
    once = np.unique(owners * (width * (width + 1)) + codes, return_index=True)[1]
    owners, codes, weights = owners[once], codes[once], weights[once]
    norms = np.sqrt(np.bincount(owners, weights**2, len(lengths)))
    return _Features(owners, codes, (weights / norms[owners]).astype(np.float32))


def _features_of_one(reading: Reading, size: int) -> tuple[Integers, Floats]:
    """Return the codes and values of one question's features, as `_features` would: for one, a loop is faster."""
    boundary, stranger, width = size, size + 1, size + 2
    words: dict[int, float] = {}
    pairs: dict[int, float] = {}
    before, carried = boundary, False
    for term in reading.terms:
        word, carries = stranger if term.number == unknown else term.number, term.is_content
        words.setdefault(word, 1.0 if carries else function_word_weight)
        pairs.setdefault((before + 1) * width + word, pair_weight if carried or carries else pair_weight / 2)
        before, carried = word, carries
    pairs.setdefault((before + 1) * width + boundary, pair_weight if carried else pair_weight / 2)
    weights = words | pairs
    norm = math.hypot(*weights.values())
    return np.array(list(weights), np.intp), np.array([weight / norm for weight in weights.values()], np.float32)


def _ridge(training: Training) -> Floats:
    """Return weights W that make X W come near the targets Y while staying small.

    Solve (XᵀX + λ) W = XᵀY by conjugate gradients scaled by the diagonal, some columns at a time.
    """
    scale: Floats = np.reciprocal(training.matrix.squared_columns() + np.float32(regularisation))[:, np.newaxis]
    multiply = multiplication(training.matrix)
    weights: Floats = np.zeros_like(training.targets)
    for first in range(0, len(training.mean), columns_at_once):
        block = slice(first, first + columns_at_once)
        weights[:, block] = _conjugate_gradients(multiply, scale, training.targets[:, block].copy())
    return weights


def multiplication(matrix: SparseMatrix) -> Callable[[Floats], Floats]:
    """Return how to multiply XᵀX with something: at once if there are few features, else one after the other."""
    if matrix.shape[1] <= max_dense_features < matrix.shape[0]:
        return matrix.products().dot
    transposed = matrix.transposed()
    return lambda dense: transposed @ (matrix @ dense)


def _conjugate_gradients(multiply: Callable[[Floats], Floats], scale: Floats, residual: Floats) -> Floats:
    weights = np.zeros_like(residual)
    scaled = scale * residual
    direction = scaled.copy()
    length = (residual * scaled).sum(axis=0)
    for _ in range(iterations):
        image = multiply(direction)
        image += np.float32(regularisation) * direction
        step = length / ((direction * image).sum(axis=0) + np.float32(1e-9))
        weights += step * direction
        residual -= step * image
        scaled = scale * residual
        previous, length = length, (residual * scaled).sum(axis=0)
        direction *= length / (previous + np.float32(1e-9))
        direction += scaled
    return weights
