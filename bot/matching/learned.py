"""Read everything a knowledge base says, once, into the form that questions are compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np

from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.corpus import Corpus, Floats
from bot.matching.lexicon import Lexicon, Reading
from bot.matching.nearest import NearestPhrasing
from bot.matching.subject import SubjectGuard
from bot.matching.text import clean, sentences, words

MIN_SENTENCE = 4  # words; a shorter line of an answer is a heading
SENTENCE_WEIGHT = 0.5  # of an answer's sentence in learning; a phrasing has 1


@dataclass(frozen=True, slots=True)
class Learned:
    """The texts of a knowledge base. Owners are numbered: first the entries, then the off-topic subjects.

    Attributes:
        ids: of the owners.
        phrasings: of all owners, as written.
        weights: how much each text counts in learning, phrasings first.
        phrasing_meanings: for each owner, the meanings its phrasings contain.
        answer_meanings: those its answer contains; an off-topic subject has none.
        size: phrasings per entry, on average.
    """

    ids: tuple[str, ...]
    entry_count: int
    phrasings: tuple[str, ...]
    lexicon: Lexicon
    phrasing_corpus: Corpus
    sentence_corpus: Corpus
    weights: Floats
    phrasing_meanings: tuple[frozenset[str], ...]
    answer_meanings: tuple[frozenset[str], ...]
    guard: SubjectGuard
    nearest: NearestPhrasing
    size: float

    @property
    def all_texts(self) -> Corpus:
        """Put the phrasings and the answers' sentences together, which takes memory."""
        return self.phrasing_corpus.followed_by(self.sentence_corpus)

    @property
    def entry_phrasings(self) -> Sequence[Reading]:
        """The phrasings of the entries, as read; those of the off-topic subjects come after them."""
        return self.lexicon.texts[: int(np.searchsorted(self.phrasing_corpus.owners, self.entry_count))]

    @classmethod
    def of(cls, knowledge: KnowledgeBase, lexicon: Lexicon | None = None) -> Self:
        """Learn from phrasings and answers; pass the `lexicon` if these texts have already been read."""
        owners: list[Entry | OffTopic] = [*knowledge.entries, *knowledge.off_topics]
        lexicon = lexicon or read_texts(knowledge)
        of_phrasings = [number for number, owner in enumerate(owners) for _ in owner.phrasings]
        of_sentences = [number for number, _ in _answer_sentences(knowledge)]
        corpus = partial(Corpus.of, owner_count=len(owners), size=lexicon.size)
        readings, count = lexicon.texts, len(of_phrasings)
        phrasing_corpus = corpus(readings[:count], of_phrasings)
        weights = np.full(len(readings), SENTENCE_WEIGHT, np.float32)
        weights[:count] = 1
        phrased: list[set[str]] = [set() for _ in owners]
        answered: list[set[str]] = [set() for _ in owners]
        for place, (owner, reading) in enumerate(zip([*of_phrasings, *of_sentences], readings, strict=True)):
            meanings = phrased if place < count else answered
            meanings[owner].update(reading.meanings)
        entry_phrasings = sum(len(entry.phrasings) for entry in knowledge.entries)
        return cls(
            ids=tuple(owner.id for owner in owners),
            entry_count=len(knowledge.entries),
            phrasings=tuple(phrasing for owner in owners for phrasing in owner.phrasings),
            lexicon=lexicon,
            phrasing_corpus=phrasing_corpus,
            sentence_corpus=corpus(readings[count:], of_sentences),
            weights=weights,
            phrasing_meanings=tuple(map(frozenset, phrased)),  # which also takes less memory
            answer_meanings=tuple(map(frozenset, answered)),
            guard=SubjectGuard.of(
                knowledge.subject, lexicon, readings[:entry_phrasings], of_phrasings[:entry_phrasings]
            ),
            nearest=NearestPhrasing(phrasing_corpus),
            size=entry_phrasings / max(1, len(knowledge.entries)),
        )


def read_texts(knowledge: KnowledgeBase) -> Lexicon:
    """Return the words of a knowledge base, learned from all phrasings and then from the answers' sentences."""
    owners: tuple[Entry | OffTopic, ...] = (*knowledge.entries, *knowledge.off_topics)
    phrasings = [
        (clean(phrasing), phrasing in owner.translated_phrasings) for owner in owners for phrasing in owner.phrasings
    ]
    translated = frozenset(text for text, is_translated in phrasings if is_translated)
    texts = [*(text for text, _ in phrasings), *(text for _, text in _answer_sentences(knowledge))]
    return Lexicon(knowledge.vocabulary.concepts, texts, translated=translated)


def _answer_sentences(knowledge: KnowledgeBase) -> Iterator[tuple[int, str]]:
    """Yield each sentence of the answers with the number of its entry.

    A sentence in several answers belongs to the shortest: the job description repeats what the role's sections say.
    """
    by_length = sorted(enumerate(knowledge.entries), key=lambda numbered: len(numbered[1].answer))
    owners: dict[str, int] = {}
    for number, entry in by_length:
        for sentence in sentences(clean(entry.answer)):
            if len(words(sentence)) >= MIN_SENTENCE:
                owners.setdefault(sentence.lstrip("- "), number)
    for sentence, number in sorted(owners.items(), key=lambda item: item[1]):
        yield number, sentence
