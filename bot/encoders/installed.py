"""Find the installed encoders, on first use."""

from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path

from bot.encoders.files import UnusableEncoder
from bot.encoders.minilm import MiniLM
from bot.encoders.universal import UniversalSentenceEncoder
from bot.encoders.vectors import KeepingEncoder
from bot.matching.meaning import Encoder, Encoders

logger = logging.getLogger(__name__)

SHIPPED_VECTORS = Path(__file__).parent / "shipped"


class InstalledEncoders:
    """Every encoder whose packages are installed and whose files match their checksums."""

    def __init__(self, *, folder: Path | None) -> None:
        """Use a folder for the vectors of your own knowledge and for what would take a lot of memory."""
        self._folder = folder

    def best_for(self, *, english: bool) -> Encoder | None:
        """Return the best encoder available for a text."""
        return self._found.best_for(english=english)

    @cached_property
    def _found(self) -> Encoders:
        return Encoders(
            english=self._usable(MiniLM()), multilingual=self._usable(UniversalSentenceEncoder(folder=self._folder))
        )

    def _usable(self, encoder: MiniLM | UniversalSentenceEncoder) -> Encoder | None:
        try:
            encoder.check()
        except UnusableEncoder as error:
            logger.warning("Questions are understood less well: %s.", error)
            return None
        vectors = self._folder / "vectors" if self._folder else None
        return KeepingEncoder(encoder, dimensions=encoder.dimensions, shipped=SHIPPED_VECTORS, folder=vectors)
