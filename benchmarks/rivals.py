"""Matchers to compare with, each behind the same small interface and taught the same phrasings."""

from __future__ import annotations

import difflib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any, Protocol
from weakref import finalize

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from bot.answering import Answering
from bot.encoders.minilm import MiniLM
from bot.encoders.universal import UniversalSentenceEncoder
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.matcher import Matcher
from bot.matching.meaning import Encoder, EncoderChoice, Encoders
from bot.matching.text import clean, words

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


class Rival(Protocol):
    """A matcher that has learned a knowledge base.

    `owners` has the owner of each score: the number of an entry or, above those, of an off-topic subject.
    """

    owners: Ints

    def compare(self, message: str) -> Floats:
        """Score a message as it was typed; higher is likelier."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a rival is taught: cleaned phrasings and off-topic examples, and whose each is."""

    texts: tuple[str, ...]
    owners: Ints
    owner_count: int

    @classmethod
    def of(cls, knowledge: KnowledgeBase) -> Lessons:
        """Gather the phrasings of the entries, then those of the off-topic subjects."""
        owners: list[Entry | OffTopic] = [*knowledge.entries, *knowledge.off_topics]
        texts = tuple(clean(phrasing) for owner in owners for phrasing in owner.phrasings)
        numbers = [number for number, owner in enumerate(owners) for _ in owner.phrasings]
        return cls(texts, np.array(numbers, np.intp), len(owners))


class Ours:
    """This project's matcher, as the bot uses it; an entry that isn't ranked has no score."""

    def __init__(self, knowledge: KnowledgeBase, encoders: EncoderChoice | None = None) -> None:
        matcher = Matcher(knowledge, encoders=encoders)
        matcher.prepare()
        self.answering = Answering(knowledge=knowledge, matcher=matcher)
        self._positions = {entry.id: position for position, entry in enumerate(knowledge.entries)}
        self.owners = np.arange(len(knowledge.entries) + len(knowledge.off_topics))

    @classmethod
    def with_meaning(cls, knowledge: KnowledgeBase) -> Ours:
        """Return the matcher with both encoders, as it is shipped."""
        return cls(knowledge, Encoders(english=MiniLM(), multilingual=UniversalSentenceEncoder()))

    def compare(self, message: str) -> Floats:
        """Return the confidence in each entry. Off-topic subjects have lowered it already, so theirs stays 0."""
        scores = np.zeros(len(self.owners))
        for ranking in (decision.ranking for decision in self.answering.answer(message).decisions):
            for candidate in ranking.candidates:
                position = self._positions[candidate.entry_id]
                scores[position] = max(scores[position], candidate.confidence)
        return scores


class RapidFuzz:
    """rapidfuzz with one of its scorers, texts prepared by its default processor."""

    def __init__(self, knowledge: KnowledgeBase, scorer: Callable[..., float]) -> None:
        lessons = Lessons.of(knowledge)
        self.owners = lessons.owners
        self._texts = [default_process(text) for text in lessons.texts]
        self._scorer = scorer

    def compare(self, message: str) -> Floats:
        """Return the ratio to every phrasing, 0 to 100."""
        ratios: Floats = process.cdist([default_process(clean(message))], self._texts, scorer=self._scorer)[0]
        return ratios


class TheFuzz:
    """thefuzz as its documentation uses it: WRatio and full_process."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        from thefuzz import process as thefuzz_process

        lessons = Lessons.of(knowledge)
        self.owners = lessons.owners
        self._texts = lessons.texts
        self._score = thefuzz_process.extractWithoutOrder

    def compare(self, message: str) -> Floats:
        """Return the ratio to every phrasing, 0 to 100."""
        # Over a mapping each result says whose it is; phrasings without a letter are left out.
        ratios = np.zeros(len(self._texts))
        for _, ratio, position in self._score(clean(message), dict(enumerate(self._texts))):
            ratios[position] = ratio
        return ratios


class Difflib:
    """The standard library's SequenceMatcher, with the shortcuts that get_close_matches takes."""

    _cutoff = 0.4

    def __init__(self, knowledge: KnowledgeBase) -> None:
        lessons = Lessons.of(knowledge)
        self.owners = lessons.owners
        self._texts = lessons.texts

    def compare(self, message: str) -> Floats:
        """Return the ratio to every phrasing, 0 for those below the cutoff."""
        matcher: difflib.SequenceMatcher[str] = difflib.SequenceMatcher()
        matcher.set_seq2(clean(message))
        ratios = np.zeros(len(self._texts))
        for position, text in enumerate(self._texts):
            matcher.set_seq1(text)
            if matcher.real_quick_ratio() >= self._cutoff and matcher.quick_ratio() >= self._cutoff:
                ratios[position] = matcher.ratio()
        return ratios


