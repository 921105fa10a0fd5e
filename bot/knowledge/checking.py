"""Check knowledge that loads: does each entry win its own questions, and is it in good order otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from bot.answering import Answered, Answering, Outcome, Suggested
from bot.knowledge.findings import Finding, Kind, Places, quoted, worst_first
from bot.knowledge.links import malformed_links
from bot.knowledge.loading import load_with_documents
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.knowledge.rivalry import same_questions, stolen_questions
from bot.matching.matcher import Matcher, read_phrasings

least_phrasings = 8
review_after = timedelta(days=365)


def check_folder(
    directory: Path, *, today: date, progress: Callable[[float], None] = lambda _: None
) -> tuple[KnowledgeBase, tuple[Finding, ...]]:
    """Load a folder and return what it holds and all findings, the worst first.

    `progress` is told which share of the work (0 to 1) is done.

    Raises:
        KnowledgeError: The folder can't be loaded.
    """
    knowledge, documents = load_with_documents(directory)
    places = Places(documents)
    lexicon = read_phrasings(knowledge)
    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge, lexicon=lexicon))
    findings = (
        *_broken_examples(answering, places),
        *_malformed_links(places),
        *stolen_questions(knowledge, lexicon, places, progress),
        *same_questions(knowledge, lexicon, places),
        *_few_phrasings(knowledge, places),
        *_due_reviews(knowledge, places, today),
    )
    return knowledge, worst_first(findings)


def topics_of(outcome: Outcome) -> frozenset[str]:
    """Return the ids of the entries that answer and of the off-topic subjects that are recognised."""
    if isinstance(outcome, Answered):
        return frozenset({a.entry.id for a in outcome.answers} | {subject.id for subject in outcome.declined})
    if isinstance(outcome, Suggested) or outcome.off_topic is None:
        return frozenset()
    return frozenset({outcome.off_topic.id})


def _broken_examples(answering: Answering, places: Places) -> Iterator[Finding]:
    owners: tuple[Entry | OffTopic, ...] = (*answering.knowledge.entries, *answering.knowledge.off_topics)
    for owner in owners:
        is_entry = isinstance(owner, Entry)
        for index, text in enumerate(owner.examples):
            outcome = answering.answer(text)
            if owner.id not in topics_of(outcome):
                wanted = "be answered with" if is_entry else "be recognised as"
                problem = f"{quoted(text)} should {wanted} {owner.id}, but {_what_happens(outcome)}."
                remedy = f"Add phrasings like it to {owner.id} in phrasings.yaml, or remove the example."
                yield Finding(Kind.EXAMPLE, places.of(owner.id, "examples", index), problem, remedy)
        for index, text in enumerate(owner.not_examples):
            outcome = answering.answer(text)
            if owner.id in topics_of(outcome):
                unwanted = "be answered with" if is_entry else "be recognised as"
                problem = f"{quoted(text)} should not {unwanted} {owner.id}, but it is{_because(outcome, owner.id)}."
                remedy = "Add phrasings like it to what it is about, if need be a new off-topic subject, or reword "
                remedy += f"those of {owner.id} that are near it."
                yield Finding(Kind.EXAMPLE, places.of(owner.id, "not", index), problem, remedy)


def _what_happens(outcome: Outcome) -> str:
    """Return a clause such as "it is answered with coding, for: code"."""
    if isinstance(outcome, Answered):
        ids = [answer.entry.id for answer in outcome.answers]
        return f"it is answered with {' and '.join(ids)}{_because(outcome, ids[0])}"
    if isinstance(outcome, Suggested):
        return f"the bot only suggests {', '.join(entry.id for entry in outcome.entries)}"
    return f"it is refused as {outcome.off_topic.id}" if outcome.off_topic else "it is not recognised"


def _because(outcome: Outcome, entry_id: str) -> str:
    candidates = (candidate for ranking in outcome.rankings for candidate in ranking.candidates)
    shared = [
        word for candidate in candidates if candidate.entry_id == entry_id for word in candidate.explanation.shared
    ]
    return f", for: {', '.join(dict.fromkeys(shared))}" if shared else ""


def _malformed_links(places: Places) -> Iterator[Finding]:
    for id_, place, text in places.answers():
        for link in malformed_links(text):
            problem = f"The link {quoted(link.written)} in {id_} {link.problem}."
            remedy = "Write it as [text](https://example.org/page), or the address alone."
            yield Finding(Kind.LINK, place, problem, remedy)


def _few_phrasings(knowledge: KnowledgeBase, places: Places) -> Iterator[Finding]:
    owners: tuple[Entry | OffTopic, ...] = (*knowledge.entries, *knowledge.off_topics)
    for owner in owners:
        count = len(owner.phrasings)
        if count < least_phrasings:
            problem = f"{owner.id} can be asked for in only {count} way{'s' if count > 1 else ''}."
            remedy = f"Add at least {least_phrasings - count} more under {owner.id} in phrasings.yaml."
            yield Finding(Kind.FEW_PHRASINGS, places.of(owner.id), problem, remedy, -count)


def _due_reviews(knowledge: KnowledgeBase, places: Places, today: date) -> Iterator[Finding]:
    for entry in knowledge.entries:
        age = today - entry.reviewed
        if age > review_after:
            problem = f"{entry.id} was last reviewed on {entry.reviewed}, {age.days} days ago."
            remedy = f"Check that the answer still holds, then write reviewed: {today}."
            yield Finding(Kind.REVIEW_DUE, places.of(entry.id, "reviewed"), problem, remedy, age.days)
