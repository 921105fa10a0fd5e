"""The books of a load: what was asked, what came back, and what became of each question in the end."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.delivery.account import Account, Case
from benchmarks.delivery.chaos import Storm
from benchmarks.delivery.excuses import WINDOW, Ending, excuse_for
from benchmarks.delivery.plan import Plan
from benchmarks.delivery.reading import Expected, Reading, read
from benchmarks.delivery.tally import Tally
from bot.storage.resolutions import Resolution
from fake_discord import Entry, FakeDiscord, Guild, Interaction, Message

LONG_AFTER = 1200.0  # seconds after which nothing about a question changes
UNHURRIED = WINDOW + 0.5  # seconds after which the bot's record of a question is read
EXAMPLES = 5
LOOK_EVERY = 0.5  # seconds

WAYS = ("message", "interaction", "autocomplete")


@dataclass(slots=True)
class Report:
    """The results of a run. Times in milliseconds, memory in MiB, accounts and readings by the way of asking.

    Attributes:
        own_lag: how late this process woke up to ask, which shows how busy the machine was with other work.
        refused: requests answered with 401, 403 or 429.
        restarts: how often the process was stopped and restarted, `kills` of them with SIGKILL.
        misread: a few answers to something else.
        unexplained: a few questions that nothing explains.
        beside: what became of everything else that people did.
    """

    plan: Plan
    accounts: dict[str, Account] = field(default_factory=lambda: {way: Account() for way in WAYS})
    readings: dict[str, Counter[Reading]] = field(default_factory=lambda: {way: Counter() for way in WAYS})
    latencies: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)
    lag: list[tuple[float, float]] = field(default_factory=list)
    own_lag: list[float] = field(default_factory=list)
    refused: int = 0
    retries: float = 0.0
    identifies: int = 0
    resumes: int = 0
    restarts: int = 0
    kills: int = 0
    misread: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    errors_logged: list[str] = field(default_factory=list)
    beside: tuple[Tally, ...] = ()

    @property
    def account(self) -> Account:
        """Every question asked, without autocompletes."""
        whole = Account()
        whole.merge(self.accounts["message"])
        whole.merge(self.accounts["interaction"])
        return whole


@dataclass(slots=True)
class _Asked:
    """Something that was asked in one of the three ways: by message, by interaction, or merely typed."""

    way: str
    entry: Entry
    expected: Expected
    interaction: Interaction | None = None
    reading: Reading | None = None


class Operating(Protocol):
    """Who runs the bot, in one process or several; as `Operator`."""

    @property
    def resident_megabytes(self) -> float | None:
        """How much memory the bot holds, if it runs now."""

    @property
    def endings(self) -> Sequence[Ending]:
        """When processes were ended."""

    @property
    def ends(self) -> Sequence[int]:
        """The exit codes of those that weren't killed."""

    @property
    def log(self) -> Sequence[str]:
        """What those that have ended have logged."""

    @property
    def restarts(self) -> int:
        """How often a process was started again."""

    def endings_of(self, server_id: int, /) -> Sequence[Ending]:
        """Return when processes that a server's events went to were ended."""

    def total(self, name: str) -> float:
        """Return the sum of a counter over its labels."""

    def buckets(self, name: str) -> list[tuple[float, float]]:
        """Return a histogram's upper bounds with how many values don't exceed them."""

    async def resolutions(self, asked: Iterable[int]) -> dict[int, Resolution]:
        """Return what the bot has recorded of questions."""


