"""Make the model that tells languages in Latin letters, after py3langid's own has changed.

It is py3langid's model without other languages, without the states that no lower-case Latin letters lead to, and
without the features that all of these languages have equally often: 1 MB instead of 5, and 17 MB of memory instead
of 80. Its rankings are the same. Run:

    python -m benchmarks.language_model
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE
from py3langid.modelio import load_model, save_model

from bot.language.latin import MODEL

LANGUAGES = "cs da de en es fi fr hr hu id it lt nl no pl pt ro sv tr vi".split()  # those of Discord
# What cleaned text is made of in UTF-8: ASCII without capitals, and the letters with marks, Vietnamese ones included.
BYTES = [10, *range(0x20, 0x41), *range(0x5B, 0x7F), *range(0x80, 0xC0), 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC8, 0xE1]
LEAST_SPREAD = (
    0.6  # between the languages' logarithms of a feature's likelihood; those that lack it are up to 0.5 apart
)


def main() -> None:
    """Write the model anew."""
    likelihoods, priors, languages, moves, rows, features = load_model(MODEL_DIR / MODEL_FILE)
    columns = [languages.index(language) for language in LANGUAGES]
    likelihoods = likelihoods[:, columns]
    moves = np.frombuffer(moves, moves.typecode).reshape(-1, 256)[np.asarray(rows)]
    states = _reachable(moves)
    numbers = np.zeros(len(moves), np.uint16)
    numbers[states] = np.arange(len(states))
    kept_moves = np.zeros((len(states), 256), np.uint16)
    kept_moves[:, BYTES] = numbers[moves[np.ix_(states, BYTES)]]

    feature_of = np.asarray(features)[states]
    spread = np.ptp(likelihoods.astype(np.float32), axis=1)
    is_kept = np.isin(np.arange(len(likelihoods)), feature_of) & (spread > LEAST_SPREAD)
    kept_feature_of = np.where((feature_of >= 0) & is_kept[feature_of], np.cumsum(is_kept)[feature_of] - 1, -1)

    distinct, row_of = np.unique(kept_moves, axis=0, return_inverse=True)
    path = Path(str(MODEL))
    save_model(path, (likelihoods[is_kept], priors[columns], LANGUAGES, distinct.ravel(), row_of, kept_feature_of))
    print(f"{path}: {path.stat().st_size:,} bytes, {len(states):,} states, {is_kept.sum():,} features")


def _reachable(moves: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Return the states that texts of `BYTES` lead to, in order."""
    is_reached = np.zeros(len(moves), bool)
    new = np.array([0])
    while len(new):
        is_reached[new] = True
        after = np.unique(moves[np.ix_(new, BYTES)])
        new = after[~is_reached[after]]
    return np.flatnonzero(is_reached)


if __name__ == "__main__":
    main()
