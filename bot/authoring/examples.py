"""Ask the examples that entries and off-topic subjects give of their questions, and find those that go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.answering import Answered, Answering, Outcome, Social, Suggested, topics_of
from bot.authoring.findings import quoted
from bot.knowledge.model import Entry, OffTopic


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
    owners: tuple[Entry | OffTopic, ...] = (*answering.knowledge.entries, *answering.knowledge.off_topics)
    return tuple(broken for owner in owners for broken in (*_missed(answering, owner), *_misled(answering, owner)))


def _missed(answering: Answering, owner: Entry | OffTopic) -> Iterator[BrokenExample]:
    wanted = "be answered with" if isinstance(owner, Entry) else "be recognized as"
    for position, text in enumerate(owner.examples):
        outcome = answering.answer(text)
        is_met = isinstance(outcome, Social) and isinstance(owner, OffTopic)  # it isn't answered, which is the point
        if not is_met and owner.id not in topics_of(outcome):
            problem = f"{quoted(text)} should {wanted} {owner.id}, but {_what_happens(outcome)}."
            remedy = f"Add phrasings like it to {owner.id}, or remove the example."
            yield BrokenExample(owner.id, "examples", position, text, problem, remedy)


def _misled(answering: Answering, owner: Entry | OffTopic) -> Iterator[BrokenExample]:
    unwanted = "be answered with" if isinstance(owner, Entry) else "be recognized as"
    for position, text in enumerate(owner.not_examples):
        outcome = answering.answer(text)
        if owner.id in topics_of(outcome):
            problem = f"{quoted(text)} shouldn't {unwanted} {owner.id}, but it is{_because(outcome, owner.id)}."
            remedy = "Add phrasings like it to what it's about (a new off-topic subject if need be), or reword "
            remedy += f"similar phrasings of {owner.id}."
            yield BrokenExample(owner.id, "not", position, text, problem, remedy)


def _what_happens(outcome: Outcome) -> str:
    """Return a clause such as "it is answered with coding, for: code"."""
    if isinstance(outcome, Answered):
        ids = [answer.entry.id for answer in outcome.answers]
        return f"it is answered with {' and '.join(ids)}{_because(outcome, ids[0])}"
    if isinstance(outcome, Suggested):
        return f"the bot only suggests {', '.join(entry.id for entry in outcome.entries)}"
    if isinstance(outcome, Social):
        return f"it is taken as manners ({outcome.kind})"
    return f"it is refused as {outcome.off_topic.id}" if outcome.off_topic else "it isn't recognized"


def _because(outcome: Outcome, entry_id: str) -> str:
    candidates = (candidate for decision in outcome.decisions for candidate in decision.ranking.candidates)
    shared = [
        word for candidate in candidates if candidate.entry_id == entry_id for word in candidate.explanation.shared
    ]
    return f", because of: {', '.join(dict.fromkeys(shared))}" if shared else ""
