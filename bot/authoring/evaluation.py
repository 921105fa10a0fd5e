"""Measure answers against labeled questions."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.answering import Answering
from bot.language.languages import Language, same_in
from bot.outcomes import Answered, Outcome, Suggested, Unanswered, topics_of


class EvaluationFileError(Exception):
    """Say which line of a file of labeled questions can't be used, and why."""


class Verdict(StrEnum):
    """How an outcome fits its label: the first seven for questions to answer, the next three for those to refuse."""

    RIGHT = "right"
    PARTLY = "partly"
    """Some of a message's questions are answered, and none wrongly."""
    WRONG = "wrong"
    SUGGESTED = "suggested"
    """The right one is among the suggestions."""
    MISSED = "missed"
    """Refused, or only others are suggested."""
    WRONG_LANGUAGE = "wrong language"
    """The right answer in another language than the question's, although the knowledge is translated into that."""
    WRONG_SUBJECT = "wrong subject"
    """Refused as an off-topic subject that the question isn't about, whether or not it should be refused."""
    FALSE_ANSWER = "false answer"
    MISLED = "misled"
    """Suggestions where none is right."""
    REFUSED = "refused"
    AVOIDED = "avoided"
    """What must not answer doesn't; whatever else does."""


@dataclass(frozen=True, slots=True)
class LabeledQuestion:
    """A message and, for each question in it, the ids of the topics that answer it; none if it must be refused.

    `not_by` is the id of what must not answer it, if that is all that is known of it. `off_topic` are the ids of the
    off-topic subjects it is about; None if the label doesn't say.
    """

    id: str
    text: str
    kind: str
    topics: tuple[frozenset[str], ...]
    subject: str
    not_by: str = ""
    off_topic: frozenset[str] | None = None
    language: Language | None = None
    """The language it's asked in; None if the label doesn't say."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A labeled question, what became of it, and the verdict."""

    question: LabeledQuestion
    outcome: Outcome
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of a total, with the 95 % interval in which its true share lies (Wilson's score interval)."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """Return the share, from 0 to 1; 0 of nothing is 0."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Return the lower and the upper end of the interval."""
        if not self.total:
            return 0.0, 1.0
        z, n, p = 1.96, self.total, self.value
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


def read_questions(path: Path) -> tuple[LabeledQuestion, ...]:
    """Read JSON Lines with a `text` and its `topics` each.

    They may also have `topics_all`, `kind`, `subject`, `id`, `lang`, and `off_topic`: the ids of the off-topic subjects
    that they are about.

    Raises:
        EvaluationFileError: The file or a line of it can't be used.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it isn't UTF-8"
        raise EvaluationFileError(f"{path} can't be read: {reason}.") from None
    return tuple(_question(path, number, line) for number, line in enumerate(lines, start=1) if line.strip())


def evaluate(
    answering: Answering, questions: Iterable[LabeledQuestion], *, progress: Callable[[], None] = lambda: None
) -> tuple[Judged, ...]:
    """Answer each question and judge the outcome; call `progress` after each."""
    results: list[Judged] = []
    subjects = {subject.id for subject in answering.knowledge.off_topics}
    for question in questions:
        outcome = answering.answer(question.text)
        results.append(Judged(question, outcome, judge(question, outcome, subjects)))
        progress()
    return tuple(results)


def judge(question: LabeledQuestion, outcome: Outcome, subjects: Container[str] = ()) -> Verdict:
    """Compare an outcome with a label; `subjects` are the ids of all off-topic subjects."""
    if question.not_by:
        return Verdict.FALSE_ANSWER if question.not_by in topics_of(outcome) else Verdict.AVOIDED
    if _has_wrong_subject(question, outcome, subjects):
        return Verdict.WRONG_SUBJECT
    given = {answer.entry.id for answer in outcome.answers} if isinstance(outcome, Answered) else set()
    offered = {entry.id for entry in outcome.entries} if isinstance(outcome, Suggested) else set()
    if not question.topics:
        if given:
            return Verdict.FALSE_ANSWER
        return Verdict.MISLED if offered else Verdict.REFUSED
    acceptable = frozenset().union(*question.topics)
    if given - acceptable:
        return Verdict.WRONG
    if given and not _is_in_language(question, outcome):
        return Verdict.WRONG_LANGUAGE
    if given:
        return Verdict.RIGHT if all(given & topics for topics in question.topics) else Verdict.PARTLY
    return Verdict.SUGGESTED if offered & acceptable else Verdict.MISSED


def found_language(result: Judged) -> bool:
    """Return whether a question was taken to be in the language that its label says."""
    return result.question.language is None or same_in([result.outcome.language], result.question.language) is not None


def _is_in_language(question: LabeledQuestion, outcome: Outcome) -> bool:
    """Return whether all answers are in the question's language, if the knowledge is translated into it."""
    wanted = question.language and same_in(outcome.answers_in, question.language)
    answers = outcome.answers if isinstance(outcome, Answered) else ()
    return wanted is None or all(answer.entry.language == wanted for answer in answers)


def _has_wrong_subject(question: LabeledQuestion, outcome: Outcome, subjects: Container[str]) -> bool:
    """Return whether a refusal names a subject that, by its label, the question isn't about."""
    if not isinstance(outcome, Unanswered) or outcome.off_topic is None:
        return False
    if question.off_topic is not None:
        return outcome.off_topic.id not in question.off_topic
    if question.subject in subjects:
        return outcome.off_topic.id != question.subject
    return bool(question.topics)


def share(results: Sequence[Judged], *verdicts: Verdict) -> Share:
    """Return how many of the results have one of the verdicts."""
    return Share(sum(result.verdict in verdicts for result in results), len(results))


def to_answer(results: Iterable[Judged]) -> tuple[Judged, ...]:
    """Return the results for questions that have an answer."""
    return tuple(result for result in results if result.question.topics)


def to_refuse(results: Iterable[Judged]) -> tuple[Judged, ...]:
    """Return the results for questions that must be refused."""
    return tuple(result for result in results if not result.question.topics)


def by_kind(results: Iterable[Judged]) -> dict[str, tuple[Judged, ...]]:
    """Group results by the kind of question."""
    return _grouped((result.question.kind, result) for result in results)


def by_language(results: Iterable[Judged]) -> dict[str, tuple[Judged, ...]]:
    """Group results by the language of the question, where labels name it."""
    return _grouped((result.question.language, result) for result in results if result.question.language)


def by_topic(results: Iterable[Judged]) -> dict[str, tuple[Judged, ...]]:
    """Group the results for questions to answer by topic; a question with several acceptable topics counts for each."""
    return _grouped((id_, result) for result in results for topics in result.question.topics for id_ in sorted(topics))


def false_answers_by_subject(results: Iterable[Judged]) -> Counter[str]:
    """Count the false answers by what the question was about."""
    return Counter(r.question.subject for r in results if r.verdict is Verdict.FALSE_ANSWER)


def worst(results: Iterable[Judged], count: int = 20) -> tuple[Judged, ...]:
    """Return the worst results: false and wrong answers, the most confident first, then the misses.

    Wrong subjects and languages come in between.
    """
    grave = {
        Verdict.FALSE_ANSWER: 0,
        Verdict.WRONG: 0,
        Verdict.WRONG_SUBJECT: 1,
        Verdict.WRONG_LANGUAGE: 1,
        Verdict.MISSED: 2,
        Verdict.PARTLY: 3,
    }
    faulty = [result for result in results if result.verdict in grave]
    faulty.sort(key=lambda result: (grave[result.verdict], -result.outcome.confidence))
    return tuple(faulty[:count])


def unknown_topics(questions: Iterable[LabeledQuestion], known: Iterable[str]) -> tuple[str, ...]:
    """Return the ids in labels that no entry has, each once."""
    named = dict.fromkeys(id_ for question in questions for topics in question.topics for id_ in sorted(topics))
    known = set(known)
    return tuple(id_ for id_ in named if id_ not in known)


def _grouped(pairs: Iterable[tuple[str, Judged]]) -> dict[str, tuple[Judged, ...]]:
    groups: dict[str, list[Judged]] = {}
    for name, result in pairs:
        groups.setdefault(name, []).append(result)
    return {name: tuple(groups[name]) for name in sorted(groups)}


def _question(path: Path, number: int, line: str) -> LabeledQuestion:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        record = None
    if not _is_labeled(record):
        raise EvaluationFileError(
            f'{path}:{number}: not a labeled question. Write it as {{"text": "…", "topics": ["an-id"]}}.'
        )
    parts = record.get("topics_all") or ([record["topics"]] if record["topics"] else [])
    return LabeledQuestion(
        id=str(record.get("id", number)),
        text=record["text"],
        kind=str(record.get("kind", "plain")),
        topics=tuple(frozenset(part) for part in parts),
        subject=str(record.get("subject", record.get("kind", "plain"))),
        off_topic=frozenset(record["off_topic"]) if "off_topic" in record else None,
        language=Language(str(record["lang"])) if record.get("lang") else None,
    )


def _is_labeled(record: object) -> bool:
    if not (isinstance(record, dict) and isinstance(record.get("text"), str)):
        return False
    parts, off_topic = record.get("topics_all", []), record.get("off_topic", [])
    return isinstance(parts, list) and all(map(_is_list_of_ids, [record.get("topics"), off_topic, *parts]))


def _is_list_of_ids(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
