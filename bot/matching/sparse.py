"""Sparse matrices, with the few products the matcher needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from bot.matching.corpus import Floats, Integers

CHUNK = 4096  # values multiplied at a time, to fit the processor's cache


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
        """Build a matrix from the coordinates and values of its non-zero cells, in any order."""
        order = np.argsort(rows, kind="stable")
        filled, starts = np.unique(rows[order], return_index=True)
        return cls(columns[order], values[order, np.newaxis], filled, starts, shape)

    def transposed(self) -> SparseMatrix:
        """Return the transposed matrix."""
        rows = np.repeat(self.rows, np.diff(np.append(self.starts, len(self.columns))))
        return SparseMatrix.of(self.columns, rows, self.values[:, 0], self.shape[::-1])

    def add_product(self, dense: Floats, out: Floats) -> None:
        """Add the product of this matrix with a dense one to `out`."""
        first = 0
        while first < len(self.rows):
            last = max(first + 1, int(np.searchsorted(self.starts, self.starts[first] + CHUNK)))
            start, end = self.starts[first], self.starts[last] if last < len(self.starts) else len(self.columns)
            terms = dense[self.columns[start:end]] * self.values[start:end]
            out[self.rows[first:last]] += np.add.reduceat(terms, self.starts[first:last] - start, axis=0)
            first = last
