"""How many questions all processes get through, and one of them alone, and who computes for them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.delivery.asking import Asking
from benchmarks.delivery.processes import cpu_seconds
from benchmarks.scale.cluster import Cluster
from benchmarks.scale.plan import ScalePlan
from benchmarks.scale.world import Place, Walk, on_shards
from fake_discord import FakeDiscord


@dataclass(slots=True)
class Throughput:
    """What some processes get through, round by round: questions a second, and milliseconds of CPU for each."""

    processes: int
    rates: list[float] = field(default_factory=list)
    bots: list[float] = field(default_factory=list)
    stand_in: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Questions a second."""
        return median(self.rates)

    @property
    def computing(self) -> tuple[float, float, float]:
        """Milliseconds of CPU for a question: of the bot's processes, the stand-in, and PostgreSQL."""
        return median(self.bots), median(self.stand_in), median(self.database)

    @property
    def busy(self) -> float:
        """How many cores all of them keep busy together."""
        return self.rate * sum(self.computing) / 1000


@dataclass(frozen=True, slots=True)
class Capacity:
    """What was measured. `first_seconds` is how long one question in each server took, the first there.

    `other_than_once` are questions that weren't answered exactly once, `full` those that were answered in full.
    """

    first_seconds: float
    everyone: Throughput
    alone: Throughput
    asked: int
    full: int
    other_than_once: int

    @property
    def ratio(self) -> float:
        """How many times as much all processes get through as one, as the median over rounds."""
        return median(all_ / one for all_, one in zip(self.everyone.rates, self.alone.rates, strict=True))


async def measure_capacity(plan: ScalePlan, fake: FakeDiscord, cluster: Cluster, places: Sequence[Place]) -> Capacity:
    """Ask everywhere once, then as much as they get through, in turns: all processes, and only the first."""
    walks = {
        plan.processes: Walk(places),
        1: Walk(on_shards(places, cluster.shards_of(0), of=plan.shards)),
    }
    asking = Asking(fake, walks[plan.processes].following, log=lambda: "\n".join(cluster.log))
    first_seconds = await asking.flood(len(places))
    found = {processes: Throughput(processes) for processes in walks}
    for _ in range(plan.rounds):
        for processes, walk in walks.items():
            asking.follow(walk.following)
            await _flood(asking, cluster, found[processes], plan.flood * (1 if processes == 1 else 2))
        rates = ", ".join(f"{one.processes}: {one.rates[-1]:.0f}/s" for one in found.values())
        print(f"questions by processes: {rates}", flush=True)
    account = fake.ledger.account()
    return Capacity(
        first_seconds=first_seconds,
        everyone=found[plan.processes],
        alone=found[1],
        asked=asking.asked,
        full=asking.full,
        other_than_once=account.asked - account.once,
    )


async def _flood(asking: Asking, cluster: Cluster, found: Throughput, count: int) -> None:
    def computed() -> tuple[float, float, float]:
        return cluster.bots_computed(), cpu_seconds(os.getpid()), cluster.database_computed()

    before = computed()
    found.rates.append(count / await asking.flood(count))
    bots, stand_in, database = (1000 * (after - was) / count for was, after in zip(before, computed(), strict=True))
    found.bots.append(bots)
    found.stand_in.append(stand_in)
    found.database.append(database)
