"""The one service behind every source of questions: a message in, an outcome out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.knowledge.manners import MORE, is_emoji, reply_of
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, Source
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

MAX_ANSWERS = 3  # to one message
MAX_OFFERS = 3  # next to the answers


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry with what is shown next to it: its related entries and its source, if it has one."""

    entry: Entry
    related: tuple[Entry, ...]
    source: Source | None


class Label(StrEnum):
    """What a message got, as metrics and statistics call it."""

    answered = "answered"
    suggested = "suggested"
    off_topic = "off_topic"
    refused = "refused"
    social = "social"


@dataclass(frozen=True, slots=True)
class Answered:
    """The message is answered.

    `suggestions` may answer its other questions. `declined` are the off-topic subjects it also asks about.
    `decisions` are those behind the outcome, one for each question; none if the topic was chosen by its id.
    """

    answers: tuple[Answer, ...]
    confidence: float
    decisions: tuple[Decision, ...]
    suggestions: tuple[Entry, ...] = ()
    declined: tuple[OffTopic, ...] = ()

    @property
    def label(self) -> Label:
        """What the message got."""
        return Label.answered

    @property
    def topics(self) -> tuple[str, ...]:
        """The ids of the entries that answer."""
        return tuple(answer.entry.id for answer in self.answers)

    @property
    def offers(self) -> tuple[Entry, ...]:
        """What to offer next to the answers: the suggestions, then related entries, without the ones just given."""
        related = (entry for answer in self.answers for entry in answer.related)
        offered = {entry.id: entry for entry in (*self.suggestions, *related) if entry.id not in self.topics}
        return tuple(offered.values())[:MAX_OFFERS]


@dataclass(frozen=True, slots=True)
class Suggested:
    """One of these entries may answer the message, but none is sure enough."""

    entries: tuple[Entry, ...]
    confidence: float
    decisions: tuple[Decision, ...]

    @property
    def label(self) -> Label:
        """What the message got."""
        return Label.suggested

    @property
    def topics(self) -> tuple[str, ...]:
        """None: a suggestion is no answer."""
        return ()


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No entry answers the message; `off_topic` is the subject it is about, if that is sure."""

    off_topic: OffTopic | None
    confidence: float
    decisions: tuple[Decision, ...]

    @property
    def label(self) -> Label:
        """What the message got."""
        return Label.off_topic if self.off_topic else Label.refused

    @property
    def topics(self) -> tuple[str, ...]:
        """The id of the off-topic subject, if that is sure."""
        return (self.off_topic.id,) if self.off_topic else ()


@dataclass(frozen=True, slots=True)
class Social:
    """The message asks nothing: it greets, thanks, or is about the bot; `reply` is Discord's Markdown.

    `offers` are related to an earlier answer, if the message asks for more on it.
    """

    kind: str
    reply: str
    offers: tuple[Entry, ...] = ()
    confidence: float = 1.0
    decisions: tuple[Decision, ...] = ()

    @property
    def label(self) -> Label:
        """What the message got."""
        return Label.social

    @property
    def topics(self) -> tuple[str, ...]:
        """None: manners are no entry's."""
        return ()

    @property
    def reaction(self) -> str | None:
        """The emoji to react with, if that is all there is to say."""
        return self.reply if is_emoji(self.reply) else None


Outcome = Answered | Suggested | Unanswered | Social


def topics_of(outcome: Outcome) -> frozenset[str]:
    """Return the ids of the entries that answer and of all off-topic subjects recognized."""
    declined = outcome.declined if isinstance(outcome, Answered) else ()
    return frozenset({*outcome.topics, *(subject.id for subject in declined)})


@dataclass(frozen=True, slots=True)
class Likely:
    """An entry that may answer a message, and its confidence (0 to 1)."""

    entry: Entry
    confidence: float


class UnknownTopic(LookupError):
    """No entry has the id that was asked for."""


class Answering:
    """Answer messages from a knowledge base that can be replaced at any time."""

    def __init__(self, *, knowledge: KnowledgeBase, matcher: Matcher) -> None:
        self._edition = _Edition(knowledge, matcher)

    async def answer_beside(
        self, message: str, *, min_confidence: float | None = None, after: Collection[str] = ()
    ) -> Outcome:
        """Do the same as `answer`, in a thread if a question must be encoded, so that the event loop isn't blocked."""
        by_words = self._edition.answer_by_words(message, min_confidence=min_confidence, after=after)
        if by_words is not None:
            return by_words
        return await asyncio.to_thread(self._edition.answer, message, min_confidence=min_confidence, after=after)

    def learn(self, knowledge: KnowledgeBase) -> Matcher:
        """Return a matcher for another knowledge base, prepared if the current one is."""
        return self._edition.matcher.learn(knowledge)

    def with_knowledge(self, knowledge: KnowledgeBase, *, encoders: EncoderChoice | None = None) -> Answering:
        """Return the same service for another knowledge base, prepared if this one is.

        Without `encoders`, it has those of this one.
        """
        return Answering(knowledge=knowledge, matcher=self._edition.matcher.learn(knowledge, encoders=encoders))

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
        self._edition.matcher.prepare()

    def replace(self, *, knowledge: KnowledgeBase, matcher: Matcher) -> None:
        """Switch to another knowledge base; an answer already in progress uses the old one."""
        self._edition = _Edition(knowledge, matcher)  # one assignment, and each method reads it once

    @property
    def knowledge(self) -> KnowledgeBase:
        """The knowledge in use."""
        return self._edition.knowledge

    def answer(self, message: str, *, min_confidence: float | None = None, after: Collection[str] = ()) -> Outcome:
        """Answer each question in a message, suggest entries, or refuse.

        An answer needs `min_confidence` (0 to 1); without it, the threshold of the knowledge. "Tell me more" refers to
        an earlier answer, by the ids of its entries in `after`.
        """
        return self._edition.answer(message, min_confidence=min_confidence, after=after)

    def social(self, message: str) -> Social | None:
        """Return the outcome of a message that asks nothing about the knowledge, which is known at once; else None."""
        return self._edition.social(message)

    def topic(self, entry_id: str) -> Answer:
        """Return the answer with this id.

        Raises:
            UnknownTopic: No entry has it.
        """
        return self._edition.topic(entry_id)

    def likeliest(self, message: str, limit: int) -> tuple[Likely, ...]:
        """Return the entries that may answer a message, the likeliest first; none if it holds no question."""
        return self._edition.likeliest(message, limit)

    def complete(self, text: str, limit: int, *, min_confidence: float | None = None) -> tuple[Entry, ...]:
        """Return the entries that a half-typed question may want, by its words; all of them if nothing is typed.

        What would answer the text as it stands comes first. Unlikely entries are left out.
        """
        return self._edition.complete(text, limit, min_confidence=min_confidence)


