"""Find the installed encoders, on first use."""

from __future__ import annotations

import logging
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from bot.encoders.files import UnusableEncoder
from bot.encoders.minilm import MiniLM
from bot.encoders.universal import UniversalSentenceEncoder
from bot.encoders.vectors import KeepingEncoder, delete_other_names
from bot.matching.meaning import Encoder, Encoders

logger = logging.getLogger(__name__)

SHIPPED_VECTORS = Path(__file__).parent / "shipped"

Model = TypeVar("Model", MiniLM, UniversalSentenceEncoder)


class InstalledEncoders:
    """Every encoder whose packages are installed and whose files match their checksums."""

    def __init__(self, *, folder: Path | None) -> None:
        """Use a folder for the vectors of your own knowledge and for what would take a lot of memory."""
        self._folder = folder
        self._vectors = folder / "vectors" if folder else None

    def best_for(self, *, english: bool) -> Encoder | None:
        """Return the best encoder available for a text."""
        return self._found.best_for(english=english)

    def kept_as(self, name: str) -> Encoders:
        """Return the same encoders, which store vectors under a name of their own."""
        return self._keeping(name)

    def keep_only(self, names: Collection[str]) -> None:
        """Delete the vectors that are stored under other names."""
        if self._vectors:
            delete_other_names(self._vectors, names)

    @cached_property
    def _found(self) -> Encoders:
        return self._keeping(None)

    @cached_property
    def _models(self) -> tuple[MiniLM | None, UniversalSentenceEncoder | None]:
        return _usable(MiniLM()), _usable(UniversalSentenceEncoder(folder=self._folder))

    def _keeping(self, name: str | None) -> Encoders:
        english, multilingual = (
            model
            and KeepingEncoder(
                model, dimensions=model.dimensions, shipped=SHIPPED_VECTORS, folder=self._vectors, kept_as=name
            )
            for model in self._models
        )
        return Encoders(english, multilingual)


def _usable(encoder: Model) -> Model | None:
    try:
        encoder.check()
    except UnusableEncoder as error:
        logger.warning("Questions are understood less well: %s.", error)
        return None
    return encoder
