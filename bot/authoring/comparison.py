"""Compare two versions of the knowledge: what they contain, and how they answer questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from bot.answering import Answering
from bot.authoring.evaluation import Judged, LabeledQuestion, Verdict, evaluate, read_questions, unknown_topics
from bot.knowledge.model import KnowledgeBase
from bot.outcomes import Answered, Outcome, Social, Suggested

# Where the questions stand that the shipped knowledge is measured with: in an installed package, and in the source.
_EVALUATION_SETS = (
    Path(__file__).parents[1] / "questions.jsonl",
    Path(__file__).parents[2] / "tests" / "questions.jsonl",
)

# The better an outcome, the further to the right: to say nothing is better than to say something wrong.
_FROM_BAD_TO_GOOD = (
    Verdict.WRONG,
    Verdict.WRONG_SUBJECT,
    Verdict.MISSED,
    Verdict.SUGGESTED,
    Verdict.PARTLY,
    Verdict.RIGHT,
)
_FROM_BAD_TO_GOOD_REFUSAL = (
    Verdict.FALSE_ANSWER,
    Verdict.WRONG_SUBJECT,
    Verdict.MISLED,
    Verdict.REFUSED,
    Verdict.AVOIDED,
)


@dataclass(frozen=True, slots=True)
class ContentChange:
    """Something that was added, changed or removed; `details` says what of it changed."""

    what: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContentChanges:
    """The differences between two knowledge bases."""

    added: tuple[ContentChange, ...]
    changed: tuple[ContentChange, ...]
    removed: tuple[ContentChange, ...]


class Direction(StrEnum):
    """Which way an outcome changed."""

    WORSE = "worse"
    BETTER = "better"
    DIFFERENT = "different"
    """The verdict is the same, but not what is said."""


@dataclass(frozen=True, slots=True)
class OutcomeChange:
    """A question with another outcome than before."""

    direction: Direction
    before: Judged
    after: Judged


def compare_content(old: KnowledgeBase, new: KnowledgeBase) -> ContentChanges:
    """Return what was added, changed and removed between two knowledge bases, in the order of the newer one."""
    before, after = _parts(old), _parts(new)
    differing = (ContentChange(what, tuple(_details(before[what], after[what]))) for what in after if what in before)
    return ContentChanges(
        added=tuple(ContentChange(what) for what in after if what not in before),
        changed=tuple(change for change in differing if change.details),
        removed=tuple(ContentChange(what) for what in before if what not in after),
    )


def compare_outcomes(
    old: Answering,
    new: Answering,
    questions: Sequence[LabeledQuestion],
    *,
    progress: Callable[[float], None] = lambda _: None,
) -> tuple[OutcomeChange, ...]:
    """Ask both the same questions and return those with another outcome, the worse first; the answer's text aside."""
    changes: list[OutcomeChange] = []
    for position, question in enumerate(questions, start=1):
        [before], [after] = evaluate(old, [question]), evaluate(new, [question])
        if before.verdict != after.verdict or said(before.outcome) != said(after.outcome):
            changes.append(OutcomeChange(_direction(before, after), before, after))
        progress(position / len(questions))
    order = list(Direction)
    return tuple(sorted(changes, key=lambda change: order.index(change.direction)))


def said(outcome: Outcome) -> str:
    """Return what an outcome says, by ids, such as "coding", "coding or degree?" or "nothing (off topic: salary)"."""
    if isinstance(outcome, Answered):
        return " and ".join(answer.entry.id for answer in outcome.answers)
    if isinstance(outcome, Suggested):
        return f"{' or '.join(entry.id for entry in outcome.entries)}?"
    if isinstance(outcome, Social):
        return f"manners ({outcome.kind})"
    return f"nothing (off topic: {outcome.off_topic.id})" if outcome.off_topic else "nothing"


def evaluation_set() -> Path:
    """Return the file of questions that the shipped knowledge is measured with."""
    packaged, in_the_source = _EVALUATION_SETS
    return packaged if packaged.is_file() else in_the_source


@dataclass(frozen=True, slots=True)
class QuestionsToAsk:
    """Labeled questions and, in a sentence, which others were left out and why; nothing if none was."""

    questions: tuple[LabeledQuestion, ...]
    left_out: str = ""


