"""The one service that every face calls: a message in, an outcome out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

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
from bot.matching.matcher import Matcher, Ranking
from bot.matching.questions import Message, read_message
from bot.matching.text import clean, words

MAX_ANSWERS = 3  # to one message
MAX_OFFERS = 3  # beside them


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry with all that is shown beside it: the entries related to it, and what it rests on."""

    entry: Entry
    related: tuple[Entry, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Answered:
    """The message is answered.

    `suggestions` are what its other questions may be about, `declined` the subjects it also asks about and nothing is
    known of.
    """

    answers: tuple[Answer, ...]
    confidence: float
    rankings: tuple[Ranking, ...]
    suggestions: tuple[Entry, ...] = ()
    declined: tuple[OffTopic, ...] = ()

    @property
    def offers(self) -> tuple[Entry, ...]:
        """Return what to offer beside the answers: the suggestions, then what is related; none that is answered."""
        shown = {answer.entry.id for answer in self.answers}
        related = (entry for answer in self.answers for entry in answer.related)
        offered = {entry.id: entry for entry in (*self.suggestions, *related) if entry.id not in shown}
        return tuple(offered.values())[:MAX_OFFERS]


@dataclass(frozen=True, slots=True)
class Suggested:
    """The message may be about one of these entries; too unsure to choose."""

    entries: tuple[Entry, ...]
    confidence: float
    rankings: tuple[Ranking, ...]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Nothing known answers the message; `off_topic` is the subject it is about, if that is recognised."""

    off_topic: OffTopic | None
    confidence: float
    rankings: tuple[Ranking, ...]


Outcome = Answered | Suggested | Unanswered


def topics_of(outcome: Outcome) -> frozenset[str]:
    """Return the ids of the entries that answer and of the off-topic subjects that are recognised."""
    if isinstance(outcome, Answered):
        return frozenset({a.entry.id for a in outcome.answers} | {subject.id for subject in outcome.declined})
    if isinstance(outcome, Suggested) or outcome.off_topic is None:
        return frozenset()
    return frozenset({outcome.off_topic.id})


@dataclass(frozen=True, slots=True)
class Likely:
    """An entry that may answer a message, and how sure that is (0 to 1)."""

    entry: Entry
    confidence: float


class UnknownTopic(LookupError):
    """Say that no entry has the id that was asked for."""


class Answering:
    """Answer messages from a knowledge base, which may be replaced while it answers."""

    def __init__(self, *, knowledge: KnowledgeBase, matcher: Matcher) -> None:
        self._edition = _Edition(knowledge, matcher)

    async def answer_beside(self, message: str, *, min_confidence: float | None = None) -> Outcome:
        """Answer like `answer`; what takes encoding is done in a thread, so that the event loop goes on."""
        by_words = self._edition.answer_by_words(message, min_confidence=min_confidence)
        if by_words is not None:
            return by_words
        return await asyncio.to_thread(self._edition.answer, message, min_confidence=min_confidence)

    def learn(self, knowledge: KnowledgeBase) -> Matcher:
        """Return a matcher for another knowledge base, as ready as the present one is."""
        return self._edition.matcher.learn(knowledge)

    def prepare(self) -> None:
        """Encode all that is known, so that no question waits for it."""
        self._edition.matcher.prepare()

    def replace(self, *, knowledge: KnowledgeBase, matcher: Matcher) -> None:
        """Answer from another knowledge base from now on; an answer that is being made keeps to the former one."""
        self._edition = _Edition(knowledge, matcher)  # one assignment: each call below reads it once

    @property
    def knowledge(self) -> KnowledgeBase:
        """Return what is being answered from."""
        return self._edition.knowledge

    def answer(self, message: str, *, min_confidence: float | None = None) -> Outcome:
        """Answer each question of a message, suggest entries, or say that nothing is known.

        `min_confidence` is how sure an answer has to be, from 0 to 1; without it, as sure as usual.
        """
        return self._edition.answer(message, min_confidence=min_confidence)

    def topic(self, entry_id: str) -> Answer:
        """Return the answer with this id.

        Raises:
            UnknownTopic: No entry has it.
        """
        return self._edition.topic(entry_id)

    def likeliest(self, message: str, limit: int) -> tuple[Likely, ...]:
        """Return the entries that may answer a message, the likeliest first; without a question, none."""
        return self._edition.likeliest(message, limit)

    def complete(self, text: str, limit: int, *, min_confidence: float | None = None) -> tuple[Entry, ...]:
        """Return the entries that a half-written question may be after, by its words; without text, all.

        What would be answered to the text as it stands comes first, and nothing that isn't likely at all.
        """
        return self._edition.complete(text, limit, min_confidence=min_confidence)


Rank = Callable[[str], Ranking]


class _MeaningNeeded(Exception):
    """Say that a question's words don't decide."""


@dataclass(frozen=True, slots=True)
class _Edition:
    """A knowledge base and the matcher that has learned from it, which answer together or not at all."""

    knowledge: KnowledgeBase
    matcher: Matcher

    def answer(self, message: str, *, min_confidence: float | None = None) -> Outcome:
        return self._outcome(read_message(message), self.matcher.rank, min_confidence)

    def answer_by_words(self, message: str, *, min_confidence: float | None = None) -> Outcome | None:
        def rank(question: str) -> Ranking:
            ranking = self.matcher.rank_by_words(question)
            if ranking is None:
                raise _MeaningNeeded
            return ranking

        try:
            return self._outcome(read_message(message), rank, min_confidence)
        except _MeaningNeeded:
            return None

    def _outcome(self, message: Message, rank: Rank, min_confidence: float | None) -> Outcome:
        decisions = self._decisions(message, rank, min_confidence)
        rankings = tuple(decision.ranking for decision in decisions)
        if chosen := [decision for decision in decisions if isinstance(decision, AnswerWith)]:
            if not any(question.is_explicit for question in message.questions):
                chosen = [max(chosen, key=lambda decision: decision.candidate.confidence)]
            ids = list(dict.fromkeys(decision.candidate.entry_id for decision in chosen))[:MAX_ANSWERS]
            sure = min(decision.candidate.confidence for decision in chosen)
            suggestions = tuple(entry for entry in self._suggestions(decisions) if entry.id not in ids)
            answers = tuple(map(self.topic, ids))
            return Answered(answers, sure, rankings, suggestions, self._declined(decisions))
        declined = self._declined(decisions)
        confidence = max((ranking.best.confidence for ranking in rankings), default=0.0)
        if suggestions := self._suggestions(decisions):
            return Suggested(suggestions, confidence, rankings)
        return Unanswered(declined[0] if declined else None, confidence, rankings)

    def topic(self, entry_id: str) -> Answer:
        try:
            entry = self.knowledge.entry(entry_id)
        except KeyError:
            raise UnknownTopic(entry_id) from None
        return Answer(entry, tuple(map(self.knowledge.entry, entry.related)), self.knowledge.source)

    def likeliest(self, message: str, limit: int) -> tuple[Likely, ...]:
        best: dict[str, float] = {}
        for ranking in self.answer(message).rankings:
            for candidate in ranking.candidates:
                best[candidate.entry_id] = max(best.get(candidate.entry_id, 0.0), candidate.confidence)
        ranked = sorted(best.items(), key=lambda item: -item[1])[:limit]
        return tuple(Likely(self.knowledge.entry(entry_id), confidence) for entry_id, confidence in ranked)

    def complete(self, text: str, limit: int, *, min_confidence: float | None = None) -> tuple[Entry, ...]:
        entries = self.knowledge.entries
        typed = clean(text).strip()
        if not words(typed):
            return entries[:limit]
        outcome = self._outcome(read_message(text), self.matcher.rank_words_only, min_confidence)
        answered = [answer.entry for answer in outcome.answers] if isinstance(outcome, Answered) else []
        containing = [entry for entry in entries if typed in entry.question.casefold()]
        ranking = self.matcher.rank_words_only(typed)
        likely = [each for each in ranking.candidates if each.confidence >= SUGGEST_THRESHOLD]
        ranked = [self.knowledge.entry(candidate.entry_id) for candidate in likely]
        return tuple(dict.fromkeys([*answered, *containing, *ranked]))[:limit]

    def _decisions(self, message: Message, rank: Rank, minimum: float | None) -> list[Decision]:
        """Decide on each question by itself, or on the whole message if that is surer.

        Several questions of which one is answered stay apart, and words that decide need no context.
        """
        decisions = [decide(rank(question.text), minimum) for question in message.questions]
        is_one = len(message.questions) == 1 and message.questions[0].text == message.whole
        answered = [decision for decision in decisions if isinstance(decision, AnswerWith)]
        asked = sum(question.is_explicit for question in message.questions)
        if is_one or not decisions or (answered and asked != 1) or any(d.ranking.is_decided for d in answered):
            return decisions
        whole = decide(rank(message.whole), minimum)
        surest = max(decision.ranking.best.confidence for decision in decisions)
        return [whole] if whole.ranking.best.confidence > surest else decisions

    def _suggestions(self, decisions: Iterable[Decision]) -> tuple[Entry, ...]:
        unsure = [candidate for d in decisions if isinstance(d, SuggestFrom) for candidate in d.candidates]
        unsure.sort(key=lambda candidate: -candidate.confidence)
        ids = list(dict.fromkeys(candidate.entry_id for candidate in unsure))[:MAX_SUGGESTIONS]
        return tuple(map(self.knowledge.entry, ids))

    def _declined(self, decisions: Iterable[Decision]) -> tuple[OffTopic, ...]:
        subjects = [d.subject for d in decisions if isinstance(d, Refuse) and d.subject is not None]
        subjects.sort(key=lambda subject: -subject.confidence)
        return tuple(self.knowledge.off_topic(id_) for id_ in dict.fromkeys(s.off_topic_id for s in subjects))
