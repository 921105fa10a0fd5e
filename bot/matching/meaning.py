"""Compare texts by meaning: find the phrasing and the answer's sentence nearest to a question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from bot.matching.corpus import Corpus, Floats, Integers
from bot.matching.lexicon import Reading, is_function_word
from bot.matching.quantized import QuantizedVectors

MAX_ASKED_WORDS = 512  # whose distances are cached, for each knowledge base in memory


class Encoder(Protocol):
    """Turn texts into unit vectors that are close if the texts mean nearly the same."""

    @property
    def name(self) -> str:
        """The model's name in one word, used in file names."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a unit vector for each text, float32 of shape (n, d)."""
        ...

    def encode_knowledge(self, texts: Sequence[str]) -> Floats:
        """Encode texts of the knowledge, whose vectors may be stored. What people ask is never stored."""
        ...


class EncoderChoice(Protocol):
    """The encoders available."""

    def best_for(self, *, english: bool) -> Encoder | None:
        """Return the best encoder available for a text."""
        ...

    def kept_as(self, name: str) -> EncoderChoice:
        """Return the same encoders, which store vectors under a name of their own, if they store any."""
        ...

    def keep_only(self, names: Collection[str]) -> None:
        """Delete the vectors that are stored under other names."""
        ...


@dataclass(frozen=True, slots=True)
class Encoders:
    """Up to two encoders: one for English and one for many languages."""

    english: Encoder | None = None
    multilingual: Encoder | None = None

    def best_for(self, *, english: bool) -> Encoder | None:
        """Return the best encoder available for a text."""
        return self.english or self.multilingual if english else self.multilingual

    def kept_as(self, _name: str) -> Encoders:
        """Return these: they store nothing under names."""
        return self

    def keep_only(self, names: Collection[str]) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """How near each owner is to a question in meaning, as cosines, -1 to 1.

    `phrasings` holds the cosine of every phrasing. `nearest_sentence` is 0 for subjects, which have no answer.
    """

    phrasings: Floats
    nearest_phrasing: Floats
    nearest_sentence: Floats


class Meaning:
    """The phrasings, answers and words of a knowledge base, encoded."""

    def __init__(
        self,
        encoder: Encoder,
        *,
        phrasings: Corpus,
        sentences: Corpus,
        readings: Sequence[Reading],
        entry_count: int,
    ) -> None:
        """Encode all texts: `readings` holds the phrasings, then the answers' sentences."""
        self._encoder = encoder
        self._words = _EntryWords.of(readings, [*phrasings.owners.tolist(), *sentences.owners.tolist()], entry_count)
        texts = [reading.text for reading in readings]
        vectors = encoder.encode_knowledge([*texts, *self._words.words])
        self._texts = QuantizedVectors.of(vectors[: len(texts)])
        self._word_vectors = QuantizedVectors.of(vectors[len(texts) :])
        self._phrasing_count = len(phrasings.lengths)
        self._phrasing_starts = np.searchsorted(phrasings.owners, np.arange(phrasings.owner_count))
        self._sentence_owners = sentences.owners
        self._owner_count = phrasings.owner_count
        self._asked_words: dict[str, Floats] = {}

    @property
    def vectors(self) -> Floats:
        """The unit vectors of all texts (n, d), to learn from."""
        return self._texts.restored()

    @property
    def size(self) -> int:
        """Bytes of memory that the vectors take."""
        return self._texts.size + self._word_vectors.size

    def encode(self, reading: Reading) -> Floats:
        """Return the vector of a question."""
        vector: Floats = self._encoder.encode([reading.text])[0]
        return vector

    def near(self, vector: Floats) -> Nearby:
        """Compare a question with every phrasing and every sentence of an answer."""
        cosines = self._texts.cosines(vector[np.newaxis])[:, 0]
        phrasings = cosines[: self._phrasing_count]
        sentences = np.zeros(self._owner_count, np.float32)
        np.maximum.at(sentences, self._sentence_owners, cosines[self._phrasing_count :])
        return Nearby(phrasings, np.maximum.reduceat(phrasings, self._phrasing_starts), sentences)

    def distances(self, words: Sequence[str]) -> Mapping[str, Floats]:
        """Return each word's distance (from 0 to above 1) to the nearest word of each entry."""
        found = {word: distances for word in words if (distances := self._asked_words.get(word)) is not None}
        if new := [word for word in words if word not in found]:
            cosines = self._word_vectors.cosines(self._encoder.encode(new))
            measured = {word: 1 - self._words.nearest(cosines[:, column]) for column, word in enumerate(new)}
            found |= measured
            if len(self._asked_words) + len(new) > MAX_ASKED_WORDS:
                self._asked_words.clear()
            self._asked_words.update(measured)
        return found


@dataclass(frozen=True, slots=True)
class _EntryWords:
    """The content words of the entries, each once; `places` lists them entry by entry."""

    words: tuple[str, ...]
    places: Integers
    starts: Integers
    is_empty: tuple[bool, ...]

    @classmethod
    def of(cls, readings: Sequence[Reading], owners: Sequence[int], entry_count: int) -> _EntryWords:
        by_entry: list[dict[str, None]] = [{} for _ in range(entry_count)]
        for reading, owner in zip(readings, owners, strict=True):
            if owner < entry_count:
                by_entry[owner].update(dict.fromkeys(content_words(reading)))
        words = tuple(dict.fromkeys(word for own in by_entry for word in own)) or ("",)
        numbers = {word: number for number, word in enumerate(words)}
        places = [[numbers[word] for word in own] or [0] for own in by_entry]
        starts = np.cumsum([0, *map(len, places)])[:-1]
        return cls(words, np.concatenate(places).astype(np.intp), starts, tuple(not own for own in by_entry))

    def nearest(self, cosines: Floats) -> Floats:
        """Return the highest of each entry's cosines."""
        nearest: Floats = np.maximum.reduceat(cosines[self.places], self.starts)
        nearest[list(self.is_empty)] = 0
        return nearest


def content_words(reading: Reading) -> tuple[str, ...]:
    """Return the content words of a text, one by one."""
    typed = (word for term in reading.terms for word in term.typed.split())
    return tuple(dict.fromkeys(word for word in typed if not is_function_word(word)))
