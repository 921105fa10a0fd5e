"""Ask the examples that entries and off-topic subjects give of their questions, and find those that go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.answering import Answering
from bot.authoring.findings import quoted
from bot.knowledge.model import Entry, OffTopic, Owner
from bot.language.formats import listing, series
from bot.language.speech import _
from bot.outcomes import Answered, Outcome, Social, Suggested, topics_of


@dataclass(frozen=True, slots=True)
class BrokenExample:
    """A question under `examples` or `not`, which is the `key`, that has another outcome than it says."""

    owner_id: str
    key: str
    position: int
    text: str
    problem: str
    remedy: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """Return what stays the same in another version of the knowledge, wherever it stands there."""
        return self.owner_id, self.key, self.text


def broken_examples(answering: Answering) -> tuple[BrokenExample, ...]:
    """Ask all examples and return those with another outcome than they should have."""
    owners = answering.knowledge.owners
    return tuple(broken for owner in owners for broken in (*_missed(answering, owner), *_misled(answering, owner)))


def _missed(answering: Answering, owner: Owner) -> Iterator[BrokenExample]:
    for position, text in enumerate(owner.examples):
        outcome = answering.answer(text)
        is_met = isinstance(outcome, Social) and isinstance(owner, OffTopic)  # it isn't answered, which is the point
        if not is_met and owner.id not in topics_of(outcome):
            problem = _unmet(owner, text, outcome)
            remedy = f"Add phrasings like it to {owner.id}, or remove the example."
            yield BrokenExample(owner.id, "examples", position, text, problem, remedy)


def _misled(answering: Answering, owner: Owner) -> Iterator[BrokenExample]:
    for position, text in enumerate(owner.not_examples):
        outcome = answering.answer(text)
        if owner.id in topics_of(outcome):
            problem = _unwanted(owner, text, _shared(outcome, owner.id))
            remedy = "Add phrasings like it to what it's about (a new off-topic subject if needed), or reword "
            remedy += f"similar phrasings of {owner.id}."
            yield BrokenExample(owner.id, "not", position, text, problem, remedy)


def _unmet(owner: Owner, text: str, outcome: Outcome) -> str:
    question, happens = quoted(text), _what_happens(outcome)
    if isinstance(owner, Entry):
        return _(
            "{question} should be answered with {id}, but {happens}.", question=question, id=owner.id, happens=happens
        )
    return _("{question} should be recognized as {id}, but {happens}.", question=question, id=owner.id, happens=happens)


def _unwanted(owner: Owner, text: str, words: str) -> str:
    question, id_ = quoted(text), owner.id
    if isinstance(owner, Entry):
        if not words:
            return _("{question} shouldn't be answered with {id}, but it is.", question=question, id=id_)
        return _(
            "{question} shouldn't be answered with {id}, but it is, because of: {words}.",
            question=question,
            id=id_,
            words=words,
        )
    if not words:
        return _("{question} shouldn't be recognized as {id}, but it is.", question=question, id=id_)
    return _(
        "{question} shouldn't be recognized as {id}, but it is, because of: {words}.",
        question=question,
        id=id_,
        words=words,
    )


def _what_happens(outcome: Outcome) -> str:
    """Return a clause such as "it is answered with coding, for: code"."""
    if isinstance(outcome, Answered):
        ids = [answer.entry.id for answer in outcome.answers]
        if words := _shared(outcome, ids[0]):
            return _("it is answered with {ids}, because of: {words}", ids=listing(ids), words=words)
        return _("it is answered with {ids}", ids=listing(ids))
    if isinstance(outcome, Suggested):
        return _("the bot only suggests {ids}", ids=series(entry.id for entry in outcome.entries))
    if isinstance(outcome, Social):
        return _("it is taken as manners ({kind})", kind=outcome.kind)
    if outcome.off_topic:
        return _("it is refused as {id}", id=outcome.off_topic.id)
    return _("it isn't recognized")


def _shared(outcome: Outcome, entry_id: str) -> str:
    """Return the words that a question has in common with an entry."""
    candidates = (candidate for decision in outcome.decisions for candidate in decision.ranking.candidates)
    shared = [
        word for candidate in candidates if candidate.entry_id == entry_id for word in candidate.explanation.shared
    ]
    return series(dict.fromkeys(shared))
