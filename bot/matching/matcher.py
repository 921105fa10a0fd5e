"""Rank what the bot knows by how well it answers a question."""

from __future__ import annotations

import math
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

import numpy as np

from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.calibrations import BY_ENCODER, WORDS
from bot.matching.confidence import Calibration, Evidence, Situation
from bot.matching.corpus import Corpus
from bot.matching.courtesy import is_courtesy
from bot.matching.lexicon import Lexicon, Reading, Repair, Term
from bot.matching.look import Look, Sense
from bot.matching.meaning import Encoder, EncoderChoice, Encoders, Meaning
from bot.matching.nearest import NearestPhrasing
from bot.matching.subject import SubjectGuard
from bot.matching.text import clean, sentences, words
from bot.matching.vote import Vote

RANKED_ENTRIES = 4
SHORTEST_SENTENCE = 4  # words of an answer's sentence, for it to be read
SENTENCE_WEIGHT = 0.5  # of a sentence of an answer in learning; a phrasing has 1
SAME_WORDS = 0.999  # similarity of a phrasing that has the words of the question, in whatever order
CERTAIN = 0.99  # confidence of an owner that is asked for in the words of its phrasing
WORDS_DECIDE = 0.95  # confidence from which an entry is taken without looking at the meaning
WORDS_REFUSE = 0.97  # the same for an off-topic subject


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an entry was ranked as it was. Few are asked for, so the words are looked up only then.

    Attributes:
        phrasing: the entry's that is most like the question in words.
        closest: the entry's that is nearest in meaning; None if nothing was encoded.
        content: the terms of the question that carry its subject.
        nearest: `phrasing` as it was read.
        meanings: those of all phrasings of the entry.
    """

    phrasing: str
    closest: str | None
    evidence: Evidence
    content: tuple[Term, ...]
    nearest: Reading
    meanings: Container[str] = field(repr=False, compare=False)

    @property
    def shared(self) -> tuple[str, ...]:
        """The words of the question that the phrasing has too."""
        meanings = {term.meaning for term in self.nearest.terms}
        return tuple(term.typed for term in self.content if term.meaning in meanings)

    @property
    def unexplained(self) -> tuple[str, ...]:
        """The words of the question that none of the entry's phrasings has."""
        return tuple(term.typed for term in self.content if term.meaning not in self.meanings)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may answer a question, and the chance that it does (0 to 1)."""

    entry_id: str
    confidence: float
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Subject:
    """An off-topic subject that a question may be about, and the chance that it is (0 to 1)."""

    off_topic_id: str
    confidence: float
    example: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a question may be about: entries, the likeliest first, and the likeliest off-topic subject, if any.

    `threshold` is the confidence from which this knowledge answers; `encoder` names what encoded the question's
    meaning: None if its words were enough or nothing can encode it.
    """

    question: str
    candidates: tuple[Candidate, ...]
    subject: Subject | None
    repairs: tuple[Repair, ...]
    unknown: tuple[str, ...]
    threshold: float
    encoder: str | None = None

    @property
    def best(self) -> Candidate:
        """The likeliest entry."""
        return self.candidates[0]

    @property
    def is_decided(self) -> bool:
        """Tell whether it is so sure that no further evidence would change it."""
        is_refused = self.subject is not None and self.subject.confidence >= WORDS_REFUSE
        return is_refused or self.best.confidence >= WORDS_DECIDE


@dataclass(frozen=True, slots=True)
class Weighed:
    """The likeliest owners of a question, by their ids, and the evidence for each."""

    ids: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    situation: Situation


