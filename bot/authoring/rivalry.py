"""Find phrasings that draw another entry's questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.authoring.findings import Detail, Finding, Kind, Place, Places, quoted
from bot.authoring.folds import leave_out
from bot.knowledge.model import Entry, KnowledgeBase, Owner
from bot.matching.decision import AnswerWith, Refuse, decide
from bot.matching.lexicon import Lexicon, Reading
from bot.matching.matcher import Ranking, Subject
from bot.matching.text import stem

MIN_OF_A_PAIR = 3  # phrasings that one takes from another, to be more than strays
MAX_WORDS = 5  # that a finding names
MIN_SHARED = 0.8  # of the words of two phrasings, for them to be the same but for their small words
REFUSED_FOR = 0.5  # confidence from which an off-topic subject is why nothing is answered or offered


@dataclass(frozen=True, slots=True)
class OwnedPhrasing:
    """One way to ask, whose it is, and what the matcher reads in it."""

    owner: Owner
    text: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class Theft:
    """A phrasing that something else than its owner would get, had the bot not been told of it.

    `nearest` is the phrasing of the taker that is most like it, `words` what both share, and `confidences` how sure it
    would be of the taker and of the owner.
    """

    owner: Owner
    text: str
    taker: str
    nearest: str
    words: tuple[str, ...]
    confidences: tuple[float, float]
    is_refused: bool

    @property
    def margin(self) -> float:
        """Return by how much the taker is ahead."""
        return self.confidences[0] - self.confidences[1]


def owned_phrasings(knowledge: KnowledgeBase, lexicon: Lexicon) -> tuple[OwnedPhrasing, ...]:
    """Return all phrasings in the order in which the lexicon has read them."""
    owned = [(owner, text) for owner in knowledge.owners for text in owner.phrasings]
    readings = zip(owned, lexicon.texts, strict=False)  # after the phrasings come the sentences of answers
    return tuple(OwnedPhrasing(owner, text, reading) for (owner, text), reading in readings)


def thefts(
    knowledge: KnowledgeBase, lexicon: Lexicon, progress: Callable[[float], None] = lambda _: None
) -> tuple[Theft, ...]:
    """Leave each phrasing out in turn and return those that something else would get then, by their words.

    Another entry may answer it, or an off-topic subject may have it refused; such subjects may share theirs. `progress`
    is told which share of the work (0 to 1) is done.
    """
    readings = {(each.owner.id, each.text): each.reading for each in owned_phrasings(knowledge, lexicon)}
    unclear = (each for each in leave_out(knowledge, lexicon=lexicon, progress=progress) if not each.is_clear)
    found = (_theft(each.owner, each.text, each.ranking, readings) for each in unclear)
    return tuple(theft for theft in found if theft)


def stolen_questions(found: Iterable[Theft], places: Places) -> Iterator[Finding]:
    """Yield a finding for each pair of an owner and a taker; for each phrasing, if there are few of them."""
    by_pair: dict[tuple[str, str], list[Theft]] = defaultdict(list)
    for theft in sorted(found, key=lambda theft: -theft.margin):
        by_pair[theft.owner.id, theft.taker].append(theft)
    for pair in by_pair.values():
        if len(pair) >= MIN_OF_A_PAIR:
            yield _rivalry(pair, places)
        else:
            yield from (stray(theft, places) for theft in pair)


def _theft(owner: Owner, text: str, ranking: Ranking, readings: Mapping[tuple[str, str], Reading]) -> Theft | None:
    """Return who would get a phrasing, if that is another than its owner."""
    own = max((c.confidence for c in ranking.candidates if c.entry_id == owner.id), default=0.0)
    match decide(ranking):
        case AnswerWith(candidate=taker) if taker.entry_id != owner.id:
            why, confidences = taker.explanation, (taker.confidence, own)
            return Theft(owner, text, taker.entry_id, why.phrasing, why.shared, confidences, is_refused=False)
        case Refuse() if isinstance(owner, Entry) and (subject := _cause(ranking)) is not None:
            meanings = {term.meaning for term in readings[subject.off_topic_id, subject.example].terms}
            content = readings[owner.id, text].content
            words = tuple(term.typed for term in content if term.meaning in meanings)
            confidences = (subject.confidence, own)
            return Theft(owner, text, subject.off_topic_id, subject.example, words, confidences, is_refused=True)
        case _:
            return None


def _cause(ranking: Ranking) -> Subject | None:
    """Return the off-topic subject that a question is refused for, whether or not it is sure enough to be named."""
    return ranking.subject if ranking.subject and ranking.subject.confidence >= REFUSED_FOR else None


def _rivalry(pair: Sequence[Theft], places: Places) -> Finding:
    """Return the finding of several phrasings, the worst first, that go from one owner to one taker."""
    worst = pair[0]
    words = Counter(word for theft in pair for word in theft.words).most_common(MAX_WORDS)
    named = ", ".join(word for word, _ in words) or "no word in particular"
    problem = (
        f"{len(pair)} of the {len(worst.owner.own_phrasings)} phrasings of {worst.owner.id} would {_go_to(worst)} if "
        f"the bot hadn't learned them, mostly because of: {named}."
    )
    remedy = f"Add more phrasings with these words to {worst.owner.id}, or move the ones that belong to {worst.taker}."
    details = tuple(
        Detail(places.phrasing(theft.owner.id, theft.text), quoted(theft.text), _evidence(theft, places))
        for theft in pair
    )
    return Finding(Kind.STOLEN, details[0].place, problem, remedy, sum(theft.margin for theft in pair), details)


def stray(theft: Theft, places: Places) -> Finding:
    """Return the finding of a single phrasing."""
    problem = (
        f"This phrasing of {theft.owner.id} would {_go_to(theft)} if the bot hadn't learned it: "
        f"{quoted(theft.text)}, {_evidence(theft, places)}."
    )
    remedy = f"Add more phrasings with these words to {theft.owner.id}, or move this line to {theft.taker}."
    return Finding(Kind.STRAY, places.phrasing(theft.owner.id, theft.text), problem, remedy, theft.margin)


def _go_to(theft: Theft) -> str:
    return f"be refused as {theft.taker}" if theft.is_refused else f"be answered with {theft.taker}"


def _evidence(theft: Theft, places: Places) -> str:
    return (
        f"{theft.confidences[0]:.2f} vs. {theft.confidences[1]:.2f}, because of: "
        f"{', '.join(theft.words) or 'no word in particular'}; nearest is {quoted(theft.nearest)} "
        f"({places.phrasing(theft.taker, theft.nearest)})"
    )


def same_questions(knowledge: KnowledgeBase, lexicon: Lexicon, places: Places) -> Iterator[Finding]:
    """Yield the phrasings of different owners that are the same to the bot, and the vocabulary that makes them so."""
    by_concept: dict[str, list[tuple[OwnedPhrasing, OwnedPhrasing]]] = defaultdict(list)
    for one, other in _same_pairs(owned_phrasings(knowledge, lexicon)):
        if concepts := _differing_concepts(one.reading, other.reading):
            for concept in concepts:
                by_concept[concept].append((one, other))
            continue
        first, second = places.phrasing(one.owner.id, one.text), places.phrasing(other.owner.id, other.text)
        problem = (
            f"{quoted(one.text)} of {one.owner.id} is nearly the same as {quoted(other.text)} of {other.owner.id} "
            f"({second})."
        )
        remedy = "Keep the one whose answer fits, or reword both so they differ."
        yield Finding(Kind.DUPLICATE, first, problem, remedy, _shared(one.reading, other.reading))
    for concept, pairs in by_concept.items():
        yield _harm(concept, pairs, places)


def _same_pairs(phrasings: Sequence[OwnedPhrasing]) -> Iterator[tuple[OwnedPhrasing, OwnedPhrasing]]:
    """Yield pairs of different owners with the same content words that share most of their small words too."""
    alike: dict[frozenset[str], list[OwnedPhrasing]] = defaultdict(list)
    for phrasing in phrasings:
        alike[frozenset(term.meaning for term in phrasing.reading.content)].append(phrasing)
    for group in alike.values():
        for one, other in combinations(group, 2):
            if one.owner is not other.owner and _shared(one.reading, other.reading) >= MIN_SHARED:
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


def _harm(concept: str, pairs: Sequence[tuple[OwnedPhrasing, OwnedPhrasing]], places: Places) -> Finding:
    one, other = pairs[0]
    where: list[Place] = [places.phrasing(phrasing.owner.id, phrasing.text) for phrasing in (one, other)]
    more = f" and {len(pairs) - 1} more pairs" if len(pairs) > 1 else ""
    problem = (
        f"The words under {concept} make questions of different entries the same: {quoted(one.text)} of "
        f"{one.owner.id} ({where[0]}) and {quoted(other.text)} of {other.owner.id} ({where[1]}){more}."
    )
    remedy = "Remove the word that means something else here, or reword one of the phrasings."
    return Finding(Kind.VOCABULARY, places.concept(concept), problem, remedy, len(pairs))
