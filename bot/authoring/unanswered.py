"""Group unanswered questions by likeness, and say what came nearest and why it was no answer. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.answering import Answering
from bot.language.formats import fraction, series
from bot.language.speech import _
from bot.matching.decision import SUGGEST_THRESHOLD, AnswerWith, Decision, Refuse, SuggestFrom
from bot.matching.learned import read_texts
from bot.matching.lexicon import Lexicon
from bot.matching.matcher import Subject
from bot.matching.nearest import FUNCTION_WORD_WEIGHT
from bot.matching.questions import read_message
from bot.outcomes import Answered, Outcome, Social
from bot.storage.unanswered import Reason, UnansweredQuestion

SAME_QUESTION = 0.5  # likeness from 0 to 1 from which two questions are one
WORTH_A_LOOK = 0.3  # confidence: three in ten such questions are the entry's; of less sure ones, too few to weed out
MAX_NAMED_WORDS = 5

Meanings = Mapping[str, float]
"""The weight of each meaning in a question: much for a word that carries its subject, little for others."""


class Failure(StrEnum):
    """Why the nearest entry was no answer."""

    UNSURE = "unsure"
    """It was suggested: near, but not near enough."""
    FAR = "far"
    OFF_TOPIC = "off topic"
    VOTED_DOWN = "voted down"
    """It was the answer, and did not help."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """The entry that is nearest to a question, with its nearest phrasing and why it was no answer.

    `why` is a clause for people. `off_topic_id` is the subject that the question was taken for, if it was; `unknown`
    are the words of substance in the question that no phrasing of anything has.
    """

    entry_id: str
    confidence: float
    phrasing: str
    failure: Failure
    why: str
    off_topic_id: str | None = None
    unknown: tuple[str, ...] = ()

    @property
    def may_be_meant(self) -> bool:
        """Whether the question may be another way to ask for the entry: not if it has an unknown word."""
        return self.failure is Failure.UNSURE and self.confidence >= WORTH_A_LOOK and not self.unknown


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """An unanswered question, and what came nearest to it."""

    question: UnansweredQuestion
    nearest: Nearest | None


@dataclass(frozen=True, slots=True)
class UnansweredGroup:
    """Questions that are one question, the newest first; `typical` is the one most like all of them."""

    missed: tuple[Diagnosed, ...]
    typical: Diagnosed

    @property
    def questions(self) -> tuple[UnansweredQuestion, ...]:
        """Return the questions, the newest first."""
        return tuple(missed.question for missed in self.missed)

    @property
    def representative(self) -> UnansweredQuestion:
        """Return the typical question."""
        return self.typical.question

    @property
    def nearest(self) -> Nearest | None:
        """Return what came nearest to the typical question."""
        return self.typical.nearest

    @property
    def newest(self) -> datetime:
        """Return when it was last asked."""
        return self.missed[0].question.asked_at


def group_unanswered(
    questions: Iterable[UnansweredQuestion],
    answering: Answering,
    *,
    minimum_confidences: Mapping[int, float] | None = None,
) -> tuple[UnansweredGroup, ...]:
    """Return the groups of questions that still get no answer, the one last asked first.

    `minimum_confidences` says how sure an answer has to be in some of the servers, by their ids.
    """
    minimums = minimum_confidences or {}
    lexicon = read_texts(answering.knowledge)
    oldest_first = sorted(questions, key=lambda question: (question.asked_at, question.message_id))
    groups = _Groups()
    for question in oldest_first:
        minimum = minimums.get(question.server_id)
        outcome = answering.answer(question.text, min_confidence=minimum)
        if question.reason is Reason.voted_down or not isinstance(outcome, Answered | Social):
            missed = Diagnosed(question, _nearest(outcome))
            groups.add(missed, _meanings(question.text, lexicon))
    described = map(_described, groups.members)
    return tuple(sorted(described, key=lambda group: (group.newest, group.questions[0].message_id), reverse=True))


def likeness(one: Meanings, other: Meanings) -> float:
    """Return how like two questions are, from 0 to 1: the weight of what they share over the weight of both (Dice)."""
    total = sum(one.values()) + sum(other.values())
    shared = sum(weight for meaning, weight in one.items() if meaning in other)
    return 2 * shared / total if total else 1.0


def _meanings(text: str, lexicon: Lexicon) -> Meanings:
    terms = [term for question in read_message(text).questions for term in lexicon.read(question.text).terms]
    return {term.meaning: 1.0 if term.is_content else float(FUNCTION_WORD_WEIGHT) for term in terms}


class _Groups:
    """Groups of like questions; each begins with a question that is like no other group's first."""

    def __init__(self) -> None:
        self.members: list[list[tuple[Diagnosed, Meanings]]] = []
        self._with_meaning: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, missed: Diagnosed, meanings: Meanings) -> None:
        near = {number for meaning in meanings for number in self._with_meaning[meaning]}
        by_likeness = [(likeness(meanings, self.members[number][0][1]), -number) for number in near]
        best, place = max(by_likeness, default=(0.0, 0))
        if best >= SAME_QUESTION:
            self.members[-place].append((missed, meanings))
            return
        content = [
            meaning for meaning, weight in meanings.items() if weight == 1
        ]  # without a share in it, none is like
        for meaning in content or meanings:
            self._with_meaning[meaning].append(len(self.members))
        self.members.append([(missed, meanings)])


