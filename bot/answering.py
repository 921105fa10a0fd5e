"""The one service behind every source of questions: a message in, an outcome out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Self, TypedDict

from bot.knowledge.manners import MORE, reply_of
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.language.detection import Detector
from bot.language.languages import ENGLISH, SPOKEN, Language, by_own_code, primary, same_in
from bot.language.latin import LatinLanguages
from bot.language.speech import speaking
from bot.matching.decision import (
    MAX_SUGGESTIONS,
    SUGGEST_THRESHOLD,
    AnswerWith,
    Decision,
    Refuse,
    SuggestFrom,
    decide,
)
from bot.matching.manners import foremost
from bot.matching.matcher import Matcher, Ranking
from bot.matching.meaning import EncoderChoice
from bot.matching.questions import Message, read_message
from bot.matching.text import clean, words
from bot.outcomes import (
    MAX_OFFERS,
    Answer,
    Answered,
    Likely,
    Outcome,
    Social,
    Suggested,
    Unanswered,
)

MAX_ANSWERS = 3  # to one message


class UnknownTopic(LookupError):
    """No entry has the id that was asked for."""


class Answering:
    """Answer messages from a knowledge base that can be replaced at any time."""

    def __init__(self, *, knowledge: KnowledgeBase, matcher: Matcher, detector: Detector | None = None) -> None:
        """Tell languages with a `detector`, which is used only if the knowledge is translated."""
        self._detector = detector or Detector(latin=LatinLanguages())
        self._preparing: asyncio.Future[None] | None = None
        self._edition = _Edition.of(knowledge, matcher, self._detector, self.prepared)

    def learn(self, knowledge: KnowledgeBase) -> Matcher:
        """Return a matcher for another knowledge base, prepared if the current one is."""
        self._prepare_for(knowledge)
        return self._edition.matcher.learn(knowledge)

    def with_knowledge(self, knowledge: KnowledgeBase, *, encoders: EncoderChoice | None = None) -> Answering:
        """Return the same service for another knowledge base, prepared if this one is.

        Without `encoders`, it has those of this one.
        """
        self._prepare_for(knowledge)
        matcher = self._edition.matcher.learn(knowledge, encoders=encoders)
        return Answering(knowledge=knowledge, matcher=matcher, detector=self._detector)

    @property
    def encoders(self) -> EncoderChoice:
        """What encodes the meaning of texts."""
        return self._edition.matcher.encoders

    @property
    def size(self) -> int:
        """Bytes of memory that it takes, about; without images."""
        return self._edition.matcher.size

    def prepare(self) -> None:
        """Encode the knowledge now, so that no question has to wait for it."""
        self._prepare_for(self.knowledge)
        self._edition.matcher.prepare()

    async def prepare_beside(self) -> None:
        """Do the same in a thread. Meanwhile, what words decide is answered, and other questions wait."""
        self._preparing = asyncio.ensure_future(asyncio.to_thread(self.prepare))
        await self.prepared()

    async def prepared(self) -> None:
        """Wait for the preparation that is underway, if any."""
        if self._preparing is not None:
            await asyncio.shield(self._preparing)

    @property
    def is_prepared(self) -> bool:
        """Whether nothing is being prepared."""
        return self._preparing is None or self._preparing.done()

    def replace(self, *, knowledge: KnowledgeBase, matcher: Matcher) -> None:
        """Switch to another knowledge base; an answer already in progress uses the old one."""
        # One assignment, and each method reads it once.
        self._edition = _Edition.of(knowledge, matcher, self._detector, self.prepared)

    @property
    def knowledge(self) -> KnowledgeBase:
        """The knowledge in use."""
        return self._edition.knowledge

    def read(self, message: str) -> ReadMessage:
        """Read a message: to tell its language, and whether it asks anything, and to answer it."""
        return self._edition.read(message)

    def answer(
        self,
        message: str,
        *,
        min_confidence: float | None = None,
        after: Collection[str] = (),
        language: Language | None = None,
    ) -> Outcome:
        """Read a message and answer it, as `ReadMessage.answer` does."""
        return self.read(message).answer(min_confidence=min_confidence, after=after, language=language)

    def topic(self, entry_id: str) -> Answer:
        """Return the answer with this id.

        Raises:
            UnknownTopic: No entry has it.
        """
        return self._edition.topic(entry_id)

    def pick(self, *entry_ids: str, language: Language | None = None) -> Answered:
        """Return these answers as an outcome, in a reader's language.

        Raises:
            UnknownTopic: No entry has one of the ids.
        """
        edition = self._edition.for_reader(language)
        answers = tuple(map(edition.topic, entry_ids))
        return Answered(answers, 1.0, (), language=edition.language, answers_in=edition.knowledge.languages)

    def likeliest(self, message: str, limit: int, *, language: Language | None = None) -> tuple[Likely, ...]:
        """Return the entries that may answer a message, the likeliest first; none if it has no question.

        They are in a reader's language.
        """
        return self._edition.for_reader(language).likeliest(message, limit)

    def complete(
        self, text: str, limit: int, *, min_confidence: float | None = None, language: Language | None = None
    ) -> tuple[Entry, ...]:
        """Return the entries that a half-typed question may want, by its words; all of them if nothing is typed.

        What would answer the text typed so far comes first. Unlikely entries are left out. All are in a reader's
        language.
        """
        return self._edition.for_reader(language).complete(text, limit, min_confidence=min_confidence)

    def _prepare_for(self, knowledge: KnowledgeBase) -> None:
        if knowledge.translations:
            self._detector.prepare()


Rank = Callable[[str], Ranking]


class _Languages(TypedDict):
    language: Language
    answers_in: tuple[Language, ...]


class _MeaningNeeded(Exception):
    """A question has to be encoded."""


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message that was read, and the edition of the knowledge that answers it.

    `text` is the message as it was written. `language` is the message's, or the knowledge's if that isn't translated.
    """

    text: str
    language: Language
    _edition: _Edition = field(repr=False)
    _message: Message

    def language_if(self, likely: Language) -> Language:
        """Return its language, if unsure the one that is `likely`."""
        return self._edition.language_of(self._message, likely)

    @property
    def is_social(self) -> bool:
        """Whether it asks nothing about the knowledge: it greets, thanks, or is about the bot."""
        return self._edition.social_kind(self._message) is not None

    def answer(
        self,
        *,
        min_confidence: float | None = None,
        after: Collection[str] = (),
        language: Language | None = None,
    ) -> Outcome:
        """Answer each of its questions, suggest entries, or refuse: in its own language or in the one given.

        An answer needs `min_confidence` (0 to 1); without it, the threshold of the knowledge. "Tell me more" refers to
        an earlier answer, by the ids of its entries in `after`.
        """
        rank = partial(self._edition.matcher.rank, is_foreign=self._is_foreign)
        return self._edition.in_language(language or self.language).outcome(self._message, rank, min_confidence, after)

    async def answer_beside(
        self,
        *,
        min_confidence: float | None = None,
        after: Collection[str] = (),
        language: Language | None = None,
    ) -> Outcome:
        """Do the same as `answer`, in a thread if a question must be encoded, so that the event loop isn't blocked."""
        edition, matcher = self._edition.in_language(language or self.language), self._edition.matcher
        by_words: dict[str, Ranking] = {}

        def rank_by_words(question: str) -> Ranking:
            ranking = by_words[question] = matcher.rank_by_words(question, is_foreign=self._is_foreign)
            if matcher.needs_meaning(ranking):
                raise _MeaningNeeded
            return ranking

        def rank(question: str) -> Ranking:
            if question in by_words:
                return matcher.refine(by_words[question])
            return matcher.rank(question, is_foreign=self._is_foreign)

        try:
            return edition.outcome(self._message, rank_by_words, min_confidence, after)
        except _MeaningNeeded:
            await self._edition.prepared()  # not in a thread: if many waited there, none would be left for other work
            return await asyncio.to_thread(edition.outcome, self._message, rank, min_confidence, after)

    @property
    def _is_foreign(self) -> bool:
        return self.language != self._edition.knowledge.language


