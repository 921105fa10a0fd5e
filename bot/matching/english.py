"""Tell English words, and how common each is.

The words come from the vocabulary of BERT (uncased), which lists the commonest first; NOTICE names its origin.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zlib import crc32

import numpy as np

VOCABULARY_FILE = files("bot.matching") / "resources" / "bert-uncased-vocab.txt"
FIRST_WORD_RANK = 1996  # lower ranks are single characters and BERT's special tokens
COMMONEST_RARITY = 0.05
RARITY_OF_KNOWN_WORDS = 0.3  # at most, because words of the knowledge base say little about the language
MAX_MEAN_RARITY = 0.48  # of an English text; texts in 15 other languages are above it


def words() -> Iterator[tuple[int, str]]:
    """Yield English words with their ranks, the most common first."""
    every_word = VOCABULARY_FILE.read_text(encoding="utf-8").split("\n")
    yield from ((rank, word) for rank, word in enumerate(every_word[FIRST_WORD_RANK:]) if word.isalpha())


@dataclass(frozen=True, slots=True)
class _Ranks:
    """The ranks of words, found by the words' checksums: a dictionary of them would take 3 MB.

    No two of the words have the same checksum. Of other words, one in 200,000 has that of a word.
    """

    checksums: array[int]  # in order
    ranks: array[int]

    def of(self, word: str) -> int | None:
        """Return a word's rank; None if it isn't English."""
        checksum = crc32(word.encode(errors="surrogatepass"))
        at = bisect_left(self.checksums, checksum)
        return self.ranks[at] if at < len(self.checksums) and self.checksums[at] == checksum else None


@cache
def _ranks() -> _Ranks:
    ranked = list(words())
    checksums = np.fromiter((crc32(word.encode()) for _, word in ranked), np.uint32, len(ranked))
    ranks = np.fromiter((rank for rank, _ in ranked), np.uint16, len(ranked))
    order = np.argsort(checksums)
    return _Ranks(array("I", checksums[order].tobytes()), array("H", ranks[order].tobytes()))


def is_word(text: str) -> bool:
    """Return whether a word in lower case is English."""
    return _ranks().of(text) is not None


def is_english(words: Collection[str], known: Container[str] = ()) -> bool:
    """Return whether words in lower case are an English text; `known` are those that the knowledge base uses."""
    rarities = (min(RARITY_OF_KNOWN_WORDS, _rarity(word)) if word in known else _rarity(word) for word in words)
    return sum(rarities) <= MAX_MEAN_RARITY * len(words)


def _rarity(word: str) -> float:
    """Return how rare a word is, from 0.05 for the most common to 1 for words that aren't English."""
    rank = _ranks().of(word)
    if rank is None:
        return 1.0
    return max(COMMONEST_RARITY, math.log((rank + _SMOOTHING) / _SMOOTHING) / math.log(_SMOOTHED_COUNT / _SMOOTHING))


_SMOOTHING = 96
_SMOOTHED_COUNT = 28_622
