"""Ask for phrasings that weren't learned: what becomes of them tells how well a knowledge base knows its questions."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.decision import AnswerWith, SuggestFrom, decide
from bot.matching.matcher import Matcher, Ranking
from bot.matching.meaning import EncoderChoice
from bot.matching.text import clean

FOLDS = 5
FEW = 2 * FOLDS  # phrasings of an owner
MAX_EXPECTED = 300  # phrasings asked for an expectation

Owner = TypeVar("Owner", Entry, OffTopic)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A phrasing, whose it is, and how the entries rank for it when the bot hasn't learned it."""

    owner: Entry | OffTopic
    text: str
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Expectation:
    """What to expect of questions in words that the knowledge hasn't seen: shares from 0 to 1.

    `offered` counts those that are answered rightly too.
    """

    phrasings_per_entry: float
    right: float
    offered: float

    def __str__(self) -> str:
        return (
            f"With {self.phrasings_per_entry:.0f} phrasings an entry, expect about {_of_ten(self.right)} of 10 "
            f"questions to be answered right, and {_of_ten(self.offered)} to be answered or offered."
        )


def leave_out(
    knowledge: KnowledgeBase,
    *,
    encoders: EncoderChoice | None = None,
    folds: int = FOLDS,
    progress: Callable[[float], None] = lambda _: None,
) -> Iterator[LeftOut]:
    """Leave each phrasing out once, a fifth of them at a time, and learn the others anew.

    An owner with a single phrasing keeps it. `progress` is told which share of the work (0 to 1) is done.
    """
    for fold in range(folds):
        fewer = replace(
            knowledge,
            entries=tuple(_without(entry, fold) for entry in knowledge.entries),
            off_topics=tuple(_without(subject, fold) for subject in knowledge.off_topics),
        )
        matcher = Matcher(fewer, encoders=encoders)
        owners: tuple[Entry | OffTopic, ...] = (*knowledge.entries, *knowledge.off_topics)
        for owner in owners:
            for text in _fold(owner, fold):
                yield LeftOut(owner, text, matcher.rank(clean(text)))
        progress((fold + 1) / folds)


def expect(knowledge: KnowledgeBase, encoders: EncoderChoice) -> Expectation | None:
    """Measure what to expect; None if no entry has two phrasings. Of much knowledge a part is asked."""
    asked = right = offered = 0
    total = sum(len(entry.phrasings) for entry in knowledge.entries)
    for left_out in leave_out(knowledge, encoders=encoders, folds=1 if total > FOLDS * MAX_EXPECTED else FOLDS):
        if isinstance(left_out.owner, Entry) and left_out.text != left_out.owner.question:
            asked += 1
            match decide(left_out.ranking):
                case AnswerWith(candidate=candidate):
                    right += candidate.entry_id == left_out.owner.id
                case SuggestFrom(candidates=candidates):
                    offered += any(candidate.entry_id == left_out.owner.id for candidate in candidates)
                case _:
                    pass
        if asked == MAX_EXPECTED:
            break
    if not asked:
        return None
    return Expectation(total / len(knowledge.entries), right / asked, (right + offered) / asked)


def _fold(owner: Entry | OffTopic, fold: int) -> tuple[str, ...]:
    """Return the phrasings that are left out together: by their checksums, so that an edit moves no other one.

    Where there are few, they are dealt out evenly, in the order of these.
    """
    checksums = {text: zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in owner.phrasings}
    if len(owner.phrasings) > FEW:
        return tuple(text for text, checksum in checksums.items() if checksum % FOLDS == fold)
    return tuple(sorted(checksums, key=checksums.__getitem__))[fold::FOLDS] if len(owner.phrasings) > 1 else ()


def _without(owner: Owner, fold: int) -> Owner:
    left_out = set(_fold(owner, fold))
    return replace(owner, phrasings=tuple(text for text in owner.phrasings if text not in left_out))


def _of_ten(share: float) -> int:
    return round(10 * share)