def _described(members: Sequence[tuple[Diagnosed, Meanings]]) -> UnansweredGroup:
    counts = Counter(meaning for _, meanings in members for meaning in meanings)
    average = {meaning: count / len(members) for meaning, count in counts.items()}

    def likeness_to_all(member: tuple[Diagnosed, Meanings]) -> float:
        shared = sum(average[meaning] * weight for meaning, weight in member[1].items())
        return shared / (sum(member[1].values()) + sum(average.values())) if member[1] else 0.0

    newest_first = tuple(missed for missed, _ in reversed(members))
    return UnansweredGroup(newest_first, max(members, key=likeness_to_all)[0])


def _nearest(outcome: Outcome) -> Nearest | None:
    if not outcome.decisions:
        return None
    decision = max(outcome.decisions, key=lambda each: each.ranking.best.confidence)
    ranking, best = decision.ranking, decision.ranking.best
    failure, why, off_topic_id = _reason(decision)
    lacking = ranking.unknown or best.explanation.unexplained
    if lacking and failure is not Failure.VOTED_DOWN:
        named = series(lacking[:MAX_NAMED_WORDS])
        if ranking.unknown:
            why = _("{why}; no phrasing contains: {words}", why=why, words=named)
        else:
            why = _("{why}; none of its phrasings contains: {words}", why=why, words=named)
    phrasing = best.explanation.phrasing
    unknown = tuple(dict.fromkeys(word for each in outcome.decisions for word in each.ranking.unknown))
    return Nearest(best.entry_id, best.confidence, phrasing, failure, why, off_topic_id, unknown)


def _reason(decision: Decision) -> tuple[Failure, str, str | None]:
    best, minimum = decision.ranking.best, decision.threshold
    match decision:
        case AnswerWith():
            return Failure.VOTED_DOWN, _("it was the answer, and was voted down"), None
        case SuggestFrom():
            why = _(
                "only suggested: confidence {confidence}, an answer needs {needed}",
                confidence=fraction(best.confidence),
                needed=fraction(minimum),
            )
            return Failure.UNSURE, why, None
        case Refuse(subject=Subject() as subject):
            return (
                Failure.OFF_TOPIC,
                _("taken for the off-topic subject {subject}", subject=subject.off_topic_id),
                subject.off_topic_id,
            )
        case Refuse():
            needed = min(SUGGEST_THRESHOLD, minimum)
            why = _(
                "nothing came close: confidence {confidence}, a suggestion needs {needed}",
                confidence=fraction(best.confidence),
                needed=fraction(needed),
            )
            return Failure.FAR, why, None
