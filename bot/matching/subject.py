"""What the knowledge is about, and what is easily mistaken for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from bot.knowledge.model import SubjectNames
from bot.matching.lexicon import Lexicon, Reading
from bot.matching.text import clean

NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class SubjectGuard:
    """Notice questions about another subject: they name that one, and not the knowledge's own.

    `own` and `others` find names in a line of meanings.
    """

    own: re.Pattern[str]
    others: re.Pattern[str]
    at_home: frozenset[tuple[int, str]]
    """Owners with a phrasing that names another subject and not the own, and which one: there it is at home."""

    @classmethod
    def of(cls, names: SubjectNames, lexicon: Lexicon, phrasings: Sequence[Reading], owners: Sequence[int]) -> Self:
        """Learn which owners are asked for by other subjects' names."""
        guard = cls(_pattern(names.own, lexicon), _pattern(names.mistaken_for, lexicon), frozenset())
        asked = zip(owners, phrasings, strict=True)
        found = {(owner, other) for owner, phrasing in asked for other in guard.another_named(phrasing)}
        return cls(guard.own, guard.others, frozenset(found))

    def another_named(self, reading: Reading) -> frozenset[str]:
        """Return the other subjects that a question names; none if it names the knowledge's own as well."""
        if self.others is NOTHING:
            return frozenset()
        line = _line(reading)
        found: list[str] = self.others.findall(line)
        return frozenset(found) if found and not self.own.search(line) else frozenset()

    def is_foreign_to(self, owner: int, named: frozenset[str]) -> bool:
        """Tell whether other subjects are named that no phrasing of an owner names."""
        return bool(named) and not any((owner, other) in self.at_home for other in named)


def _pattern(names: Sequence[str], lexicon: Lexicon) -> re.Pattern[str]:
    lines = (_line(lexicon.read(clean(name))).strip() for name in names)
    if not (found := sorted(filter(None, lines), key=len, reverse=True)):
        return NOTHING
    return re.compile(rf"(?<= )(?:{'|'.join(map(re.escape, found))})(?= )")


def _line(reading: Reading) -> str:
    """Return what a text means, in one line that can be searched for whole words."""
    return f" {' '.join(term.meaning for term in reading.terms)} "
