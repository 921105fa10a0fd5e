"""Make the model that tells languages in Latin letters, after py3langid's own has changed.

py3langid walks through the states of an automaton, byte by byte, and counts the features it meets. Its table has a
place for each byte in each state. Here are only the bytes that lead deeper, and the state to fall back to for all
others. Left out are other languages, states that no lower-case Latin letters lead to, and features that all of these
languages have equally often. The likelihoods are rounded to a byte each. That takes 2 MB of memory instead of 80, and
ranks the same languages first. Run:

    python -m benchmarks.language_model
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE
from py3langid.modelio import load_model

from bot.language.latin import MODEL

LANGUAGES = "cs da de en es fi fr hr hu id it lt nl no pl pt ro sv tr vi".split()  # those of Discord
# What cleaned text is made of in UTF-8: ASCII without capitals, and the letters with marks, Vietnamese ones included.
BYTES = [10, *range(0x20, 0x41), *range(0x5B, 0x7F), *range(0x80, 0xC0), 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC8, 0xE1]
LEAST_SPREAD = 0.6  # of a feature's log-likelihoods in these languages; if all lack it, they are up to 0.5 apart
STEPS = 255  # of a likelihood that is kept in a byte
ROOT = 0

Moves = NDArray[np.uint32]
"""The state that each byte leads to, for each state; of shape (states, 256)."""


def main() -> None:
    """Rewrite the model."""
    likelihoods, priors, languages, moves, rows, features = load_model(MODEL_DIR / MODEL_FILE)
    columns = [languages.index(language) for language in LANGUAGES]
    likelihoods = likelihoods[:, columns]
    moves = np.frombuffer(moves, moves.typecode).reshape(-1, 256)[np.asarray(rows)]
    states, labels, first, fallback = compact(moves)

    feature_of = np.asarray(features)[states]
    spread = np.ptp(likelihoods.astype(np.float32), axis=1)
    is_kept = np.isin(np.arange(len(likelihoods)), feature_of) & (spread > LEAST_SPREAD)
    kept_feature_of = np.where((feature_of >= 0) & is_kept[feature_of], np.cumsum(is_kept)[feature_of] - 1, -1)

    likelihoods = likelihoods[is_kept].astype(np.float32)
    likelihoods -= likelihoods.min(axis=1, keepdims=True)  # only the differences between languages count
    step = likelihoods.max() / STEPS

    path = Path(str(MODEL))
    np.savez_compressed(
        path,
        labels=np.array(labels, np.uint8),
        first=np.array(first, np.min_scalar_type(len(states))),
        fallback=np.array(fallback, np.min_scalar_type(len(states))),
        features=kept_feature_of.astype(np.int32),
        likelihoods=np.rint(likelihoods / step).astype(np.uint8),
        step=step,
        priors=priors[columns],
        languages=np.array(LANGUAGES),
    )
    print(f"{path}: {path.stat().st_size:,} bytes, {len(states):,} states, {is_kept.sum():,} features")


def compact(moves: Moves) -> tuple[list[int], list[int], list[int], list[int]]:
    """Return states by their distance from the root, bytes that lead deeper, where each state's begin, and fallbacks.

    The byte at place n leads to the state n + 1. A state's fallback is where one gets by its bytes without the first.
    """
    states, new_number = [ROOT], {ROOT: ROOT}
    labels, first, fallback = [], [0], [ROOT]
    for state in states:
        back = states[fallback[new_number[state]]]
        for byte in BYTES:
            target = int(moves[state, byte])
            if target in new_number or (state != ROOT and target == moves[back, byte]):
                continue
            new_number[target] = len(states)
            states.append(target)
            labels.append(byte)
            fallback.append(ROOT if state == ROOT else new_number[int(moves[back, byte])])
        first.append(len(labels))
    return states, labels, first, fallback


if __name__ == "__main__":
    main()