class Books:
    """Follow each question to its end. `answers` are the latest that were given, for people to click on."""

    def __init__(self, plan: Plan, fake: FakeDiscord, operator: Operating, storm: Storm | None) -> None:
        self.report = Report(plan)
        self.answers: deque[tuple[Message, Guild]] = deque(maxlen=200)
        self._fake = fake
        self._operator = operator
        self._storm = storm
        self._asked: dict[int, _Asked] = {}
        self._open: set[int] = set()
        self._fates: dict[int, Resolution] = {}
        fake.ledger.listen = self._replied

    @property
    def is_waiting(self) -> bool:
        """Whether an answer may still come."""
        return bool(self._open)

    def note(self, way: str, asked: Message | Interaction, expected: Expected) -> None:
        """Note what has just been asked, and what a full answer to it shows."""
        interaction = asked if isinstance(asked, Interaction) else None
        self._asked[asked.id] = _Asked(way, self._fake.ledger.entry(asked), expected, interaction)
        self._open.add(asked.id)

    async def look(self) -> None:
        """Look up what the bot has recorded of what it hasn't answered, and put what is long past to the account."""
        if resident := self._operator.resident_megabytes:
            self.report.resident.append(resident)
        now = self._fake.clock.now()
        late = {asked_id for asked_id in self._open if now - self._asked[asked_id].entry.asked_at > UNHURRIED}
        if late:
            found = await self._operator.resolutions(late)
            self._fates |= found
            # Nothing comes after a resolution; nor, to an interaction that wasn't acknowledged, after its 3 s.
            self._open -= {asked_id for asked_id, resolution in found.items() if resolution.is_closed}
            self._open -= {asked_id for asked_id in late if _is_dead(self._asked[asked_id])}
        for asked_id in list(self._asked):
            if now - self._asked[asked_id].entry.asked_at < LONG_AFTER:
                break
            self._settle(asked_id)

    async def settle(self, *, patience: float) -> None:
        """Wait for the answers that may still come, for no longer than so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while self.is_waiting:
                    await asyncio.sleep(LOOK_EVERY)
                    await self.look()

    async def close(self) -> Report:
        """Return the account."""
        report = self.report
        unanswered = [one for one, asked in self._asked.items() if not asked.entry.answers]
        self._fates |= await self._operator.resolutions(unanswered)
        for asked_id in list(self._asked):
            self._settle(asked_id)
        report.lag = self._operator.buckets("tpm_bot_loop_lag_seconds")
        report.retries = self._operator.total("tpm_bot_retries_total")
        report.identifies, report.resumes = self._fake.gateway.identifies, self._fake.gateway.resumes
        report.refused = self._fake.invalid_requests
        report.restarts = self._operator.restarts
        report.kills = sum(ending.by_kill for ending in self._operator.endings)
        report.problems += [f"Discord would have refused: {violation}" for violation in self._fake.violations]
        report.problems += [f"the bot ended with exit code {code}" for code in self._operator.ends if code]
        report.errors_logged += [line for line in self._operator.log if " ERROR " in line or " CRITICAL " in line]
        return report

    def _replied(self, asked_id: int) -> None:
        """Read the answer as soon as it is there: the stand-in doesn't keep messages for ever."""
        self._open.discard(asked_id)
        asked = self._asked.get(asked_id)
        if asked is None or asked.reading is not None or not asked.entry.answers:
            return
        reply = asked.interaction.shown if asked.interaction else self._fake.messages[asked.entry.answers[0]]
        asked.reading = read(reply, asked.expected)
        if asked.reading is Reading.wrong and len(self.report.misread) < EXAMPLES:
            self.report.misread.append(f"{asked.way} {asked_id} reads {reply.text[:200] if reply else None!r}")
        if asked.way == "message" and asked.reading is Reading.full and reply and reply.channel.guild:
            self.answers.append((reply, reply.channel.guild))

    def _settle(self, asked_id: int) -> None:
        asked = self._asked.pop(asked_id)
        entry = asked.entry
        self._open.discard(asked_id)
        case = Case(
            answers=len(entry.answers) + (len(asked.interaction.followups) if asked.interaction else 0),
            emojis=frozenset(entry.emojis),
            slowed_down=asked.reading is Reading.slow_down,
            resolution=self._fates.pop(asked_id, None),
            excuse=self._excuse(asked),
        )
        if case.is_unexplained and len(self.report.unexplained) < EXAMPLES:
            self.report.unexplained.append(f"{asked.way} {asked_id} is unexplained: {entry}, {case}")
        self.report.accounts[asked.way].add(case)
        self.report.readings[asked.way][asked.reading or Reading.none] += 1
        if entry.seconds is not None and asked.way == "message":
            self.report.latencies.append(1000 * entry.seconds)
        if entry.seconds_to_acknowledge is not None and asked.way == "interaction":
            self.report.acknowledged.append(1000 * entry.seconds_to_acknowledge)

    def _excuse(self, asked: _Asked) -> str | None:
        if asked.interaction is None:
            return None  # a message stays where it is, to be found later
        cuts = self._storm.cuts if self._storm else ()
        guild = asked.interaction.channel.guild
        endings = self._operator.endings_of(guild.id) if guild else self._operator.endings
        return excuse_for(asked.entry, cuts=cuts, endings=endings)


def _is_dead(asked: _Asked) -> bool:
    return asked.interaction is not None and asked.entry.acknowledged_at is None
