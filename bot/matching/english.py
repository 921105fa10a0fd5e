"""Tell English words, and how common each is.

The words come from the vocabulary of BERT (uncased), which lists the commonest first; NOTICE names its origin.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Container, Mapping
from functools import cache
from importlib.resources import files

VOCABULARY_FILE = files("bot.matching") / "resources" / "bert-uncased-vocab.txt"
FIRST_WORD_RANK = 1996  # lower ranks are single characters and BERT's special tokens
COMMONEST_RARITY = 0.05
RARITY_OF_KNOWN_WORDS = 0.3  # at most, because words of the knowledge base say little about the language
MAX_MEAN_RARITY = 0.48  # of an English text; texts in 15 other languages are above it


@cache
def ranks() -> Mapping[str, int]:
    """Return English words with their ranks, the most common first."""
    lines = VOCABULARY_FILE.read_text(encoding="utf-8").splitlines()
    return {word: rank for rank, word in enumerate(lines[FIRST_WORD_RANK:]) if word.isalpha()}


def is_word(text: str) -> bool:
    """Tell whether a word in lower case is English."""
    return text in ranks()


def is_english(words: Collection[str], known: Container[str] = ()) -> bool:
    """Tell whether words in lower case are an English text; `known` are those that the knowledge base uses."""
    rarities = (min(RARITY_OF_KNOWN_WORDS, _rarity(word)) if word in known else _rarity(word) for word in words)
    return sum(rarities) <= MAX_MEAN_RARITY * len(words)


def _rarity(word: str) -> float:
    """Return how rare a word is, from 0.05 for the most common to 1 for words that aren't English."""
    rank = ranks().get(word)
    if rank is None:
        return 1.0
    return max(COMMONEST_RARITY, math.log((rank + _SMOOTHING) / _SMOOTHING) / math.log(_SMOOTHED_COUNT / _SMOOTHING))


_SMOOTHING = 96
_SMOOTHED_COUNT = 28_622
