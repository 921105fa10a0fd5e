"""py3langid's statistics of byte sequences, for the languages that are written in Latin letters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MODEL = files("bot.language") / "resources" / "latin.npz.xz"


class LatinLanguages:
    """The likelihoods of a text by language. The model takes 17 MB, and is loaded on first use in 0.3 s."""

    def prepare(self) -> None:
        """Load the model now."""
        _identifier()

    def of(self, text: str) -> Mapping[str, float]:
        """Return the logarithm of a text's likelihood by language, whose codes have no region; empty if unknown."""
        likelihoods = dict(_identifier().rank(text))
        return likelihoods if len(set(likelihoods.values())) > 1 else {}


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import LanguageIdentifier

    with as_file(MODEL) as path:
        return LanguageIdentifier.from_modelpath(path)
