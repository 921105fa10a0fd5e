"""What became of things, counted by kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the things of a kind.

    Attributes:
        lost: not there, although somebody was told that it is, or although nobody had to do anything for it.
        given_up: not there, and nobody was told otherwise.
    """

    what: str
    once: int = 0
    twice: int = 0
    lost: int = 0
    given_up: int = 0

    @property
    def begun(self) -> int:
        """How many there should be."""
        return self.once + self.twice + self.lost + self.given_up


def tally(what: str, found: dict[str, int], *, told: Iterable[str]) -> Tally:
    """Count things by how often each was found, and whether somebody was told that it's there."""
    known = set(told)
    return Tally(
        what,
        once=sum(count == 1 for count in found.values()),
        twice=sum(count > 1 for count in found.values()),
        lost=sum(not count and name in known for name, count in found.items()),
        given_up=sum(not count and name not in known for name, count in found.items()),
    )