@dataclass(frozen=True, slots=True)
class _Edition:
    """A knowledge base in a language, and the matcher that learned from it, which are only ever replaced together."""

    knowledge: KnowledgeBase
    matcher: Matcher
    detector: Detector
    language: Language
    prepared: Callable[[], Awaitable[None]]
    spoken: Mapping[str, Language]
    """The languages of the knowledge and of the bot, by their own codes."""

    @classmethod
    def of(
        cls, knowledge: KnowledgeBase, matcher: Matcher, detector: Detector, prepared: Callable[[], Awaitable[None]]
    ) -> Self:
        """Return a knowledge base in the language it's written in."""
        spoken = by_own_code((*knowledge.languages, *SPOKEN))
        return cls(knowledge, matcher, detector, knowledge.language, prepared, spoken)

    def in_language(self, language: Language | None) -> _Edition:
        """Return the same in another language; what isn't translated stays as it is."""
        if language is None or language == self.language:
            return self
        known = same_in(self.knowledge.languages, language) or language
        return replace(self, knowledge=self.knowledge.in_language(known), language=known)

    def for_reader(self, language: Language | None) -> _Edition:
        """Return the same in a reader's language; in English if the bot neither knows nor speaks that."""
        known = language and same_in((*self.knowledge.languages, *SPOKEN), language)
        return self.in_language(language and (known or ENGLISH))

    def read(self, message: str) -> ReadMessage:
        read = self.message(message)
        return ReadMessage(message, self.language_of(read), self, read)

    def message(self, text: str) -> Message:
        return read_message(text, self.matcher.manners)

    def language_of(self, message: Message, likely: Language | None = None) -> Language:
        if not self.knowledge.translations:
            return self.knowledge.language
        home = likely and self.spoken.get(primary(likely))
        return self.detector.detect(message.whole, home=home or self.knowledge.language, spoken=self.spoken)

    def social_kind(self, message: Message) -> str | None:
        return None if message.questions or not message.manners else foremost(message.manners)

    def social_to(self, message: Message, after: Collection[str] = ()) -> Social | None:
        kind = self.social_kind(message)
        if kind is None:
            return None
        if kind == MORE and (answered := [entry for entry in self.knowledge.entries if entry.id in after]):
            return self._more(answered)
        return self._social_of(kind)

    def _more(self, answered: Collection[Entry]) -> Social:
        """Offer what is related to the entries of an answer."""
        related = dict.fromkeys(id_ for entry in answered for id_ in entry.related)
        offers = tuple(self.knowledge.entry(id_) for id_ in related if id_ not in {entry.id for entry in answered})
        variant = "with_related" if offers else "without_related"
        return self._social_of(MORE, variant, offers[:MAX_OFFERS])

    def _social_of(self, kind: str, variant: str | None = None, offers: tuple[Entry, ...] = ()) -> Social:
        with speaking(self.language):
            reply = reply_of(self.knowledge, kind, variant)
        return Social(kind, reply, offers, language=self.language, answers_in=self.knowledge.languages)

    def outcome(
        self, message: Message, rank: Rank, min_confidence: float | None, after: Collection[str] = ()
    ) -> Outcome:
        if social := self.social_to(message, after):
            return social
        in_languages: _Languages = {"language": self.language, "answers_in": self.knowledge.languages}
        decisions = self._decisions(message, rank, min_confidence)
        if chosen := [decision for decision in decisions if isinstance(decision, AnswerWith)]:
            if not any(question.is_explicit for question in message.questions):
                chosen = [max(chosen, key=lambda decision: decision.candidate.confidence)]
            ids = list(dict.fromkeys(decision.candidate.entry_id for decision in chosen))[:MAX_ANSWERS]
            sure = min(decision.candidate.confidence for decision in chosen)
            suggestions = tuple(entry for entry in self._suggestions(decisions) if entry.id not in ids)
            answers = tuple(map(self.topic, ids))
            return Answered(answers, sure, decisions, suggestions, self._declined(decisions), **in_languages)
        declined = self._declined(decisions)
        confidence = max((decision.ranking.best.confidence for decision in decisions), default=0.0)
        if suggestions := self._suggestions(decisions):
            return Suggested(suggestions, confidence, decisions, **in_languages)
        return Unanswered(declined[0] if declined else None, confidence, decisions, **in_languages)

    def topic(self, entry_id: str) -> Answer:
        try:
            entry = self.knowledge.entry(entry_id)
        except KeyError:
            raise UnknownTopic(entry_id) from None
        source = None if entry.is_taught else self.knowledge.source
        return Answer(entry, tuple(map(self.knowledge.entry, entry.related)), source)

    def likeliest(self, message: str, limit: int) -> tuple[Likely, ...]:
        best: dict[str, float] = {}
        for decision in self.read(message).answer(language=self.language).decisions:
            for candidate in decision.ranking.candidates:
                best[candidate.entry_id] = max(best.get(candidate.entry_id, 0.0), candidate.confidence)
        ranked = sorted(best.items(), key=lambda item: -item[1])[:limit]
        return tuple(Likely(self.knowledge.entry(entry_id), confidence) for entry_id, confidence in ranked)

    def complete(self, text: str, limit: int, *, min_confidence: float | None = None) -> tuple[Entry, ...]:
        entries = self.knowledge.entries
        typed = clean(text).strip()
        if not words(typed):
            return entries[:limit]
        outcome = self.outcome(self.message(text), self.matcher.rank_by_words, min_confidence)
        answered = [answer.entry for answer in outcome.answers] if isinstance(outcome, Answered) else []
        containing = [entry for entry in entries if typed in entry.question.casefold()]
        ranking = self.matcher.rank_by_words(typed)
        likely = [each for each in ranking.candidates if each.confidence >= SUGGEST_THRESHOLD]
        ranked = [self.knowledge.entry(candidate.entry_id) for candidate in likely]
        return tuple(dict.fromkeys([*answered, *containing, *ranked]))[:limit]

    def _decisions(self, message: Message, rank: Rank, minimum: float | None) -> tuple[Decision, ...]:
        """Decide on each question by itself, or on the whole message if that gives a higher confidence.

        Several questions stay separate once one of them is answered. An answer its words decide needs no context.
        """
        decisions = tuple(decide(rank(question.text), minimum) for question in message.questions)
        is_one = len(message.questions) == 1 and message.questions[0].text == message.whole
        answered = [decision for decision in decisions if isinstance(decision, AnswerWith)]
        asked = sum(question.is_explicit for question in message.questions)
        if is_one or not decisions or (answered and asked != 1) or any(d.ranking.is_decided for d in answered):
            return decisions
        whole = decide(rank(message.whole), minimum)
        surest = max(decision.ranking.best.confidence for decision in decisions)
        return (whole,) if whole.ranking.best.confidence > surest else decisions

    def _suggestions(self, decisions: Iterable[Decision]) -> tuple[Entry, ...]:
        unsure = [candidate for d in decisions if isinstance(d, SuggestFrom) for candidate in d.candidates]
        unsure.sort(key=lambda candidate: -candidate.confidence)
        ids = list(dict.fromkeys(candidate.entry_id for candidate in unsure))[:MAX_SUGGESTIONS]
        return tuple(map(self.knowledge.entry, ids))

    def _declined(self, decisions: Iterable[Decision]) -> tuple[OffTopic, ...]:
        subjects = [d.subject for d in decisions if isinstance(d, Refuse) and d.subject is not None]
        subjects.sort(key=lambda subject: -subject.confidence)
        return tuple(self.knowledge.off_topic(id_) for id_ in dict.fromkeys(s.off_topic_id for s in subjects))
