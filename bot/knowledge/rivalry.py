"""Find the phrasings by which one entry takes another's questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from bot.knowledge.findings import Finding, Kind, Place, Places, quoted
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.decision import AnswerWith, Refuse, decide
from bot.matching.lexicon import Lexicon, Reading
from bot.matching.matcher import Matcher, Ranking
from bot.matching.text import stem

folds = 5
least_shared = 0.8  # of the words of two phrasings, for them to be the same but for their small words
Owner = Entry | OffTopic


@dataclass(frozen=True, slots=True)
class Phrasing:
    """One way to ask, whose it is, and what the matcher reads in it."""

    owner: Owner
    text: str
    reading: Reading


def read_phrasings(knowledge: KnowledgeBase, lexicon: Lexicon) -> tuple[Phrasing, ...]:
    """Return all phrasings in the order in which the lexicon has read them."""
    owned = [(owner, text) for owner in _owners(knowledge) for text in owner.phrasings]
    readings = zip(owned, lexicon.phrasings, strict=True)
    return tuple(Phrasing(owner, text, reading) for (owner, text), reading in readings)


def stolen_questions(
    knowledge: KnowledgeBase, lexicon: Lexicon, places: Places, progress: Callable[[float], None]
) -> Iterator[Finding]:
    """Ask each phrasing of a matcher that hasn't learned it, and yield those that another entry or subject takes.

    To learn anew for each phrasing would take minutes. So each entry's phrasings are dealt out into five parts, and a
    matcher that has learned the other four is asked those of the fifth; the words of all are known throughout. An
    entry with a single phrasing keeps it.
    """
    phrasings = read_phrasings(knowledge, lexicon)
    asked = 0
    for fold in range(folds):
        left_out = _left_out(knowledge, fold)
        matcher = Matcher(_without(knowledge, fold), lexicon=lexicon.without(left_out))
        for position in sorted(left_out):
            phrasing = phrasings[position]
            ranking = matcher.rank_as_read(phrasing.text, phrasing.reading)
            if theft := _theft(phrasing, ranking, places):
                yield theft
            asked += 1
            progress(asked / len(phrasings))


def _owners(knowledge: KnowledgeBase) -> tuple[Owner, ...]:
    return (*knowledge.entries, *knowledge.off_topics)


def _is_left_out(owner: Owner, index: int, fold: int) -> bool:
    return len(owner.phrasings) > 1 and index % folds == fold


def _left_out(knowledge: KnowledgeBase, fold: int) -> set[int]:
    each = ((owner, index) for owner in _owners(knowledge) for index in range(len(owner.phrasings)))
    return {position for position, (owner, index) in enumerate(each) if _is_left_out(owner, index, fold)}


def _without(knowledge: KnowledgeBase, fold: int) -> KnowledgeBase:
    def rest(owner: Owner) -> tuple[str, ...]:
        return tuple(text for index, text in enumerate(owner.phrasings) if not _is_left_out(owner, index, fold))

    return replace(
        knowledge,
        entries=tuple(replace(entry, phrasings=rest(entry)) for entry in knowledge.entries),
        off_topics=tuple(replace(subject, phrasings=rest(subject)) for subject in knowledge.off_topics),
    )


def _theft(phrasing: Phrasing, ranking: Ranking, places: Places) -> Finding | None:
    """Return the finding, if another than its owner would get this phrasing; off-topic subjects may share theirs."""
    owner, text = phrasing.owner, phrasing.text
    match decide(ranking):
        case AnswerWith(candidate=thief) if thief.entry_id != owner.id:
            own = max((c.confidence for c in ranking.candidates if c.entry_id == owner.id), default=0.0)
            nearest = places.phrasing(thief.entry_id, thief.explanation.phrasing)
            words = ", ".join(thief.explanation.shared) or "no word in particular"
            problem = (
                f"{quoted(text)} belongs to {owner.id}, but without this line {thief.entry_id} would answer it "
                f"({thief.confidence:.2f} against {own:.2f}), for: {words}. "
                f"Its nearest phrasing is {quoted(thief.explanation.phrasing)} ({nearest})."
            )
            remedy = f"Add more phrasings with these words to {owner.id}, or move this line to {thief.entry_id}."
            return Finding(Kind.STOLEN, places.phrasing(owner.id, text), problem, remedy, thief.confidence - own)
        case Refuse(subject=subject) if subject and subject.off_topic_id != owner.id and isinstance(owner, Entry):
            problem = (
                f"{quoted(text)} belongs to {owner.id}, but without this line it would be refused as off topic: "
                f"{subject.off_topic_id} (a vote of {subject.vote:.2f}) has {quoted(subject.example)} "
                f"({places.phrasing(subject.off_topic_id, subject.example)})."
            )
            remedy = f"Add more phrasings with its words to {owner.id}, or move this line to {subject.off_topic_id}."
            return Finding(Kind.STOLEN, places.phrasing(owner.id, text), problem, remedy, subject.vote)
        case _:
            return None


def same_questions(knowledge: KnowledgeBase, lexicon: Lexicon, places: Places) -> Iterator[Finding]:
    """Yield the phrasings of different owners that are the same to the bot, and the vocabulary that makes them so."""
    by_concept: dict[str, list[tuple[Phrasing, Phrasing]]] = defaultdict(list)
    for one, other in _same_pairs(read_phrasings(knowledge, lexicon)):
        if concepts := _differing_concepts(one.reading, other.reading):
            for concept in concepts:
                by_concept[concept].append((one, other))
            continue
        first, second = places.phrasing(one.owner.id, one.text), places.phrasing(other.owner.id, other.text)
        problem = (
            f"{quoted(one.text)} of {one.owner.id} is nearly the same as {quoted(other.text)} of {other.owner.id} "
            f"({second})."
        )
        remedy = "Keep the one whose answer fits, or say in both what sets them apart."
        yield Finding(Kind.DUPLICATE, first, problem, remedy, _shared(one.reading, other.reading))
    for concept, pairs in by_concept.items():
        yield _harm(concept, pairs, places)


def _same_pairs(phrasings: Sequence[Phrasing]) -> Iterator[tuple[Phrasing, Phrasing]]:
    """Yield pairs of different owners with the same content words that share most of their small words too."""
    alike: dict[frozenset[str], list[Phrasing]] = defaultdict(list)
    for phrasing in phrasings:
        alike[frozenset(term.meaning for term in phrasing.reading.content)].append(phrasing)
    for group in alike.values():
        for one, other in combinations(group, 2):
            if one.owner is not other.owner and _shared(one.reading, other.reading) >= least_shared:
                yield one, other


def _shared(one: Reading, other: Reading) -> float:
    some, more = ({term.meaning for term in reading.terms} for reading in (one, other))
    return 2 * len(some & more) / max(1, len(some) + len(more))


def _differing_concepts(one: Reading, other: Reading) -> tuple[str, ...]:
    """Return the names of the vocabulary whose words are others in each of two readings."""
    typed, typed_there = _typed(one), _typed(other)
    return tuple(meaning[1:] for meaning in typed if meaning[:1] == "=" and typed[meaning] != typed_there[meaning])


def _typed(reading: Reading) -> dict[str, list[str]]:
    return {term.meaning: [*map(stem, term.typed.split())] for term in reading.content}


def _harm(concept: str, pairs: Sequence[tuple[Phrasing, Phrasing]], places: Places) -> Finding:
    one, other = pairs[0]
    where: list[Place] = [places.phrasing(phrasing.owner.id, phrasing.text) for phrasing in (one, other)]
    more = f" and {len(pairs) - 1} more pairs" if len(pairs) > 1 else ""
    problem = (
        f"The words under {concept} make questions of different entries the same: {quoted(one.text)} of "
        f"{one.owner.id} ({where[0]}) and {quoted(other.text)} of {other.owner.id} ({where[1]}){more}."
    )
    remedy = "Take the word that means something else here out of the list, or reword one of the phrasings."
    return Finding(Kind.VOCABULARY, places.concept(concept), problem, remedy, len(pairs))
