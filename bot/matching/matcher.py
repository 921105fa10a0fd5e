"""Rank what the bot knows by how well it answers a question."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

import numpy as np

from bot.knowledge.model import KnowledgeBase
from bot.matching.calibrations import BY_ENCODER, WORDS
from bot.matching.confidence import Calibration, Evidence, Situation
from bot.matching.learned import Learned
from bot.matching.lexicon import Lexicon, Reading, Repair, Term
from bot.matching.look import Look, Sense
from bot.matching.manners import Manners
from bot.matching.meaning import Encoder, EncoderChoice, Encoders, Meaning
from bot.matching.vote import Vote

RANKED_ENTRIES = 4
SAME_WORDS = 0.999  # similarity from which a phrasing has the question's words, in any order
CERTAIN = 0.99  # confidence in an owner whose phrasing is the question, word for word
WORDS_DECIDE = 0.95  # confidence from which an entry is chosen without encoding the question
WORDS_REFUSE = 0.97  # the same for an off-topic subject
BYTES_OF_A_WORD = 750  # in memory for each different word, besides large arrays; resident memory, as measured
BYTES_OF_A_CHARACTER = 20  # the same for each character of a text


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an entry was ranked as it was. Words are looked up on demand, because few explanations are read.

    Attributes:
        phrasing: the entry's phrasing that is most like the question in words.
        closest: the entry's phrasing that is nearest in meaning; None if nothing was encoded.
        content: the question's content words.
        nearest: `phrasing` as the lexicon read it.
        meanings: all meanings in the entry's phrasings.
    """

    phrasing: str
    closest: str | None
    evidence: Evidence
    content: tuple[Term, ...]
    nearest: Reading
    meanings: Container[str] = field(repr=False, compare=False)

    @property
    def shared(self) -> tuple[str, ...]:
        """The question's words that the phrasing has too."""
        meanings = set(self.nearest.meanings)
        return tuple(term.typed for term in self.content if term.meaning in meanings)

    @property
    def unexplained(self) -> tuple[str, ...]:
        """The question's words that no phrasing of the entry has."""
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

    `threshold` is the confidence this knowledge needs to answer. `encoder` is the name of the encoder that was used;
    None if the words were enough or no encoder is installed. A question that `is_foreign` isn't in the language of the
    knowledge.
    """

    question: str
    candidates: tuple[Candidate, ...]
    subject: Subject | None
    repairs: tuple[Repair, ...]
    unknown: tuple[str, ...]
    threshold: float
    encoder: str | None = None
    is_foreign: bool = False

    @property
    def best(self) -> Candidate:
        """The likeliest entry."""
        return self.candidates[0]

    @property
    def is_decided(self) -> bool:
        """Return whether more evidence wouldn't change the outcome."""
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
        """Learn from phrasings and answers; pass the `lexicon` if these texts have already been read.

        Nothing is encoded until it is first needed, or until `prepare`.
        """
        self._learned = Learned.of(knowledge, lexicon)
        self._knows_english = knowledge.language == "en"
        self._names_subject = bool(knowledge.subject.own)
        self.encoders = encoders or Encoders()
        self._by_words = self._sense(WORDS, Vote(self._learned.all_texts, self._learned.weights), None)
        self._by_meaning: dict[str, Sense] = {}
        self._encoding = Lock()

    @cached_property
    def manners(self) -> Manners:
        """What recognizes messages that ask nothing about the knowledge."""
        return Manners(self._learned.entry_phrasings, knows=self._learned.lexicon.knows)

    def prepare(self) -> None:
        """Load every model and encode the knowledge with each."""
        for is_english in {self._knows_english, False}:
            if (encoder := self.encoders.best_for(english=is_english)) is not None:
                self._sense_of(encoder)
                encoder.encode(["are you there?"])

    def learn(self, knowledge: KnowledgeBase, *, encoders: EncoderChoice | None = None) -> Matcher:
        """Return a matcher for another knowledge base, prepared if this one is; without `encoders`, with the same."""
        other = Matcher(knowledge, encoders=encoders or self.encoders)
        if self._by_meaning:
            other.prepare()
        return other

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about."""
        lexicon, senses = self._learned.lexicon, (self._by_words, *self._by_meaning.values())
        arrays = sum(sense.vote.size + (sense.meaning.size if sense.meaning else 0) for sense in senses)
        characters = sum(len(reading.source) for reading in lexicon.texts)
        return arrays + BYTES_OF_A_WORD * lexicon.size + BYTES_OF_A_CHARACTER * characters

    def rank(self, question: str, *, is_foreign: bool = False) -> Ranking:
        """Rank the entries for one cleaned question, encoding it unless its words are enough.

        One that `is_foreign` is known not to be in the language of the knowledge.
        """
        return self.refine(self.rank_by_words(question, is_foreign=is_foreign))

    def rank_by_words(self, question: str, *, is_foreign: bool = False) -> Ranking:
        """Rank the entries for one cleaned question without encoding it."""
        return self._rank(question, self._by_words, None, is_foreign=is_foreign)

    def needs_meaning(self, by_words: Ranking) -> bool:
        """Return whether `refine` would encode a question."""
        return self._encoder_needed(by_words) is not None

    def refine(self, by_words: Ranking) -> Ranking:
        """Rank the entries for a question that was ranked by its words: encode it unless they are enough."""
        encoder = self._encoder_needed(by_words)
        if encoder is None:
            return by_words
        return self._rank(by_words.question, self._sense_of(encoder), encoder, is_foreign=by_words.is_foreign)

    def weigh(self, question: str, encoder: Encoder | None) -> Weighed:
        """Return the evidence for one cleaned question, by its words alone or with an encoder."""
        sense = self._sense_of(encoder) if encoder else self._by_words
        owners, evidence, situation = self._look(question, sense).weigh()
        return Weighed(tuple(self._learned.ids[owner] for owner in owners), tuple(evidence), situation)

    def lead_of(self, owner_id: str, question: str) -> float:
        """Return the ratio of an owner's lift in the vote to the highest lift of any other, by words alone."""
        votes = self._by_words.vote.count(self._learned.lexicon.read(question))
        own = self._learned.ids.index(owner_id)
        return math.exp(float(votes[own] - np.delete(votes, own).max(initial=-math.inf)))

    def encoder_for(self, question: str, *, is_foreign: bool = False) -> Encoder | None:
        """Return what would encode a cleaned question."""
        may_be_english = self._knows_english and not is_foreign
        return self.encoders.best_for(english=may_be_english and self._learned.lexicon.is_english(question))

    def _encoder_needed(self, by_words: Ranking) -> Encoder | None:
        return None if by_words.is_decided else self.encoder_for(by_words.question, is_foreign=by_words.is_foreign)

    def _sense_of(self, encoder: Encoder) -> Sense:
        with self._encoding:
            if encoder.name not in self._by_meaning:
                meaning = Meaning(
                    encoder,
                    phrasings=self._learned.phrasing_corpus,
                    sentences=self._learned.sentence_corpus,
                    readings=self._learned.lexicon.texts,
                    entry_count=self._learned.entry_count,
                )
                vote = Vote(self._learned.all_texts, self._learned.weights, meaning.vectors)
                self._by_meaning[encoder.name] = self._sense(BY_ENCODER[encoder.name], vote, meaning)
            return self._by_meaning[encoder.name]

    def _sense(self, calibration: Calibration, vote: Vote, meaning: Meaning | None) -> Sense:
        threshold = calibration.threshold_for(self._learned.size, names_subject=self._names_subject)
        return Sense(vote, calibration.sized(self._learned.size), threshold, meaning)

    def _rank(self, question: str, sense: Sense, encoder: Encoder | None, *, is_foreign: bool) -> Ranking:
        look = self._look(question, sense, is_foreign=is_foreign)
        owners, evidence, situation = look.weigh()
        chances = self._settled(look, owners, sense.calibration.chances(evidence, situation))
        entries = [place for place, owner in enumerate(owners) if owner < self._learned.entry_count]
        entries.sort(key=chances.__getitem__, reverse=True)
        candidates = tuple(
            Candidate(
                self._learned.ids[owners[place]], chances[place], self._explain(look, owners[place], evidence[place])
            )
            for place in entries[:RANKED_ENTRIES]
        )
        return Ranking(
            question=question,
            candidates=candidates,
            subject=self._subject(look, owners, chances),
            repairs=look.reading.repairs,
            unknown=tuple(term.typed for term in look.unknown),
            threshold=sense.threshold,
            encoder=encoder.name if encoder else None,
            is_foreign=is_foreign,
        )

    def _settled(self, look: Look, owners: list[int], chances: list[float]) -> list[float]:
        """Overrule the chances where the owner is certain: a known phrasing is its owner's."""
        asked = [owner for owner in owners if look.nearness.entries[owner] > SAME_WORDS and self._has(owner, look)]
        if len(asked) != 1:
            return chances
        return [
            CERTAIN if owner == asked[0] else (1 - CERTAIN) * chance
            for owner, chance in zip(owners, chances, strict=True)
        ]

    def _has(self, owner: int, look: Look) -> bool:
        """Return whether an owner's nearest phrasing is the question, word for word."""
        nearest = self._learned.lexicon.texts[self._learned.nearest.nearest(look.nearness.phrasings, owner)]
        return nearest.meanings == look.reading.meanings

    def _look(self, question: str, sense: Sense, *, is_foreign: bool = False) -> Look:
        reading = self._learned.lexicon.read(question, is_foreign=is_foreign)
        vector = sense.meaning.encode(reading) if sense.meaning else None
        return Look(
            reading=reading,
            content=(content := reading.content),
            unknown=tuple(term for term in content if not term.is_known),
            sense=sense,
            votes=sense.vote.count(reading, vector),
            nearness=self._learned.nearest.compare(reading),
            nearby=sense.meaning.near(vector) if sense.meaning and vector is not None else None,
            entry_count=self._learned.entry_count,
            phrasing_meanings=self._learned.phrasing_meanings,
            answer_meanings=self._learned.answer_meanings,
            guard=self._learned.guard,
        )

    def _explain(self, look: Look, owner: int, evidence: Evidence) -> Explanation:
        nearest = self._learned.nearest.nearest(look.nearness.phrasings, owner)
        closest = None if look.nearby is None else self._learned.nearest.nearest(look.nearby.phrasings, owner)
        return Explanation(
            phrasing=self._learned.phrasings[nearest],
            closest=None if closest is None else self._learned.phrasings[closest],
            evidence=evidence,
            content=look.content,
            nearest=self._learned.lexicon.texts[nearest],
            meanings=self._learned.phrasing_meanings[owner],
        )

    def _subject(self, look: Look, owners: list[int], chances: list[float]) -> Subject | None:
        subjects = [place for place, owner in enumerate(owners) if owner >= self._learned.entry_count]
        if not subjects:
            return None
        place = max(subjects, key=chances.__getitem__)
        nearness = look.nearness.phrasings if look.nearby is None else look.nearby.phrasings
        example = self._learned.phrasings[self._learned.nearest.nearest(nearness, owners[place])]
        return Subject(self._learned.ids[owners[place]], chances[place], example)