Rank = Callable[[str], Ranking]


class _MeaningNeeded(Exception):
    """A question has to be encoded."""


@dataclass(frozen=True, slots=True)
class _Edition:
    """A knowledge base and the matcher that learned from it, which are only ever replaced together."""

    knowledge: KnowledgeBase
    matcher: Matcher

    def answer(self, message: str, *, min_confidence: float | None = None, after: Collection[str] = ()) -> Outcome:
        return self._outcome(self._read(message), self.matcher.rank, min_confidence, after)

    def answer_by_words(
        self, message: str, *, min_confidence: float | None = None, after: Collection[str] = ()
    ) -> Outcome | None:
        def rank(question: str) -> Ranking:
            ranking = self.matcher.rank_by_words(question)
            if self.matcher.needs_meaning(ranking):
                raise _MeaningNeeded
            return ranking

        try:
            return self._outcome(self._read(message), rank, min_confidence, after)
        except _MeaningNeeded:
            return None

    def social(self, message: str) -> Social | None:
        return self._social(self._read(message))

    def _social(self, message: Message, after: Collection[str] = ()) -> Social | None:
        if message.questions or not message.manners:
            return None
        kind = foremost(message.manners)
        if kind == MORE and (answered := [entry for entry in self.knowledge.entries if entry.id in after]):
            return self._more(answered)
        return Social(kind, reply_of(self.knowledge, kind))

    def _more(self, answered: Collection[Entry]) -> Social:
        """Offer what is related to the entries of an answer."""
        related = dict.fromkeys(id_ for entry in answered for id_ in entry.related)
        offers = tuple(self.knowledge.entry(id_) for id_ in related if id_ not in {entry.id for entry in answered})
        variant = "with_related" if offers else "without_related"
        return Social(MORE, reply_of(self.knowledge, MORE, variant), offers[:MAX_OFFERS])

    def _read(self, message: str) -> Message:
        return read_message(message, self.matcher.manners)

    def _outcome(
        self, message: Message, rank: Rank, min_confidence: float | None, after: Collection[str] = ()
    ) -> Outcome:
        if social := self._social(message, after):
            return social
        decisions = self._decisions(message, rank, min_confidence)
        if chosen := [decision for decision in decisions if isinstance(decision, AnswerWith)]:
            if not any(question.is_explicit for question in message.questions):
                chosen = [max(chosen, key=lambda decision: decision.candidate.confidence)]
            ids = list(dict.fromkeys(decision.candidate.entry_id for decision in chosen))[:MAX_ANSWERS]
            sure = min(decision.candidate.confidence for decision in chosen)
            suggestions = tuple(entry for entry in self._suggestions(decisions) if entry.id not in ids)
            answers = tuple(map(self.topic, ids))
            return Answered(answers, sure, decisions, suggestions, self._declined(decisions))
        declined = self._declined(decisions)
        confidence = max((decision.ranking.best.confidence for decision in decisions), default=0.0)
        if suggestions := self._suggestions(decisions):
            return Suggested(suggestions, confidence, decisions)
        return Unanswered(declined[0] if declined else None, confidence, decisions)

    def topic(self, entry_id: str) -> Answer:
        try:
            entry = self.knowledge.entry(entry_id)
        except KeyError:
            raise UnknownTopic(entry_id) from None
        source = None if entry.is_taught else self.knowledge.source
        return Answer(entry, tuple(map(self.knowledge.entry, entry.related)), source)

    def likeliest(self, message: str, limit: int) -> tuple[Likely, ...]:
        best: dict[str, float] = {}
        for decision in self.answer(message).decisions:
            for candidate in decision.ranking.candidates:
                best[candidate.entry_id] = max(best.get(candidate.entry_id, 0.0), candidate.confidence)
        ranked = sorted(best.items(), key=lambda item: -item[1])[:limit]
        return tuple(Likely(self.knowledge.entry(entry_id), confidence) for entry_id, confidence in ranked)

    def complete(self, text: str, limit: int, *, min_confidence: float | None = None) -> tuple[Entry, ...]:
        entries = self.knowledge.entries
        typed = clean(text).strip()
        if not words(typed):
            return entries[:limit]
        outcome = self._outcome(self._read(text), self.matcher.rank_by_words, min_confidence)
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
