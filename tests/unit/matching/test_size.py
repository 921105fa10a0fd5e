"""How much memory a matcher says it takes."""

from __future__ import annotations

import gc
import random
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pytest

from bot.knowledge.model import Entry, KnowledgeBase, Vocabulary
from bot.matching.corpus import Floats
from bot.matching.english import words as english_words
from bot.matching.matcher import Matcher
from bot.matching.meaning import Encoders


class RandomVectors:
    """Takes the place of an encoder where only how many vectors there are counts."""

    name = "minilm"

    def encode(self, texts: Sequence[str]) -> Floats:
        vectors = np.random.default_rng(0).standard_normal((len(texts), 384), np.float32)
        unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    encode_knowledge = encode


def knowledge_of(*, entries: int, phrasings: int, sentences: int, seed: int) -> KnowledgeBase:
    chance = random.Random(seed)  # noqa: S311 - for the same words every time
    words = chance.sample([word for _, word in english_words()][500:12_000], 600)

    def said(count: int) -> str:
        return " ".join(chance.choices(words, k=count))

    def entry(number: int) -> Entry:
        asked = tuple(f"how does {said(4)} work?" for _ in range(phrasings))
        return Entry(f"entry-{number}", asked[0], " ".join(f"It is {said(7)}." for _ in range(sentences)), asked)

    return KnowledgeBase(
        name="words",
        entries=tuple(map(entry, range(entries))),
        off_topics=(),
        vocabulary=Vocabulary({}),
        version=str(seed),
    )


@contextmanager
def traced() -> Iterator[None]:
    gc.collect()
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("encoder", [None, RandomVectors()], ids=["words", "meaning"])
@pytest.mark.parametrize(
    ("entries", "phrasings", "sentences"), [(18, 4, 2), (18, 4, 25), (100, 4, 2)], ids=["small", "long", "many"]
)
def test_the_memory_counted_is_what_is_taken_or_somewhat_more(
    entries: int, phrasings: int, sentences: int, encoder: RandomVectors | None
) -> None:
    def learned(seed: int) -> Matcher:
        knowledge = knowledge_of(entries=entries, phrasings=phrasings, sentences=sentences, seed=seed)
        matcher = Matcher(knowledge, encoders=Encoders(multilingual=encoder))
        matcher.prepare()
        return matcher

    learned(1)  # fills what all share
    with traced():
        matcher = learned(2)
        gc.collect()
        taken = tracemalloc.get_traced_memory()[0]

    assert taken < matcher.size < 2 * taken
