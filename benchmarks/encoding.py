"""Encoders with a cache, for benchmarks that encode the same texts many times."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.encoders.minilm import MiniLM
from bot.encoders.universal import UniversalSentenceEncoder
from bot.matching.corpus import Floats
from bot.matching.meaning import Encoder, Encoders


class Remembered:
    """An encoder that encodes each text once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Floats] = {}

    @property
    def name(self) -> str:
        """What model it is."""
        return self._encoder.name

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a unit vector for each text."""
        new = list(dict.fromkeys(text for text in texts if text not in self._vectors))
        if new or not texts:
            self._vectors.update(zip(new, self._encoder.encode(new), strict=True))
        return np.array([self._vectors[text] for text in texts], np.float32)

    encode_knowledge = encode


def remembered_encoders() -> Encoders:
    """Return both encoders."""
    return Encoders(english=Remembered(MiniLM()), multilingual=Remembered(UniversalSentenceEncoder()))
