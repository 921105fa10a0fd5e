"""Sparse matrices: the few products of them that the matcher needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from bot.matching.corpus import Floats, Integers

chunk = 4096  # values multiplied at a time, so that they stay in the processor's cache


@dataclass(frozen=True, slots=True)
class SparseMatrix:
    """A sparse matrix that multiplies dense ones: the non-zero values, ordered by row, and where each row starts."""

    columns: Integers
    values: Floats
    rows: Integers
    starts: Integers
    shape: tuple[int, int]

    @classmethod
    def of(cls, rows: Integers, columns: Integers, values: Floats, shape: tuple[int, int]) -> Self:
        """Make a matrix of the place and size of each value that isn't 0, in any order."""
        order = np.argsort(rows, kind="stable")
        filled, starts = np.unique(rows[order], return_index=True)
        return cls(columns[order], values[order, np.newaxis], filled, starts, shape)

    def transposed(self) -> SparseMatrix:
        """Return the matrix with rows and columns exchanged."""
        return SparseMatrix.of(self.columns, self.row_of_each_value(), self.values[:, 0], self.shape[::-1])

    def products(self) -> Floats:
        """Return the product of the transposed matrix with this one, dense."""
        rows, values, size = self.row_of_each_value(), self.values[:, 0], self.shape[1]
        result = np.zeros((size, size), np.float32)
        for distance in range(len(rows)):  # between two values of a row
            first = np.flatnonzero(rows[: len(rows) - distance] == rows[distance:])
            if not first.size:
                break
            product = values[first] * values[first + distance] / (1 if distance else 2)
            np.add.at(result, (self.columns[first], self.columns[first + distance]), product)
        return result + result.T

    def sums_by_owner(self, owners: Integers, owner_count: int) -> Floats:
        """Return for each column the sum of its values in the rows of each owner."""
        places = self.columns * owner_count + owners[self.row_of_each_value()]
        sums = np.bincount(places, self.values[:, 0], self.shape[1] * owner_count)
        return sums.reshape(self.shape[1], owner_count).astype(np.float32)

    def row_of_each_value(self) -> Integers:
        """Return for each value the row it stands in."""
        return np.repeat(self.rows, np.diff(np.append(self.starts, len(self.columns))))

    def with_values(self, values: Floats) -> SparseMatrix:
        """Return a matrix with other values in the same places."""
        return replace(self, values=values.astype(np.float32)[:, np.newaxis])

    def squared_columns(self) -> Floats:
        """Return the sum of the squares of each column."""
        return np.bincount(self.columns, self.values[:, 0] ** 2, self.shape[1]).astype(np.float32)

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
