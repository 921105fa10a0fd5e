"""The texts a matcher learns from, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from bot.matching.lexicon import Reading

Floats = NDArray[np.float32]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts of all owners (entries and off-topic subjects).

    `numbers` and `is_content` hold a value for each word of each text, one text after the other; `lengths` says how
    many words each has, `owners` whose each is (a number below `owner_count`). `size` bounds the numbers.
    """

    numbers: NDArray[np.int32]
    is_content: NDArray[np.bool_]
    lengths: Integers
    owners: Integers
    owner_count: int
    size: int

    @classmethod
    def of(cls, readings: Sequence[Reading], owners: Sequence[int], *, owner_count: int, size: int) -> Corpus:
        """Build the arrays from readings."""
        terms = list(chain.from_iterable(reading.terms for reading in readings))
        return cls(
            numbers=np.fromiter((term.number for term in terms), np.int32, len(terms)),
            is_content=np.fromiter((term.is_content for term in terms), np.bool_, len(terms)),
            lengths=np.fromiter((len(reading.terms) for reading in readings), np.intp, len(readings)),
            owners=np.array(owners, np.intp),
            owner_count=owner_count,
            size=size,
        )

    def followed_by(self, other: Corpus) -> Corpus:
        """Return the texts of both, those of the other after these."""
        return replace(
            self,
            numbers=np.concatenate([self.numbers, other.numbers]),
            is_content=np.concatenate([self.is_content, other.is_content]),
            lengths=np.concatenate([self.lengths, other.lengths]),
            owners=np.concatenate([self.owners, other.owners]),
        )

    @property
    def rows(self) -> Integers:
        """Return the position of each word's text."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)
