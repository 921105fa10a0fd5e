"""What the words of a question say for each entry, learned from all phrasings at load."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bot.matching.lexicon import Reading

Floats = NDArray[np.float32]

pair_weight = 0.6
function_word_weight = 0.4
regularisation = 0.1
iterations = 5  # of the solver; stopping early keeps the weights small, which regularises as well
max_weights = 4_000_000  # features times entries; past that, the rarest features are left out
columns_at_once = 16
chunk = 8192  # values multiplied at a time, so that they stay in the processor's cache


class Vote:
    """A linear classifier over words and pairs of neighbouring words: ridge regression, without chance or epochs.

    Each feature has a weight for each entry; the weights of a question's features, added up, come near 1 for the entry
    that the question is about and near 0 for the others.
    """

    def __init__(self, readings: Sequence[Reading], owners: Sequence[int], owner_count: int) -> None:
        """Learn from phrasings; `owners` holds each one's entry as a number below `owner_count`."""
        numbers: dict[str, int] = {}
        rows, columns, values = array("q"), array("q"), array("f")
        for row, reading in enumerate(readings):
            features = _features(reading)
            rows.extend(repeat(row, len(features)))
            columns.extend(numbers.setdefault(name, len(numbers)) for name in features)
            values.extend(_scaled(features))
        self._columns, matrix = _most_frequent(
            numbers,
            _SparseMatrix.of(_as_array(rows), _as_array(columns), np.array(values), (len(readings), len(numbers))),
            limit=max_weights // owner_count,
        )
        targets = np.zeros((len(readings), owner_count), np.float32)
        targets[np.arange(len(owners)), owners] = 1
        self._mean = targets.mean(axis=0)
        self._weights = _ridge(matrix, targets - self._mean)

    def count(self, reading: Reading) -> Floats:
        """Return the vote for each entry: about 1 where the question belongs, about 0 elsewhere."""
        features = _features(reading)
        known = [
            (column, value)
            for name, value in zip(features, _scaled(features), strict=True)
            if (column := self._columns.get(name)) is not None
        ]
        values = np.array([value for _, value in known], np.float32)
        votes: Floats = self._mean + values @ self._weights[[column for column, _ in known]]
        return votes


def _features(reading: Reading) -> dict[str, float]:
    """Return the words and the pairs of neighbours with their weights; the ends of a question are neighbours too."""
    features: dict[str, float] = {}
    before, before_is_content = "^", False
    for term in reading.terms:
        is_content = term.is_content
        features[term.meaning] = max(term.weight, function_word_weight)
        features[f"{before} {term.meaning}"] = pair_weight if is_content or before_is_content else pair_weight / 2
        before, before_is_content = term.meaning, is_content
    features[f"{before} $"] = pair_weight if before_is_content else pair_weight / 2
    return features


def _scaled(features: dict[str, float]) -> list[float]:
    """Return the weights of features, scaled so that a long question counts no more than a short one."""
    length = sum(weight * weight for weight in features.values()) ** 0.5
    return [weight / length for weight in features.values()]


def _most_frequent(
    numbers: dict[str, int], matrix: _SparseMatrix, *, limit: int
) -> tuple[dict[str, int], _SparseMatrix]:
    """Keep no more features than the limit, the most frequent ones."""
    if len(numbers) <= limit:
        return numbers, matrix
    kept = np.sort(np.argsort(-np.bincount(matrix.columns), kind="stable")[:limit])
    names = list(numbers)
    return {names[column]: place for place, column in enumerate(kept)}, matrix.with_columns(kept)


def _as_array(numbers: array[int]) -> NDArray[np.intp]:
    return np.array(numbers, np.intp)


@dataclass(frozen=True, slots=True)
class _SparseMatrix:
    """A sparse matrix that multiplies dense ones: the non-zero values, ordered by row, and where each row starts."""

    columns: NDArray[np.intp]
    values: Floats
    rows: NDArray[np.intp]
    starts: NDArray[np.intp]
    shape: tuple[int, int]

    @classmethod
    def of(cls, rows: NDArray[np.intp], columns: NDArray[np.intp], values: Floats, shape: tuple[int, int]) -> Self:
        """Make a matrix of the place and size of each value that isn't 0, in any order."""
        order = np.argsort(rows, kind="stable")
        filled, starts = np.unique(rows[order], return_index=True)
        return cls(columns[order], values[order, np.newaxis], filled, starts, shape)

    def with_columns(self, kept: NDArray[np.intp]) -> _SparseMatrix:
        """Return the matrix with only the columns named, in ascending order."""
        places = np.full(self.shape[1], -1)
        places[kept] = np.arange(len(kept))
        columns = places[self.columns]
        stays = columns >= 0
        rows = self._row_of_each_value()[stays]
        return _SparseMatrix.of(rows, columns[stays], self.values[stays, 0], (self.shape[0], len(kept)))

    def transposed(self) -> _SparseMatrix:
        """Return the matrix with rows and columns exchanged."""
        return _SparseMatrix.of(self.columns, self._row_of_each_value(), self.values[:, 0], self.shape[::-1])

    def squared_columns(self) -> Floats:
        """Return the sum of the squares of each column."""
        return np.bincount(self.columns, self.values[:, 0] ** 2, self.shape[1]).astype(np.float32)

    def _row_of_each_value(self) -> NDArray[np.intp]:
        return np.repeat(self.rows, np.diff(np.append(self.starts, len(self.columns))))

    def __matmul__(self, dense: Floats) -> Floats:
        result = np.zeros((self.shape[0], dense.shape[1]), np.float32)
        first = 0
        while first < len(self.rows):
            last = max(first + 1, int(np.searchsorted(self.starts, self.starts[first] + chunk)))
            start, end = self.starts[first], self.starts[last] if last < len(self.starts) else len(self.columns)
            terms = dense[self.columns[start:end]] * self.values[start:end]
            result[self.rows[first:last]] = np.add.reduceat(terms, self.starts[first:last] - start, axis=0)
            first = last
        return result


def _ridge(matrix: _SparseMatrix, targets: Floats) -> Floats:
    """Return weights W that make X W come near the targets Y while staying small.

    Solve (XᵀX + λ) W = XᵀY by conjugate gradients scaled by the diagonal, some columns at a time.
    """
    transposed = matrix.transposed()
    scale: Floats = np.reciprocal(matrix.squared_columns() + np.float32(regularisation))[:, np.newaxis]
    weights = np.zeros((matrix.shape[1], targets.shape[1]), np.float32)
    for first in range(0, targets.shape[1], columns_at_once):
        block = slice(first, first + columns_at_once)
        weights[:, block] = _conjugate_gradients(matrix, transposed, scale, targets[:, block])
    return weights


def _conjugate_gradients(matrix: _SparseMatrix, transposed: _SparseMatrix, scale: Floats, targets: Floats) -> Floats:
    residual = transposed @ targets
    weights = np.zeros_like(residual)
    scaled = scale * residual
    direction = scaled.copy()
    length = (residual * scaled).sum(axis=0)
    for _ in range(iterations):
        image = transposed @ (matrix @ direction)
        image += np.float32(regularisation) * direction
        step = length / ((direction * image).sum(axis=0) + np.float32(1e-9))
        weights += step * direction
        residual -= step * image
        scaled = scale * residual
        previous, length = length, (residual * scaled).sum(axis=0)
        direction *= length / (previous + np.float32(1e-9))
        direction += scaled
    return weights
