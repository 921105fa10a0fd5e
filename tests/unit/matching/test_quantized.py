"""Unit vectors in a quarter of their memory."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching.corpus import Floats
from bot.matching.quantized import ROWS_AT_ONCE, QuantizedVectors, quantized, unit_vectors


def random_vectors(count: int) -> Floats:
    vectors = np.random.default_rng(1).standard_normal((count, 384), np.float32)
    unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def test_vectors_keep_their_direction_in_a_quarter_of_the_memory() -> None:
    vectors = random_vectors(100)
    held = QuantizedVectors.of(vectors)

    assert held.size < vectors.nbytes / 3.9
    assert (held.restored() * vectors).sum(axis=1) == pytest.approx(1, abs=0.01)


def test_vectors_that_were_quantized_before_stay_as_they_are() -> None:
    numbers = quantized(random_vectors(100))

    assert (quantized(unit_vectors(numbers)) == numbers).all()


@pytest.mark.parametrize("count", [0, 1, ROWS_AT_ONCE, ROWS_AT_ONCE + 1])
def test_cosines_are_those_of_the_vectors_however_many_there_are(count: int) -> None:
    vectors, asked = random_vectors(count), random_vectors(3)

    cosines = QuantizedVectors.of(vectors).cosines(asked)

    assert cosines.shape == (count, 3)
    assert cosines == pytest.approx(vectors @ asked.T, abs=0.02)


def test_a_vector_of_nothing_is_like_nothing() -> None:
    held = QuantizedVectors.of(np.zeros((1, 384), np.float32))

    assert held.cosines(random_vectors(1)) == 0
