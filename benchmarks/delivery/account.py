"""The account: what became of everything that was asked. Arithmetic alone; who knew what is handed in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.storage.resolutions import Resolution

BY_EMOJI = {"⏳": Resolution.declined_too_many, "🔇": Resolution.declined_elsewhere}


@dataclass(frozen=True, slots=True)
class Case:
    """One question at the end: what the stand-in has seen, and what the bot has recorded of it.

    Attributes:
        answers: replies, or what an interaction was finally answered with.
        emojis: the bot's reactions.
        slowed_down: whether the answer was that these are too many questions.
        resolution: what the bot has recorded, if anything.
        excuse: why the stand-in knows that no answer was possible, if it does.
    """

    answers: int = 0
    emojis: frozenset[str] = frozenset()
    slowed_down: bool = False
    resolution: Resolution | None = None
    excuse: str | None = None

    @property
    def is_unexplained(self) -> bool:
        """Whether nothing answers, declines or closes it."""
        seen = self.answers or self.emojis or self.slowed_down
        return not seen and self.excuse is None and not (self.resolution and self.resolution.is_closed)


@dataclass(slots=True)
class Account:
    """Everything that was asked adds up: answered once, declined or closed by reason, twice, unexplained."""

    answered: int = 0
    twice: int = 0
    unexplained: int = 0
    declined: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)

    @property
    def asked(self) -> int:
        """How many questions there were."""
        accounted = self.answered + self.twice + self.unexplained
        return accounted + self.declined.total() + self.closed.total()

    def add(self, case: Case) -> None:
        """Enter a question where it belongs; what the stand-in has seen weighs more than what the bot says."""
        if case.answers + len(case.emojis) > 1:
            self.twice += 1
        elif case.slowed_down:
            self.declined[Resolution.declined_too_many] += 1
        elif case.answers:
            self.answered += 1
        elif case.emojis:
            [emoji] = case.emojis
            self.declined[BY_EMOJI.get(emoji, Resolution.declined_courtesy)] += 1
        elif case.is_unexplained:
            self.unexplained += 1
        elif case.resolution is not None and case.resolution.is_closed:
            self.closed[case.resolution] += 1
        else:
            self.closed[str(case.excuse)] += 1

    def merge(self, other: Account) -> None:
        """Add another account to this one."""
        self.answered += other.answered
        self.twice += other.twice
        self.unexplained += other.unexplained
        self.declined += other.declined
        self.closed += other.closed
