"""What the words of a question say for each entry, learned from all phrasings at load."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.lexicon import Reading

Floats = NDArray[np.float32]

pair_weight = 0.6
function_word_weight = 0.4
regularisation = 0.1
iterations = 12  # of the solver; more change nothing in the third digit
max_weights = 4_000_000  # features times entries; past that, the rarest features are left out


class Vote:
    """A linear classifier over words and pairs of neighbouring words: ridge regression, without chance or epochs.

    Each feature has a weight for each entry; the weights of a question's features, added up, come near 1 for the entry
    that the question is about and near 0 for the others.
    """

    def __init__(self, readings: Sequence[Reading], owners: Sequence[int], owner_count: int) -> None:
        """Learn from phrasings; `owners` holds each one's entry as a number below `owner_count`."""
        features = [dict(_features(reading)) for reading in readings]
        counts = Counter(name for row in features for name in row)
        kept = counts.most_common(max_weights // owner_count)
        self._rows = {name: row for row, (name, _) in enumerate(kept)}
        targets = np.zeros((len(readings), owner_count), np.float32)
        targets[np.arange(len(owners)), owners] = 1
        self._mean = targets.mean(axis=0)
        rows = _SparseRows([self._encode(row) for row in features], len(self._rows))
        self._weights = _ridge(rows, targets - self._mean)

    def count(self, reading: Reading) -> Floats:
        """Return the vote for each entry: about 1 where the question belongs, about 0 elsewhere."""
        positions, values = self._encode(dict(_features(reading)))
        votes: Floats = self._mean + values @ self._weights[positions]
        return votes

    def _encode(self, features: dict[str, float]) -> tuple[NDArray[np.intp], Floats]:
        """Return the rows of the features that are known, and their values scaled to the length of all features."""
        length = sum(weight * weight for weight in features.values()) ** 0.5
        known = [(row, weight) for name, weight in features.items() if (row := self._rows.get(name)) is not None]
        positions = np.array([row for row, _ in known], np.intp)
        return positions, np.array([weight / length for _, weight in known], np.float32)


def _features(reading: Reading) -> Iterator[tuple[str, float]]:
    """Yield the words and the pairs of neighbours, the ends of the question counting as neighbours too."""
    before, before_is_content = "^", False
    for term in reading.terms:
        yield term.meaning, max(term.weight, function_word_weight)
        yield f"{before} {term.meaning}", pair_weight if term.is_content or before_is_content else pair_weight / 2
        before, before_is_content = term.meaning, term.is_content
    yield f"{before} $", pair_weight if before_is_content else pair_weight / 2


class _SparseRows:
    """A sparse matrix, one row a phrasing, that multiplies in both directions."""

    def __init__(self, rows: Sequence[tuple[NDArray[np.intp], Floats]], width: int) -> None:
        columns = np.concatenate([positions for positions, _ in rows])
        values = np.concatenate([values for _, values in rows])
        lines = np.repeat(np.arange(len(rows)), [len(positions) for positions, _ in rows])
        by_column = np.argsort(columns, kind="stable")
        self._forward = _Half(lines, columns, values, len(rows))
        self._backward = _Half(columns[by_column], lines[by_column], values[by_column], width)

    def times(self, matrix: Floats) -> Floats:
        return self._forward.times(matrix)

    def transposed_times(self, matrix: Floats) -> Floats:
        return self._backward.times(matrix)


class _Half:
    """One direction of a sparse product: for each line, the sum of the rows that it names."""

    def __init__(self, lines: NDArray[np.intp], named: NDArray[np.intp], values: Floats, line_count: int) -> None:
        """Take the non-zero values in ascending order of their line."""
        self._filled, self._starts = np.unique(lines, return_index=True)
        self._named = named
        self._values = values[:, np.newaxis]
        self._line_count = line_count

    def times(self, matrix: Floats) -> Floats:
        result = np.zeros((self._line_count, matrix.shape[1]), np.float32)
        result[self._filled] = np.add.reduceat(matrix[self._named] * self._values, self._starts, axis=0)
        return result


def _ridge(rows: _SparseRows, targets: Floats) -> Floats:
    """Return the weights W that make rows times W come near the targets while staying small.

    Solve (X Xᵀ + λ) A = Y by conjugate gradients, all columns at once; then W = Xᵀ A.
    """
    solution = np.zeros_like(targets)
    residual = targets.copy()
    direction = residual.copy()
    length = np.square(residual).sum(axis=0)
    for _ in range(iterations):
        image = rows.times(rows.transposed_times(direction)) + regularisation * direction
        step = length / ((direction * image).sum(axis=0) + 1e-9)
        solution += step * direction
        residual -= step * image
        previous, length = length, np.square(residual).sum(axis=0)
        direction = residual + (length / (previous + 1e-9)) * direction
    return rows.transposed_times(solution)