def questions_to_ask(old: KnowledgeBase, new: KnowledgeBase, file: Path | None = None) -> QuestionsToAsk:
    """Return the examples of both, as labeled by the newer one, and the questions of a file.

    Without a file, these are those of the `evaluation_set` that are about topics of this knowledge.

    Raises:
        EvaluationFileError: The file can't be used.
    """
    examples = {(q.text, q.not_by): q for knowledge in (old, new) for q in _examples(knowledge)}
    questions, left_out = read_questions(file or evaluation_set()), ""
    if file is None:
        questions, left_out = _about(questions, {entry.id for known in (old, new) for entry in known.entries})
    others = (question for question in questions if (question.text, "") not in examples)
    return QuestionsToAsk((*examples.values(), *others), left_out)


def _about(questions: Sequence[LabeledQuestion], topics: set[str]) -> tuple[tuple[LabeledQuestion, ...], str]:
    """Keep the questions of the evaluation set that these topics answer, and say what becomes of the others.

    If most of its topics are unknown, it is another community's: then its refusals say nothing either.
    """
    named = {id_ for question in questions for acceptable in question.topics for id_ in acceptable}
    unknown = unknown_topics(questions, topics)
    if 2 * len(unknown) > len(named):
        return (), "The evaluation set was skipped: it covers other topics."
    kept = tuple(question for question in questions if not unknown_topics([question], topics))
    if len(kept) == len(questions):
        return kept, ""
    no_topics = f"{unknown[0]} isn't an entry" if len(unknown) == 1 else f"{', '.join(unknown)} aren't entries"
    left_out = f"skipping {len(questions) - len(kept)} of its questions: {no_topics} here."
    return kept, f"Asked the evaluation set, {left_out}"


def _examples(knowledge: KnowledgeBase) -> Iterator[LabeledQuestion]:
    for entry in knowledge.entries:
        for text in entry.examples:
            yield LabeledQuestion(entry.id, text, "example", (frozenset({entry.id}),), "example")
    for subject in knowledge.off_topics:
        for text in subject.examples:
            yield LabeledQuestion(subject.id, text, "example", (), subject.id)
    for owner in knowledge.owners:
        for text in owner.not_examples:
            yield LabeledQuestion(owner.id, text, "not", (), "not", not_by=owner.id)


def _direction(before: Judged, after: Judged) -> Direction:
    scale = _FROM_BAD_TO_GOOD if before.question.topics else _FROM_BAD_TO_GOOD_REFUSAL
    step = scale.index(after.verdict) - scale.index(before.verdict)
    return Direction.BETTER if step > 0 else Direction.WORSE if step < 0 else Direction.DIFFERENT


def _parts(knowledge: KnowledgeBase) -> Mapping[str, object]:
    """Return all that a knowledge base holds, by a name for people."""
    single = {
        "name": knowledge.name,
        "about": knowledge.about,
        "source": knowledge.source,
        "role title": knowledge.role and knowledge.role.title,
    }
    return {
        **{what: part for what, part in single.items() if part is not None},
        **{f"entry {entry.id}": entry for entry in knowledge.entries},
        **{f"off-topic subject {subject.id}": subject for subject in knowledge.off_topics},
        **{f"manners {kind}": reply for kind, reply in knowledge.manners.items()},
        **{f"vocabulary of {name}": words for name, words in knowledge.vocabulary.concepts.items()},
        **{f"translation {language}": translation for language, translation in knowledge.translations.items()},
    }


def _details(old: object, new: object) -> Iterator[str]:
    """Say what differs between two versions of one thing: its fields by name, its lists by what came and went."""
    if old == new:
        return
    if isinstance(old, str):
        yield f"{old} → {new}"
    elif isinstance(old, tuple) and isinstance(new, tuple):
        yield _list_difference(old, new)
    else:
        for field in fields(old):  # type: ignore[arg-type]  # all else that a knowledge base holds is a dataclass
            value, now = getattr(old, field.name), getattr(new, field.name)
            if field.name == "translated_phrasings":  # they are among the phrasings
                continue
            if isinstance(value, tuple) and value != now:
                yield f"{field.name.replace('_', ' ')}: {_list_difference(value, now)}"
            elif isinstance(value, Mapping) and value != now:
                yield f"{field.name}: {_mapping_difference(value, now)}"
            elif value != now:
                yield field.name.replace("_", " ")


def _list_difference(old: tuple[object, ...], new: tuple[object, ...]) -> str:
    came, went = sum(item not in old for item in new), sum(item not in new for item in old)
    parts = [f"{came} added" if came else "", f"{went} removed" if went else ""]
    return ", ".join(filter(None, parts)) or "reordered"


def _mapping_difference(old: Mapping[str, object], new: Mapping[str, object]) -> str:
    came, went = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    changed = sum(old[name] != new[name] for name in old.keys() & new.keys())
    counts = {"added": came, "changed": changed, "removed": went}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count)
