"""What the vote on each phrasing would be, had it not been learned: worked out, instead of learning anew for each.

Two steps of conjugate gradients give the weights W = a D T - b D A D T, where A = XᵀX + λ, T is Xᵀ times the targets,
D is one over the diagonal of A, and the numbers a and b come of the steps. To leave out a phrasing x with the target t
is to take x xᵀ from A, x t from T, and the squares of x from the diagonal. So only what belongs to the features of x
changes, and its vote can be written out. Of the numbers a and b and the owners' means one phrasing changes little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.matching.corpus import Corpus, Floats, Integers
from bot.matching.sparse import SparseMatrix
from bot.matching.vote import Training, multiplication, regularisation


def left_out_votes(corpus: Corpus) -> Floats:
    """Return for each phrasing the votes for each owner, as if it had not been learned."""
    training = Training.of(corpus)
    matrix, targets = training.matrix, training.targets
    steps = _Steps.of(training)
    rows, columns, values = matrix.row_of_each_value(), matrix.columns, matrix.values[:, 0]
    diagonal: Floats = matrix.squared_columns()[columns] + np.float32(regularisation)
    scale: Floats = np.reciprocal(diagonal - values**2)  # without the phrasing itself
    is_known = (training.codes < corpus.size) | (training.counts > 2)  # noqa: PLR2004 - pairs that two have left
    asked: Floats = scale * values * is_known[columns]
    around: Floats = _products_with_neighbours(matrix, asked) + asked * diagonal

    def of_rows(values: Floats) -> Floats:
        return np.bincount(rows, values, matrix.shape[0]).astype(np.float32)[:, np.newaxis]

    own = np.eye(corpus.owner_count, dtype=np.float32)[corpus.owners] - training.mean
    overlap = of_rows(asked * values)
    first = matrix.with_values(asked) @ targets - overlap * own
    itself = matrix.with_values(scale * values) @ targets - of_rows(scale * values**2) * own
    second = matrix.with_values(asked) @ steps.image - overlap * itself
    second += matrix.with_values(around * (scale - np.reciprocal(diagonal))) @ targets
    second -= of_rows(around * scale * values) * own
    votes: Floats = training.mean + steps.first * first - steps.second * second
    return votes


@dataclass(frozen=True, slots=True)
class _Steps:
    """The numbers a (`first`) and b (`second`) for each owner, and A D T (`image`)."""

    first: Floats
    second: Floats
    image: Floats

    @classmethod
    def of(cls, training: Training) -> _Steps:
        multiply = multiplication(training.matrix)
        diagonal = training.matrix.squared_columns() + np.float32(regularisation)
        scale: Floats = np.reciprocal(diagonal)[:, np.newaxis]
        direction: Floats = scale * training.targets
        image = _regularised(multiply(direction), direction)
        length = (training.targets * direction).sum(axis=0)
        step = length / _sums(direction, image)
        residual = training.targets - step * image
        scaled = scale * residual
        ratio = (residual * scaled).sum(axis=0) / (length + np.float32(1e-9))
        last: Floats = scaled + ratio * direction
        last_step = (residual * scaled).sum(axis=0) / _sums(last, _regularised(multiply(last), last))
        return cls(step + last_step * (1 + ratio), step * last_step, image)


def _regularised(product: Floats, dense: Floats) -> Floats:
    return product + np.float32(regularisation) * dense


def _sums(one: Floats, other: Floats) -> Floats:
    sums: Floats = (one * other).sum(axis=0) + np.float32(1e-9)
    return sums


def _products_with_neighbours(matrix: SparseMatrix, factors: Floats) -> Floats:
    """Return for each value the products of its column with those of the other values in its row, times their factors.

    That is XᵀX without its diagonal, of which only the places are looked at that have both features in some row.
    """
    rows, columns, values = matrix.row_of_each_value(), matrix.columns, matrix.values[:, 0]
    first, second = _pairs(rows)
    least, most = np.minimum(columns[first], columns[second]), np.maximum(columns[first], columns[second])
    place = np.unique(least * matrix.shape[1] + most, return_inverse=True)[1]
    products = np.bincount(place, values[first] * values[second])[place]
    by_first = np.bincount(first, factors[second] * products, len(rows))
    return (by_first + np.bincount(second, factors[first] * products, len(rows))).astype(np.float32)


def _pairs(rows: Integers) -> tuple[Integers, Integers]:
    """Return the positions of every two values that stand in one row."""
    first, second = [rows[:0]], [rows[:0]]
    for distance in range(1, len(rows)):
        found = np.flatnonzero(rows[:-distance] == rows[distance:])
        if not found.size:
            break
        first.append(found)
        second.append(found + distance)
    return np.concatenate(first), np.concatenate(second)
