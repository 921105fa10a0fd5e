"""Leave phrasings out and ask for them, to see how well a knowledge base handles questions in new words."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TypeVar

from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, Owner
from bot.matching.decision import AnswerWith, SuggestFrom, decide
from bot.matching.lexicon import Lexicon
from bot.matching.matcher import Matcher, Ranking
from bot.matching.meaning import EncoderChoice, Encoders
from bot.matching.text import clean

FOLDS = 5
NEARLY_ALL = 0.95
FEW = 2 * FOLDS  # phrasings of an owner
MAX_EXPECTED = 100  # phrasings asked for an expectation
CLEAR_LEAD = 3.0  # times the vote for any other owner

AnyOwner = TypeVar("AnyOwner", Entry, OffTopic)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A phrasing, whose it is, and a matcher that hasn't learned it."""

    owner: Owner
    text: str
    matcher: Matcher

    @property
    def ranking(self) -> Ranking:
        """The ranking of the entries for it."""
        return self.matcher.rank(clean(self.text))

    @property
    def is_clear(self) -> bool:
        """Whether its words point to its owner so clearly that the entries needn't be ranked."""
        return self.matcher.lead_of(self.owner.id, clean(self.text)) >= CLEAR_LEAD


@dataclass(frozen=True, slots=True)
class Expectation:
    """What to expect of questions in words that the knowledge hasn't seen: shares from 0 to 1.

    `offered` counts those that are answered rightly too. `weakest` is the id of the entry that is found least often.
    """

    phrasings_per_entry: float
    right: float
    offered: float
    weakest: str

    def __str__(self) -> str:
        right, offered = of_ten(self.right), of_ten(self.offered)
        expected = (
            f"At {self.phrasings_per_entry:.0f} phrasings per entry, expect {right} questions to be answered correctly"
        )
        return f"{expected}." if self.right >= NEARLY_ALL else f"{expected}, and {offered} to be answered or offered."


def leave_out(
    knowledge: KnowledgeBase,
    *,
    encoders: EncoderChoice | None = None,
    lexicon: Lexicon | None = None,
    folds: int = FOLDS,
    progress: Callable[[float], None] = lambda _: None,
) -> Iterator[LeftOut]:
    """Leave each phrasing out once, a fifth of them at a time, and relearn the others; those of translations stay.

    An owner with a single phrasing keeps it. With a lexicon that has read the knowledge, the words of those left out
    stay known, which takes less time. `progress` is told which share of the work (0 to 1) is done.
    """
    owners = knowledge.owners
    for fold in range(folds):
        folded = [set(_fold(owner, fold)) for owner in owners]
        places = enumerate((owner, text) for owner, owned in enumerate(owners) for text in owned.phrasings)
        left_out = {place for place, (owner, text) in places if text in folded[owner]}
        fewer = replace(
            knowledge,
            entries=tuple(_without(entry, fold) for entry in knowledge.entries),
            off_topics=tuple(_without(subject, fold) for subject in knowledge.off_topics),
        )
        matcher = Matcher(fewer, encoders=encoders, lexicon=lexicon.without(left_out) if lexicon else None)
        for owner, texts in zip(owners, folded, strict=True):
            for text in filter(texts.__contains__, owner.phrasings):
                yield LeftOut(owner, text, matcher)
        progress((fold + 1) / folds)


def expect(knowledge: KnowledgeBase, encoders: EncoderChoice) -> Expectation | None:
    """Measure what to expect; None if no entry has two phrasings. Of much knowledge a part is asked."""
    total = sum(len(entry.own_phrasings) for entry in knowledge.entries)
    alone = Encoders(multilingual=encoders.best_for(english=knowledge.language == "en"))
    left_out_texts = list(leave_out(knowledge, encoders=alone, folds=1 if total > FOLDS * MAX_EXPECTED else FOLDS))
    found: dict[str, list[_Found]] = defaultdict(list)
    for left_out in left_out_texts[:: 1 + len(left_out_texts) // (2 * MAX_EXPECTED)]:
        if isinstance(left_out.owner, Entry) and left_out.text != left_out.owner.question:
            found[left_out.owner.id].append(_look_for(left_out))
    everything = [each for owned in found.values() for each in owned]
    if not everything:
        return None
    return Expectation(
        phrasings_per_entry=total / len(knowledge.entries),
        right=_share(everything, _Found.ANSWERED),
        offered=_share(everything, _Found.ANSWERED, _Found.OFFERED),
        weakest=min(
            found,
            key=lambda id_: (_share(found[id_], _Found.ANSWERED), len(knowledge.entry(id_).own_phrasings)),
        ),
    )


class _Found(Enum):
    """Whether a phrasing that was left out would get its entry."""

    ANSWERED = auto()
    OFFERED = auto()
    MISSED = auto()


def _look_for(left_out: LeftOut) -> _Found:
    match decide(left_out.ranking):
        case AnswerWith(candidate=candidate) if candidate.entry_id == left_out.owner.id:
            return _Found.ANSWERED
        case SuggestFrom(candidates=candidates) if any(each.entry_id == left_out.owner.id for each in candidates):
            return _Found.OFFERED
        case _:
            return _Found.MISSED


def _share(found: Sequence[_Found], *kinds: _Found) -> float:
    return sum(each in kinds for each in found) / len(found)


def _fold(owner: Owner, fold: int) -> tuple[str, ...]:
    """Return the own phrasings that are left out together: by their checksums, so that an edit moves no other one.

    Where there are few, they are dealt out evenly, in the order of these.
    """
    own = owner.own_phrasings
    checksums = {text: zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in own}
    if len(own) > FEW:
        return tuple(text for text, checksum in checksums.items() if checksum % FOLDS == fold)
    return tuple(sorted(checksums, key=checksums.__getitem__))[fold::FOLDS] if len(own) > 1 else ()


def _without(owner: AnyOwner, fold: int) -> AnyOwner:
    left_out = set(_fold(owner, fold))
    return replace(owner, phrasings=tuple(text for text in owner.phrasings if text not in left_out))


def of_ten(share: float) -> str:
    """Return a share in words, such as about 7 in 10."""
    return "nearly all" if share >= NEARLY_ALL else f"about {round(10 * share)} in 10"
