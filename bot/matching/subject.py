"""What the knowledge is about, and what is easily mistaken for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from bot.knowledge.model import SubjectNames
from bot.matching.lexicon import Lexicon, Reading
from bot.matching.text import clean


@dataclass(frozen=True, slots=True)
class SubjectGuard:
    """Notice questions about another subject: they name that one, and not the knowledge's own."""

    own: tuple[str, ...]
    others: tuple[str, ...]
    at_home: frozenset[tuple[int, str]]
    """Owners with a phrasing that names another subject and not the own, and which one: it is asked for rightly there."""

    @classmethod
    def of(cls, names: SubjectNames, lexicon: Lexicon, phrasings: Sequence[Reading], owners: Sequence[int]) -> Self:
        """Learn which owners are asked for by other subjects' names."""
        own, others = ([_line(lexicon.read(clean(name))) for name in each] for each in (names.own, names.mistaken_for))
        guard = cls(tuple(own), tuple(others), frozenset())
        if not others:
            return guard
        asked = zip(owners, phrasings, strict=True)
        found = {(owner, other) for owner, phrasing in asked for other in guard.another_named(phrasing)}
        return cls(guard.own, guard.others, frozenset(found))

    def another_named(self, reading: Reading) -> frozenset[str]:
        """Return the other subjects that a question names; none if it names the knowledge's own as well."""
        line = _line(reading)
        if any(name in line for name in self.own):
            return frozenset()
        return frozenset(other for other in self.others if other in line)

    def is_foreign_to(self, owner: int, named: frozenset[str]) -> bool:
        """Tell whether other subjects are named that no phrasing of an owner names."""
        return bool(named) and not any((owner, other) in self.at_home for other in named)


def _line(reading: Reading) -> str:
    """Return what a text means, in one line that can be searched for whole words."""
    return f" {' '.join(term.meaning for term in reading.terms)} "
