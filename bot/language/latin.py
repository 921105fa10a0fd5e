"""py3langid's statistics of byte sequences, for the languages that are written in Latin letters."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from py3langid.langid import LanguageIdentifier

MODEL = files("bot.language") / "resources" / "latin.npz"


class LatinLanguages:
    """The likelihoods of a text by language. The model takes 2 MB, and is loaded on first use."""

    def prepare(self) -> None:
        """Load the model now."""
        _identifier()

    def of(self, text: str) -> Mapping[str, float]:
        """Return the logarithm of a text's likelihood by language, whose codes have no region; empty if unknown."""
        likelihoods = dict(_identifier().rank(text))
        return likelihoods if len(set(likelihoods.values())) > 1 else {}


class _Moves:
    """Where each byte leads from each state, as py3langid looks it up: the place of a byte in a state's row of 256.

    A state has only the bytes that lead deeper; with any other, it goes where its fallback goes.
    """

    def __init__(self, labels: bytes, first: array[int], fallback: array[int]) -> None:
        self._labels = labels
        self._first = first
        self._fallback = fallback

    def __getitem__(self, place: int) -> int:
        state, byte = divmod(place, 256)
        while True:
            found = self._labels.find(byte, self._first[state], self._first[state + 1])
            if found >= 0:
                return found + 1
            if not state:
                return state
            state = self._fallback[state]


class _Likelihoods:
    """How likely each feature is in each language, as logarithms that are kept in one byte each.

    Only how they differ from language to language counts, so the least of each feature is 0.
    """

    def __init__(self, steps: NDArray[np.uint8], step: float) -> None:
        self._steps = steps
        self._step = np.float32(step)

    def __getitem__(self, features: NDArray[np.intp]) -> NDArray[np.float32]:
        return self._steps[features] * self._step


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import LanguageIdentifier

    with MODEL.open("rb") as file, np.load(file, allow_pickle=False) as model:
        moves = _Moves(model["labels"].tobytes(), _numbers(model["first"]), _numbers(model["fallback"]))
        features = _numbers(model["features"])
        languages = model["languages"].tolist()
        likelihoods = _Likelihoods(model["likelihoods"], float(model["step"]))
        identifier = LanguageIdentifier(likelihoods, model["priors"], languages, moves, features, tk_row=())
        identifier._rowbase = range(0, 256 * len(features), 256)  # noqa: SLF001 - its own list would take 2.6 MB
        return identifier


def _numbers(values: np.ndarray) -> array[int]:
    return array(values.dtype.char, values.tobytes())
