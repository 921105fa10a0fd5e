"""Check knowledge that loads: does each entry win its own questions, and is it in good order otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from bot.answering import Answering
from bot.authoring.examples import broken_examples
from bot.authoring.findings import Finding, Kind, Places, from_faults, quoted, worst_first
from bot.authoring.links import malformed_links
from bot.authoring.rivalry import same_questions, stolen_questions, thefts
from bot.authoring.translations.checking import translation_findings
from bot.knowledge.loading import SHARED, load_with_documents
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.server_folders import find_server_folders
from bot.matching.learned import read_texts
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice

MIN_PHRASINGS = 8
REVIEW_AFTER = timedelta(days=365)


def check_folder(
    directory: Path,
    *,
    today: date,
    encoders: EncoderChoice | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> tuple[KnowledgeBase, tuple[Finding, ...]]:
    """Load a folder and return what it holds and all findings, the worst first; of a server's folder, only its own.

    Examples are asked with the encoders, as the bot would. `progress` is told which share of the work (0 to 1) is done.

    Raises:
        KnowledgeError: The folder can't be loaded.
    """
    knowledge, documents = load_with_documents(directory)
    places = Places(documents)
    lexicon = read_texts(knowledge)
    matcher = Matcher(knowledge, encoders=encoders, lexicon=lexicon)
    findings = (
        *from_faults(find_server_folders(directory).faults),
        *_broken_examples(Answering(knowledge=knowledge, matcher=matcher), places),
        *_malformed_links(places),
        *translation_findings(documents, _ids(knowledge)),
        *stolen_questions(thefts(knowledge, lexicon, progress), places),
        *same_questions(knowledge, lexicon, places),
        *_few_phrasings(knowledge, places),
        *_due_reviews(knowledge, places, today),
    )
    return knowledge, worst_first(finding for finding in findings if not finding.place.file.startswith(SHARED))


def _broken_examples(answering: Answering, places: Places) -> Iterator[Finding]:
    for broken in broken_examples(answering):
        place = places.of(broken.owner_id, broken.key, broken.position)
        yield Finding(Kind.EXAMPLE, place, broken.problem, broken.remedy)


def _malformed_links(places: Places) -> Iterator[Finding]:
    for id_, place, text in places.answers():
        for link in malformed_links(text):
            problem = f"The link {quoted(link.written)} in {id_} {link.problem}."
            remedy = "Write it as [text](https://example.org/page), or just the address."
            yield Finding(Kind.LINK, place, problem, remedy)


def _ids(knowledge: KnowledgeBase) -> frozenset[str]:
    return frozenset(owner.id for owner in knowledge.owners)


def _few_phrasings(knowledge: KnowledgeBase, places: Places) -> Iterator[Finding]:
    for owner in knowledge.owners:
        count = len(owner.own_phrasings)
        if count < MIN_PHRASINGS:
            problem = f"{owner.id} has only {count} phrasing{'s' if count > 1 else ''}."
            remedy = f"Add at least {MIN_PHRASINGS - count} more."
            yield Finding(Kind.FEW_PHRASINGS, places.of(owner.id), problem, remedy, -count)


def _due_reviews(knowledge: KnowledgeBase, places: Places, today: date) -> Iterator[Finding]:
    for entry in knowledge.entries:
        if entry.reviewed is None:
            continue
        age = today - entry.reviewed
        if age.days < 0:
            problem = f"{entry.id} was reviewed on {entry.reviewed}, which is in the future."
            remedy = "Write the day someone last checked the answer."
            yield Finding(Kind.REVIEW_DUE, places.of(entry.id, "reviewed"), problem, remedy)
        if age > REVIEW_AFTER:
            problem = f"{entry.id} was last reviewed on {entry.reviewed}, {age.days} days ago."
            remedy = f"Make sure the answer still holds, then write reviewed: {today}."
            yield Finding(Kind.REVIEW_DUE, places.of(entry.id, "reviewed"), problem, remedy, age.days)
