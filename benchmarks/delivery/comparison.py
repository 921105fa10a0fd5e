"""Our bot beside one that only says "pong": the same questions, turn by turn."""

from __future__ import annotations

import asyncio
import gc
import math
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.delivery.asking import IN_FLIGHT, Asking, is_full
from benchmarks.delivery.figures import Figure, at_least, at_most, percentile
from benchmarks.delivery.processes import OURS, PONGS, cpu_seconds, running
from benchmarks.delivery.traffic import Rounds, Traffic, add_channels
from bot_process import BotProcess
from fake_discord import FakeDiscord, RateLimits

ROUNDS = 20
STEADY_RATE = 20.0  # questions a second
STEADY_SECONDS = 3.0
SERVERS = 20
CHANNELS = 2_000
WARM_UP = 1_000  # questions after which nothing is needed for the first time any more
REST = 3.0  # seconds before memory is read
KEPT = 2_000  # messages and entries that a stand-in remembers


@dataclass(frozen=True, slots=True)
class Program:
    """A bot to measure, and with which settings it is run."""

    name: str
    arguments: Sequence[str]
    settings: Mapping[str, str] = field(default_factory=dict)


PONG = Program("pong", PONGS)
OUR_BOT = Program("this bot", OURS, {"ENCODER": "off"})


@dataclass(slots=True)
class Measured:
    """What was measured of one bot. Times in milliseconds, memory in MiB; rates and computing by round."""

    name: str
    resident_at_rest: float
    resident_warm: float = math.nan
    latencies: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    computing: list[float] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)
    asked: int = 0
    full: int = 0
    other_than_once: int = 0

    @property
    def p50(self) -> float:
        """Median milliseconds from event to reply at a gentle rate."""
        return percentile(self.latencies, 0.5)

    @property
    def p99(self) -> float:
        """The 99th percentile of the same."""
        return percentile(self.latencies, 0.99)

    @property
    def rate(self) -> float:
        """Messages per second that it sustains."""
        return median(self.rates)

    def rate_beside(self, other: Measured) -> float:
        """Return its rate as a multiple of another bot's, as the median over rounds."""
        return median(own / its for own, its in zip(self.rates, other.rates, strict=True))

    @property
    def computing_each(self) -> float:
        """Milliseconds of CPU per message."""
        return median(self.computing)

    @property
    def growth(self) -> float:
        """How much memory grew from rest to the end, as a share of memory at rest."""
        return self.resident[-1] / self.resident_at_rest - 1 if self.resident else 0.0

    @property
    def drift(self) -> float:
        """The largest change of memory since the warm-up, as a share of it.

        A process that hasn't answered yet hasn't loaded what answering needs, so rest is no baseline.
        """
        return max((abs(one / self.resident_warm - 1) for one in self.resident), default=0.0)


class Subject:
    """A bot and its fake Discord."""

    def __init__(self, program: Program, fake: FakeDiscord, bot: BotProcess, walk: Rounds) -> None:
        self.measured = Measured(program.name, bot.resident_megabytes())
        self._fake = fake
        self._bot = bot
        self._asking = Asking(
            fake,
            walk.following,
            is_full=is_full if program.arguments == OURS else lambda reply, _: reply.content == "pong",
            log=lambda: f"{program.name}:\n{bot.log}",
        )

    async def steady(self, seconds: float) -> None:
        """Ask at a gentle rate and note how long each reply takes."""
        loop = asyncio.get_running_loop()
        began, coming = loop.time(), []
        for number in range(round(seconds * STEADY_RATE)):
            await asyncio.sleep(began + number / STEADY_RATE - loop.time())
            coming.append(await self._asking.ask())
        self.measured.latencies += [1000 * await self._asking.reply(one) for one in coming]

    async def warm_up(self) -> None:
        """Let everything happen once, and note the memory that it has taken."""
        await self.flood(WARM_UP)
        self.measured.rates.clear()
        self.measured.computing.clear()
        self.measured.resident_warm = self._bot.resident_megabytes()

    async def flood(self, count: int) -> None:
        """Keep questions in flight until so many are answered, and note the rate and the computing."""
        computed = cpu_seconds(self._bot.pid)
        self.measured.rates.append(count / await self._asking.flood(count))
        self.measured.computing.append(1000 * (cpu_seconds(self._bot.pid) - computed) / count)

    def note_memory(self) -> None:
        """Note how much memory the process holds."""
        self.measured.resident.append(self._bot.resident_megabytes())

    def close(self) -> None:
        """Add up what the stand-in has counted."""
        account = self._fake.ledger.account()
        self.measured.asked, self.measured.full = self._asking.asked, self._asking.full
        self.measured.other_than_once = account.asked - account.once


async def compare(traffic: Traffic, questions: int) -> tuple[Measured, ...]:
    """Measure each bot with so many questions; every round they take turns, so that what disturbs, disturbs all."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        subjects = [await _begin(stack, program, traffic, folder) for program in (PONG, OUR_BOT)]
        gc.collect()
        gc.freeze()  # what the stand-ins hold needn't be looked through while times are taken
        for subject in subjects:
            await subject.warm_up()
        each = max(IN_FLIGHT, questions // ROUNDS)
        for number in range(ROUNDS):
            for subject in subjects:
                await subject.steady(STEADY_SECONDS)
                await subject.flood(each)
            for subject in subjects:
                subject.note_memory()
            done = ", ".join(f"{s.measured.name} {s.measured.rates[-1]:,.0f}/s" for s in subjects)
            print(f"round {number + 1} of {ROUNDS}: {done}", flush=True)
        await asyncio.sleep(REST)
        for subject in subjects:
            subject.note_memory()
            subject.close()
        return tuple(subject.measured for subject in subjects)


async def _begin(stack: AsyncExitStack, program: Program, traffic: Traffic, folder: Path) -> Subject:
    fake = await stack.enter_async_context(FakeDiscord(rate_limits=RateLimits.generous(), keep=KEPT))
    walk = Rounds(traffic, add_channels(fake, SERVERS, CHANNELS), seed=1)
    own = folder / program.name
    own.mkdir()
    bot = await stack.enter_async_context(running(program.arguments, fake, own, program.settings))
    await asyncio.sleep(REST)
    return Subject(program, fake, bot, walk)


def figures_of(measured: Sequence[Measured]) -> tuple[Figure, ...]:
    """Return what a comparison has to show."""
    base, ours = measured
    asked = sum(one.asked for one in measured)
    return (
        at_most(2.0, "event to reply, p50", ours.p50 / base.p50, "times pong"),
        at_least(0.5, "throughput", ours.rate_beside(base), "times pong"),
        at_most(120.0, "resident memory at rest", ours.resident_at_rest, "MiB"),
        at_most(5.0, _flatness(ours), 100 * ours.drift, "%"),
        at_least(99.0, "replies that are full answers", 100 * ours.full / ours.asked, "%"),
        at_most(0.0, f"of {asked:,} questions, not answered exactly once", sum(o.other_than_once for o in measured)),
    )


def _flatness(one: Measured) -> str:
    return f"resident memory, worst change since {WARM_UP:,} questions (since rest: {100 * one.growth:+.1f} %)"
