"""Check what a moderator wants to teach, as an edit of the files is checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering import Answering, UnknownTopic
from bot.authoring.examples import BrokenExample, broken_examples
from bot.knowledge.model import Entry, KnowledgeBase, Owner
from bot.knowledge.taught import Standing, Taught, laid_over, same
from bot.matching.decision import AnswerWith, decide
from bot.matching.lexicon import is_function_word
from bot.matching.matcher import Matcher
from bot.matching.text import clean, words
from bot.outcomes import Answered, Unanswered, topics_of

MAX_ASKED = 200  # phrasings of other entries


@dataclass(frozen=True, slots=True)
class Taken:
    """A question that would go from an entry or off-topic subject to what is taught."""

    question: str
    owner_id: str
    owner: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What teaching something would change.

    Attributes:
        answering: what would answer then.
        entry: as it would be then.
        taken: what other entries and subjects would lose.
        broken: the examples that would go wrong and don't now.
    """

    answering: Answering
    entry: Entry
    taken: tuple[Taken, ...]
    broken: tuple[BrokenExample, ...]


class AlreadyKnown(Exception):
    """The folder says already what is to be taught."""


def try_out(now: Answering, folder: KnowledgeBase, others: Sequence[Taught], wanted: Taught) -> Trial:
    """Return what teaching something would change.

    Args:
        now: answers there now.
        folder: the knowledge without what was taught.
        others: what was taught besides.
        wanted: what is to be taught.

    Raises:
        AlreadyKnown: The folder says the same.
        UnknownTopic: It has no answer, and there is no such entry.
    """
    laid = laid_over(folder, (*others, wanted))
    if laid.standings[wanted.key] is Standing.IN_FOLDER:
        raise AlreadyKnown
    if laid.standings[wanted.key] is Standing.WITHOUT_ENTRY:
        raise UnknownTopic(wanted.entry_id)
    knowledge = laid.knowledge
    then = now.with_knowledge(knowledge)
    taken = dict.fromkeys([*_asked_itself(now, wanted), *_like_it(now.knowledge, knowledge, wanted)])
    broken = tuple(each for each in broken_examples(then) if not _is_broken(now, each))
    return Trial(then, knowledge.entry(wanted.entry_id), tuple(taken), broken)


def _asked_itself(now: Answering, wanted: Taught) -> Iterator[Taken]:
    """Yield the question itself, if something else answers or refuses it now."""
    outcome = now.answer(wanted.question)
    if isinstance(outcome, Answered) and wanted.entry_id not in outcome.topics:
        entry = outcome.answers[0].entry
        yield Taken(wanted.question, entry.id, entry.question)
    if isinstance(outcome, Unanswered) and outcome.off_topic:
        yield Taken(wanted.question, outcome.off_topic.id, outcome.off_topic.name)
    for owner in now.knowledge.owners:
        if owner.id != wanted.entry_id and same(wanted.question) in map(same, owner.phrasings):
            yield Taken(wanted.question, owner.id, _name(owner))


def _like_it(now: KnowledgeBase, then: KnowledgeBase, wanted: Taught) -> Iterator[Taken]:
    """Yield the phrasings that would go to what is taught if the bot hadn't learned them, and wouldn't without it.

    Their words decide. Only those are asked that share words with the question, and no entry is left with none.
    """
    near = _near(now, wanted)
    without, beside = (Matcher(_without(knowledge, near)) for knowledge in (now, then))
    for owner, text in near:
        if _gets(beside, wanted.entry_id, text) and not _gets(without, wanted.entry_id, text):
            yield Taken(text, owner.id, _name(owner))


def _near(knowledge: KnowledgeBase, wanted: Taught) -> list[tuple[Owner, str]]:
    asked = _words(wanted.question)
    found: list[tuple[int, Owner, str]] = []
    for owner in knowledge.owners:
        if owner.id == wanted.entry_id:
            continue
        shared = [(len(asked & _words(text)), text) for text in owner.phrasings]
        found += [(count, owner, text) for count, text in sorted(shared, reverse=True)[: len(shared) - 1] if count]
    found.sort(key=lambda each: -each[0])
    return [(owner, text) for _, owner, text in found[:MAX_ASKED]]


def _words(text: str) -> frozenset[str]:
    """Return the words that carry a text's subject."""
    return frozenset(word for word in words(clean(text)) if not is_function_word(word))


def _without(knowledge: KnowledgeBase, left_out: Sequence[tuple[Owner, str]]) -> KnowledgeBase:
    texts = {(owner.id, text) for owner, text in left_out}

    def kept(owner: Owner) -> tuple[str, ...]:
        return tuple(text for text in owner.phrasings if (owner.id, text) not in texts) or owner.phrasings

    return replace(
        knowledge,
        entries=tuple(replace(entry, phrasings=kept(entry)) for entry in knowledge.entries),
        off_topics=tuple(replace(subject, phrasings=kept(subject)) for subject in knowledge.off_topics),
    )


def _gets(matcher: Matcher, entry_id: str, text: str) -> bool:
    decision = decide(matcher.rank(clean(text)))
    return isinstance(decision, AnswerWith) and decision.candidate.entry_id == entry_id


def _is_broken(answering: Answering, example: BrokenExample) -> bool:
    """Return whether an example that goes wrong goes wrong here too."""
    is_its_owners = example.owner_id in topics_of(answering.answer(example.text))
    return is_its_owners if example.key == "not" else not is_its_owners


def _name(owner: Owner) -> str:
    return owner.question if isinstance(owner, Entry) else owner.name