class Bm25:
    """BM25 over words, by bm25s with its own tokenizer; leaving English stop words out did worse."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        import bm25s

        lessons = Lessons.of(knowledge)
        self.owners = lessons.owners
        self._split = partial(bm25s.tokenize, stopwords=None, show_progress=False, return_ids=False)
        self._index = bm25s.BM25()
        self._index.index(self._split(list(lessons.texts)), show_progress=False)

    def compare(self, message: str) -> Floats:
        """Return the BM25 score of every phrasing."""
        known = [word for word in self._split(clean(message))[0] if word in self._index.vocab_dict]
        if not known:
            return np.zeros(len(self.owners))
        scores: Floats = self._index.get_scores(known)
        return scores


class Fts5:
    """SQLite's full-text search: any of the words, Porter's stemmer, its own BM25."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        lessons = Lessons.of(knowledge)
        self.owners = lessons.owners
        self._database = sqlite3.connect(":memory:")
        finalize(self, self._database.close)
        self._database.execute("CREATE VIRTUAL TABLE phrasing USING fts5(text, tokenize='porter unicode61')")
        self._database.executemany("INSERT INTO phrasing(rowid, text) VALUES (?, ?)", enumerate(lessons.texts))

    def compare(self, message: str) -> Floats:
        """Return the BM25 score of every phrasing."""
        scores = np.zeros(len(self.owners))
        query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(clean(message))))
        if query:
            found = self._database.execute("SELECT rowid, -rank FROM phrasing WHERE phrasing MATCH ?", [query])
            for position, score in found:
                scores[position] = score
        return scores


class TfIdf:
    """The cosine between TF-IDF vectors of character n-grams inside words."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        lessons = Lessons.of(knowledge)
        self.owners = lessons.owners
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
        self._phrasings = self._vectorizer.fit_transform(lessons.texts)

    def compare(self, message: str) -> Floats:
        """Return the cosine to every phrasing."""
        cosines: Floats = (self._phrasings @ self._vectorizer.transform([clean(message)]).T).toarray()[:, 0]
        return cosines


class LogisticRegression:
    """A classifier over word and character n-grams."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline, make_union

        lessons = Lessons.of(knowledge)
        features = make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        )
        self.owners = np.arange(lessons.owner_count)
        self._classifier = make_pipeline(features, _classifier()).fit(lessons.texts, lessons.owners)

    def compare(self, message: str) -> Floats:
        """Return the log-odds of every entry and subject; they did better than probabilities."""
        log_odds: Floats = self._classifier.decision_function([clean(message)])[0]
        return log_odds


class Embeddings:
    """The cosine between sentence embeddings."""

    def __init__(self, knowledge: KnowledgeBase, encoder: Encoder) -> None:
        lessons = Lessons.of(knowledge)
        self.owners = lessons.owners
        self._encoder = encoder
        self._phrasings = encoder.encode(lessons.texts)

    def compare(self, message: str) -> Floats:
        """Return the cosine to every phrasing."""
        cosines: Floats = self._phrasings @ self._encoder.encode([clean(message)])[0].astype(np.float64)
        return cosines


class EmbeddingsRegression:
    """A classifier over sentence embeddings."""

    def __init__(self, knowledge: KnowledgeBase, encoder: Encoder) -> None:
        lessons = Lessons.of(knowledge)
        self.owners = np.arange(lessons.owner_count)
        self._encoder = encoder
        self._classifier = _classifier().fit(encoder.encode(lessons.texts), lessons.owners)

    def compare(self, message: str) -> Floats:
        """Return the log-odds of every entry and subject."""
        log_odds: Floats = self._classifier.decision_function(self._encoder.encode([clean(message)]))[0]
        return log_odds


def _classifier() -> Any:
    from sklearn.linear_model import LogisticRegression as Classifier

    return Classifier(C=30, max_iter=1000)


@dataclass(frozen=True, slots=True)
class Contender:
    """A rival that can be taught a knowledge base, if the distribution it needs is installed."""

    name: str
    teach: Callable[[KnowledgeBase], Rival]
    module: str
    distribution: str | None = None

    @property
    def is_installed(self) -> bool:
        """Return whether it can run here."""
        return find_spec(self.module) is not None


CONTENDERS = (
    Contender("difflib", Difflib, "difflib"),
    Contender("thefuzz (WRatio)", TheFuzz, "thefuzz", "thefuzz"),
    Contender("rapidfuzz WRatio", lambda known: RapidFuzz(known, fuzz.WRatio), "rapidfuzz", "rapidfuzz"),
    Contender(
        "rapidfuzz token_sort_ratio", lambda known: RapidFuzz(known, fuzz.token_sort_ratio), "rapidfuzz", "rapidfuzz"
    ),
    Contender("SQLite FTS5", Fts5, "sqlite3"),
    Contender("BM25 (bm25s)", Bm25, "bm25s", "bm25s"),
    Contender("TF-IDF on characters", TfIdf, "sklearn", "scikit-learn"),
    Contender("logistic regression on n-grams", LogisticRegression, "sklearn", "scikit-learn"),
    Contender("MiniLM embeddings, nearest", lambda known: Embeddings(known, MiniLM()), "bot"),
    Contender("MiniLM embeddings, regression", lambda known: EmbeddingsRegression(known, MiniLM()), "sklearn"),
)