class Matcher:
    """Compare questions with all that a knowledge base says. The same question always gets the same ranking."""

    def __init__(
        self, knowledge: KnowledgeBase, *, encoders: EncoderChoice | None = None, lexicon: Lexicon | None = None
    ) -> None:
        """Learn from phrasings and answers; `lexicon`, if there is one already, has read the same ones.

        Nothing is encoded yet: that happens when it is first needed, or by `prepare`.
        """
        owners: list[Entry | OffTopic] = [*knowledge.entries, *knowledge.off_topics]
        self._ids = [owner.id for owner in owners]
        self._entry_count = len(knowledge.entries)
        self._knows_english = knowledge.language == "en"
        self._encoders = encoders or Encoders()
        self._names_subject = bool(knowledge.subject.own)
        self._phrasings = [phrasing for owner in owners for phrasing in owner.phrasings]
        of_phrasings = [number for number, owner in enumerate(owners) for _ in owner.phrasings]
        of_sentences = [number for number, _ in _answer_sentences(knowledge)]
        self._lexicon = lexicon or read_texts(knowledge)
        corpus = partial(Corpus.of, owner_count=len(owners), size=self._lexicon.size)
        readings = self._lexicon.texts
        self._phrasing_corpus = corpus(readings[: len(of_phrasings)], of_phrasings)
        self._sentence_corpus = corpus(readings[len(of_phrasings) :], of_sentences)
        self._all_texts = corpus(readings, [*of_phrasings, *of_sentences])
        self._text_weights = np.full(len(readings), SENTENCE_WEIGHT, np.float32)
        self._text_weights[: len(of_phrasings)] = 1
        self._phrasing_meanings: list[set[str]] = [set() for _ in owners]
        self._said_meanings: list[set[str]] = [set() for _ in owners]
        for place, (owner, reading) in enumerate(zip([*of_phrasings, *of_sentences], readings, strict=True)):
            meanings = {term.meaning for term in reading.terms}
            self._said_meanings[owner] |= meanings
            if place < len(of_phrasings):
                self._phrasing_meanings[owner] |= meanings
        self._guard = SubjectGuard.of(knowledge.subject, self._lexicon, readings[: len(of_phrasings)], of_phrasings)
        self._nearest = NearestPhrasing(self._phrasing_corpus)
        entry_phrasings = sum(len(entry.phrasings) for entry in knowledge.entries)
        self._size = entry_phrasings / max(1, self._entry_count)
        self._by_words = self._sense(WORDS, Vote(self._all_texts, self._text_weights), None)
        self._by_meaning: dict[str, Sense] = {}
        self._encoding = Lock()

    def prepare(self) -> None:
        """Encode everything that is known, with every encoder, and load their models."""
        for is_english in {self._knows_english, False}:
            if (encoder := self._encoders.best_for(english=is_english)) is not None:
                self._sense_of(encoder)
                encoder.encode(["are you there?"])

    def learn(self, knowledge: KnowledgeBase) -> Matcher:
        """Return a matcher for another knowledge base, with the same encoders and as ready as this one is."""
        other = Matcher(knowledge, encoders=self._encoders)
        if self._by_meaning:
            other.prepare()
        return other

    def rank(self, question: str) -> Ranking:
        """Rank the entries for one cleaned question, by its meaning too unless its words decide."""
        reading = self._lexicon.read(question)
        by_words = self._rank(question, reading, self._by_words, None)
        if by_words.is_decided or is_courtesy(words(question)):
            return by_words
        encoder = self.encoder_for(question)
        return by_words if encoder is None else self._rank(question, reading, self._sense_of(encoder), encoder)

    def rank_by_words(self, question: str) -> Ranking | None:
        """Rank the entries for one cleaned question; None if its words don't decide and it can be encoded."""
        by_words = self.rank_words_only(question)
        is_enough = by_words.is_decided or is_courtesy(words(question)) or self.encoder_for(question) is None
        return by_words if is_enough else None

    def rank_words_only(self, question: str) -> Ranking:
        """Rank the entries for one cleaned question by its words, even if they don't decide."""
        return self._rank(question, self._lexicon.read(question), self._by_words, None)

    def weigh(self, question: str, encoder: Encoder | None) -> Weighed:
        """Return the evidence for one cleaned question, by its words alone or with an encoder."""
        sense = self._sense_of(encoder) if encoder else self._by_words
        owners, evidence, situation = self._look(self._lexicon.read(question), sense).weigh()
        return Weighed(tuple(self._ids[owner] for owner in owners), tuple(evidence), situation)

    def lead_of(self, owner_id: str, question: str) -> float:
        """Return how many times as much the vote rises for an owner as for any other, by the words of a question."""
        votes = self._by_words.vote.count(self._lexicon.read(question))
        own = self._ids.index(owner_id)
        return math.exp(float(votes[own] - np.delete(votes, own).max(initial=-math.inf)))

    def encoder_for(self, question: str) -> Encoder | None:
        """Return what would encode a cleaned question."""
        is_english = self._knows_english and self._lexicon.is_english(question)
        return self._encoders.best_for(english=is_english)

    def _sense_of(self, encoder: Encoder) -> Sense:
        with self._encoding:
            if encoder.name not in self._by_meaning:
                meaning = Meaning(
                    encoder,
                    phrasings=self._phrasing_corpus,
                    sentences=self._sentence_corpus,
                    readings=self._lexicon.texts,
                    entry_count=self._entry_count,
                )
                vote = Vote(self._all_texts, self._text_weights, meaning.vectors)
                self._by_meaning[encoder.name] = self._sense(BY_ENCODER[encoder.name], vote, meaning)
            return self._by_meaning[encoder.name]

    def _sense(self, calibration: Calibration, vote: Vote, meaning: Meaning | None) -> Sense:
        threshold = calibration.threshold(self._size, names_subject=self._names_subject)
        return Sense(vote, calibration.sized(self._size), threshold, meaning)

    def _rank(self, question: str, reading: Reading, sense: Sense, encoder: Encoder | None) -> Ranking:
        look = self._look(reading, sense)
        owners, evidence, situation = look.weigh()
        chances = self._settled(question, look, owners, sense.calibration.chances(evidence, situation))
        entries = [place for place, owner in enumerate(owners) if owner < self._entry_count]
        entries.sort(key=lambda place: -chances[place])
        candidates = tuple(
            Candidate(self._ids[owners[place]], chances[place], self._explain(look, owners[place], evidence[place]))
            for place in entries[:RANKED_ENTRIES]
        )
        return Ranking(
            question=question,
            candidates=candidates,
            subject=self._subject(look, owners, chances),
            repairs=reading.repairs,
            unknown=tuple(term.typed for term in look.content if not term.is_known),
            threshold=sense.threshold,
            encoder=encoder.name if encoder else None,
        )

    def _settled(self, question: str, look: Look, owners: list[int], chances: list[float]) -> list[float]:
        """Return the chances, or what is certain: a courtesy is no entry's, and the words of a phrasing its owner's."""
        if is_courtesy(words(question)):
            return [0.0 if owner < self._entry_count else chance for owner, chance in zip(owners, chances, strict=True)]
        asked = [owner for owner in owners if look.nearness.entries[owner] > SAME_WORDS and self._has(owner, look)]
        if len(asked) != 1:
            return chances
        return [
            CERTAIN if owner == asked[0] else (1 - CERTAIN) * chance
            for owner, chance in zip(owners, chances, strict=True)
        ]

    def _has(self, owner: int, look: Look) -> bool:
        """Tell whether the nearest phrasing of an owner is the question, word for word."""
        nearest = self._lexicon.texts[self._nearest.nearest(look.nearness.phrasings, owner)]
        return [term.meaning for term in nearest.terms] == [term.meaning for term in look.reading.terms]

    def _look(self, reading: Reading, sense: Sense) -> Look:
        vector = sense.meaning.encode(reading) if sense.meaning else None
        return Look(
            reading=reading,
            content=reading.content,
            sense=sense,
            votes=sense.vote.count(reading, vector),
            nearness=self._nearest.compare(reading),
            nearby=sense.meaning.near(vector) if sense.meaning and vector is not None else None,
            entry_count=self._entry_count,
            phrasing_meanings=self._phrasing_meanings,
            said_meanings=self._said_meanings,
            guard=self._guard,
        )

    def _explain(self, look: Look, owner: int, evidence: Evidence) -> Explanation:
        nearest = self._nearest.nearest(look.nearness.phrasings, owner)
        closest = None if look.nearby is None else self._nearest.nearest(look.nearby.phrasings, owner)
        return Explanation(
            phrasing=self._phrasings[nearest],
            closest=None if closest is None else self._phrasings[closest],
            evidence=evidence,
            content=look.content,
            nearest=self._lexicon.texts[nearest],
            meanings=self._phrasing_meanings[owner],
        )

    def _subject(self, look: Look, owners: list[int], chances: list[float]) -> Subject | None:
        subjects = [place for place, owner in enumerate(owners) if owner >= self._entry_count]
        if not subjects:
            return None
        place = max(subjects, key=chances.__getitem__)
        nearness = look.nearness.phrasings if look.nearby is None else look.nearby.phrasings
        example = self._phrasings[self._nearest.nearest(nearness, owners[place])]
        return Subject(self._ids[owners[place]], chances[place], example)


def read_texts(knowledge: KnowledgeBase) -> Lexicon:
    """Return the words of a knowledge base, learned from all phrasings and then from the answers' sentences."""
    owners: tuple[Entry | OffTopic, ...] = (*knowledge.entries, *knowledge.off_topics)
    phrasings = (clean(phrasing) for owner in owners for phrasing in owner.phrasings)
    return Lexicon(knowledge.vocabulary.concepts, [*phrasings, *(text for _, text in _answer_sentences(knowledge))])


def _answer_sentences(knowledge: KnowledgeBase) -> Iterator[tuple[int, str]]:
    """Yield the sentences of answers, each with the number of its entry.

    What several answers say, as the job description repeats the role's sections, belongs to the shortest of them.
    """
    by_length = sorted(enumerate(knowledge.entries), key=lambda numbered: len(numbered[1].answer))
    owners: dict[str, int] = {}
    for number, entry in by_length:
        for sentence in sentences(clean(entry.answer)):
            if len(words(sentence)) >= SHORTEST_SENTENCE:  # else it is a heading
                owners.setdefault(sentence.lstrip("- "), number)
    for sentence, number in sorted(owners.items(), key=lambda item: item[1]):
        yield number, sentence
