"""Recognize questions about what is easily mistaken for the knowledge's subject."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from bot.knowledge.model import SubjectNames
from bot.matching.lexicon import Lexicon, Reading
from bot.matching.text import clean

NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class SubjectGuard:
    """Notice questions that name another subject and not the knowledge's own.

    `own` and `others` match names in a line of meanings.
    """

    own: re.Pattern[str]
    others: re.Pattern[str]
    openings: frozenset[str]
    """The meanings that the names of other subjects begin with."""
    at_home: frozenset[tuple[int, str]] = frozenset()
    """Entries and the other subjects that their phrasings name without naming the knowledge's own."""

    @classmethod
    def of(cls, names: SubjectNames, lexicon: Lexicon, phrasings: Sequence[Reading], owners: Sequence[int]) -> Self:
        """Learn which entries have phrasings that name other subjects; `owners` has the entry of each phrasing."""
        own, others = ([lexicon.read(clean(name)) for name in each] for each in (names.own, names.mistaken_for))
        openings = frozenset(name.meanings[0] for name in others if name.terms)
        guard = cls(_pattern(own), _pattern(others), openings)
        asked = zip(owners, phrasings, strict=True)
        found = {(owner, other) for owner, phrasing in asked for other in guard.another_named(phrasing)}
        return replace(guard, at_home=frozenset(found))

    def another_named(self, reading: Reading) -> frozenset[str]:
        """Return the other subjects a question names; none if it also names the knowledge's own."""
        if self.openings.isdisjoint(reading.meanings):
            return frozenset()
        line = _line(reading)
        found: list[str] = self.others.findall(line)
        return frozenset(found) if found and not self.own.search(line) else frozenset()

    def foreign_to(self, reading: Reading, owners: Iterable[int]) -> Collection[int]:
        """Return the owners that a question isn't about: it names other subjects, and none that their phrasings do."""
        if not (named := self.another_named(reading)):
            return ()
        return [owner for owner in owners if not any((owner, other) in self.at_home for other in named)]


def _pattern(names: Iterable[Reading]) -> re.Pattern[str]:
    if not (lines := sorted((_line(name).strip() for name in names if name.terms), key=len, reverse=True)):
        return NOTHING
    return re.compile(rf" ({'|'.join(map(re.escape, lines))})(?= )")


def _line(reading: Reading) -> str:
    """Return the meanings of a text in one line, for searching whole words."""
    return f" {' '.join(reading.meanings)} "
