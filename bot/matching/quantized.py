"""Hold unit vectors in a quarter of their memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bot.matching.corpus import Floats

HIGHEST = 11  # of a number, which takes four and a half bits with its sign
ROWS_AT_ONCE = 512  # multiplied at a time, to fit the processor's cache
TINY = np.float32(1e-9)  # prevents division by 0


def quantized(vectors: Floats) -> NDArray[np.int8]:
    """Return the directions of vectors (n, d), four and a half bits per number."""
    highest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), TINY)
    numbers: NDArray[np.int8] = np.rint(vectors / highest * HIGHEST).astype(np.int8)
    return numbers


def unit_vectors(numbers: NDArray[np.int8]) -> Floats:
    """Return what was quantized; quantizing that again changes nothing."""
    vectors = numbers.astype(np.float32)
    restored: Floats = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), TINY)
    return restored


@dataclass(frozen=True, slots=True)
class QuantizedVectors:
    """Unit vectors: `numbers` (n, d), and the `scale` (n,) that makes each as long as 1."""

    numbers: NDArray[np.int8]
    scale: Floats

    @classmethod
    def of(cls, vectors: Floats) -> Self:
        """Quantize vectors (n, d)."""
        numbers = quantized(vectors)
        lengths = np.linalg.norm(numbers.astype(np.float32), axis=1)
        return cls(numbers, 1 / np.maximum(lengths, TINY))

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return self.numbers.nbytes + self.scale.nbytes

    def restored(self) -> Floats:
        """Return all of them (n, d)."""
        return unit_vectors(self.numbers)

    def cosines(self, vectors: Floats) -> Floats:
        """Return the cosine (n, m) of each with each of some unit vectors (m, d)."""
        cosines = np.empty((len(self.numbers), len(vectors)), np.float32)
        for first in range(0, len(cosines), ROWS_AT_ONCE):
            rows = slice(first, first + ROWS_AT_ONCE)
            cosines[rows] = self.numbers[rows].astype(np.float32) @ vectors.T
        return cosines * self.scale[:, np.newaxis]
