"""Store the vectors of the knowledge's texts, so that each is encoded once and not at every start."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bot.matching.corpus import Floats
from bot.matching.meaning import Encoder
from bot.matching.quantized import quantized, unit_vectors

logger = logging.getLogger(__name__)

MAX_UNUSED = 10_000  # texts in a file that the knowledge no longer has, or that another one has
MAX_UNUSED_BY_NAME = 500  # the same for a file under a name, of which there may be thousands
NAMED = "servers"  # the folder for what is stored under names


@dataclass(frozen=True, slots=True)
class KeptVectors:
    """Vectors of texts, four and a half bits per number, keyed by digests of the texts.

    `digests` has the shape (n,), `vectors` (n, d). Only the direction of a vector matters.
    """

    digests: NDArray[np.uint64]
    vectors: NDArray[np.int8]

    @classmethod
    def of(cls, texts: Sequence[str], vectors: Floats) -> Self:
        """Quantize the vectors of texts."""
        return cls(digests_of(texts), quantized(vectors))

    @classmethod
    def read(cls, file: Path) -> Self | None:
        """Read a file; None if it is missing or unusable."""
        try:
            with file.open("rb") as opened, np.load(opened, allow_pickle=False) as content:
                digests, vectors = content["digests"], content["vectors"]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            logger.warning("%s can't be used (%s); its texts are encoded again.", file, type(error).__name__)
            return None
        if digests.dtype != np.uint64 or vectors.dtype != np.int8 or digests.shape != vectors.shape[:1]:
            logger.warning("%s can't be used (not what the bot wrote); its texts are encoded again.", file)
            return None
        return cls(digests, vectors)

    def write(self, file: Path) -> None:
        """Write a file atomically.

        Raises:
            OSError: It can't be written.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{file.name}-{os.getpid()}")
        try:
            with temporary.open("wb") as opened:
                np.savez_compressed(opened, digests=self.digests, vectors=self.vectors)
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)

    def fill(self, wanted: NDArray[np.uint64], into: Floats) -> NDArray[np.bool_]:
        """Write the unit vectors of wanted texts into rows, and return which were found."""
        order = np.argsort(self.digests, kind="stable")
        places = np.minimum(np.searchsorted(self.digests[order], wanted), len(order) - 1)
        is_here: NDArray[np.bool_] = self.digests[order[places]] == wanted
        into[is_here] = unit_vectors(self.vectors[order[places[is_here]]])
        return is_here

    def with_older(self, older: KeptVectors, *, used: NDArray[np.uint64], max_unused: int) -> KeptVectors:
        """Return these and older ones: all that are used, and the latest of the others."""
        is_used = np.isin(older.digests, used)
        kept = np.concatenate([np.flatnonzero(is_used), np.flatnonzero(~is_used)[:max_unused]])
        return KeptVectors(
            np.concatenate([self.digests, older.digests[kept]]), np.concatenate([self.vectors, older.vectors[kept]])
        )


def digests_of(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Return a number of 64 bits for each text; among 100,000 texts, two collide with a chance of 1 in 4 billion."""
    digests = (hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    return np.frombuffer(b"".join(digests), np.uint64)


class KeepingEncoder:
    """An encoder that stores the vectors of the knowledge. What people ask is never stored."""

    def __init__(
        self, encoder: Encoder, *, dimensions: int, shipped: Path, folder: Path | None, kept_as: str | None = None
    ) -> None:
        """Take vectors from the folder `shipped`, and from and to `folder`; without one, keep nothing.

        With a name to be `kept_as`, write to a file of that name's, so that one server's knowledge isn't read and
        written with that of all others.
        """
        self._encoder = encoder
        self._dimensions = dimensions
        file = f"{encoder.name}.npz"
        self._read_only = [shipped / file]
        self._own = folder / file if folder else None
        self._max_unused = MAX_UNUSED
        if folder and kept_as:
            self._read_only.append(folder / file)
            self._own = folder / NAMED / kept_as / file
            self._max_unused = MAX_UNUSED_BY_NAME

    @property
    def name(self) -> str:
        """The model's name."""
        return self._encoder.name

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a unit vector for each text, float32 of shape (n, d)."""
        return self._encoder.encode(texts)

    def encode_knowledge(self, texts: Sequence[str]) -> Floats:
        """Return stored vectors, and encode and store the missing ones."""
        vectors = np.zeros((len(texts), self._dimensions), np.float32)
        digests = digests_of(texts)
        is_missing = np.ones(len(texts), np.bool_)
        own = KeptVectors.read(self._own) if self._own else None
        for kept in (*map(KeptVectors.read, self._read_only), own):
            if kept is not None and kept.vectors.shape[1:] == (self._dimensions,) and len(kept.digests):
                is_missing &= ~kept.fill(digests, vectors)
        if is_missing.any():
            self._encode_missing(texts, np.flatnonzero(is_missing), vectors, own)
        return vectors

    def _encode_missing(
        self, texts: Sequence[str], places: NDArray[np.intp], vectors: Floats, own: KeptVectors | None
    ) -> None:
        missing = list(dict.fromkeys(texts[place] for place in places))
        found = KeptVectors.of(missing, self._encoder.encode(missing))
        is_filled = found.fill(digests_of([texts[place] for place in places]), rows := vectors[places])
        vectors[places[is_filled]] = rows[is_filled]
        if self._own is None:
            return
        if own is not None and own.vectors.shape[1] == self._dimensions:
            found = found.with_older(own, used=digests_of(texts), max_unused=self._max_unused)
        try:
            found.write(self._own)
        except OSError as error:
            logger.debug("Vectors can't be kept in %s: %s", self._own.parent, error.strerror)


def delete_other_names(folder: Path, names: Collection[str]) -> None:
    """Delete what is stored in a folder under other names than these."""
    for each in (folder / NAMED).glob("*"):
        if each.name not in names:
            shutil.rmtree(each, ignore_errors=True)
