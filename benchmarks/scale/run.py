"""The run of several processes: start them, ask as much as they get through, then let them fail and account for it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from postgresql import PostgreSQLServer

from benchmarks.delivery.books import Books, Report
from benchmarks.delivery.chaos import mend
from benchmarks.delivery.plan import Plan
from benchmarks.delivery.processes import Starting, run_ours
from benchmarks.delivery.traffic import Traffic
from benchmarks.scale.capacity import Capacity, measure_capacity
from benchmarks.scale.cluster import Cluster, Incident
from benchmarks.scale.plan import ScalePlan
from benchmarks.scale.proof import Proof
from benchmarks.scale.world import add_servers, furnish
from fake_discord import FakeDiscord, RateLimits

KEPT = 100_000  # messages and requests: the stand-in may not forget what the bot will look for
REGISTER = "PUT /applications/{application_id}/commands"


@dataclass(frozen=True, slots=True)
class Sessions:
    """How sessions began: how many, how many of them too early, and the shortest time between two in a bucket."""

    begun: int
    too_early: int
    shortest: float

    @classmethod
    def of(cls, identified: Sequence[tuple[float, int]], *, too_early: int, buckets: int) -> Sessions:
        """Read what the stand-in has noted: when each shard asked for a session."""
        last: dict[int, float] = {}
        pauses = []
        for at, shard in identified:
            if (before := last.get(shard % buckets)) is not None:
                pauses.append(at - before)
            last[shard % buckets] = at
        return cls(len(identified), too_early, min(pauses, default=float("inf")))


@dataclass(frozen=True, slots=True)
class Proven:
    """What a run of several processes has shown. Times in seconds, memory in MiB by process.

    Attributes:
        ready_after: of each process, all started at once.
        resident_ready: when all were ready.
        resident_asked: after a question in each server.
        registered: how often the commands were.
        longest: seconds until the last question was answered.
    """

    plan: ScalePlan
    ready_after: Sequence[float]
    resident_ready: Sequence[float]
    resident_asked: Sequence[float]
    capacity: Capacity | None
    report: Report
    incidents: Sequence[Incident]
    sessions: Sessions
    registered: int


async def prove(
    plan: ScalePlan, traffic: Traffic, postgresql: PostgreSQLServer, *, starting: Starting = run_ours
) -> Proven:
    """Run it all."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        mend(folder / "knowledge")
        fake = await stack.enter_async_context(
            FakeDiscord(
                rate_limits=RateLimits.generous(),
                shards=plan.shards,
                max_concurrency=plan.max_concurrency,
                identify_window=plan.identify_window,
                keep=KEPT,
                openapi="",
            )
        )
        guilds = add_servers(fake, plan.servers)
        places = furnish(guilds, own_knowledge=plan.own_knowledge, knowledge=folder / "knowledge", traffic=traffic)
        gc.collect()
        gc.freeze()  # what the stand-in holds needn't be looked through while times are taken
        cluster = await stack.enter_async_context(
            Cluster(plan, fake, postgresql, folder=folder, knowledge=folder / "knowledge", starting=starting)
        )
        ready_after = await cluster.start()
        print(f"ready after {max(ready_after):.1f} s", flush=True)
        resident_ready = cluster.resident
        capacity = await measure_capacity(plan, fake, cluster, places) if plan.rounds else None
        resident_asked = cluster.resident
        fake.set_rate_limits(RateLimits())
        load = Plan(questions_a_second=plan.questions_a_second, interactions_a_second=plan.interactions_a_second)
        books = Books(load, fake, cluster, storm=None)
        incidents = await Proof(plan, cluster, books, places).run()
        await cluster.stop()
        return Proven(
            plan=plan,
            ready_after=ready_after,
            resident_ready=resident_ready,
            resident_asked=resident_asked,
            capacity=capacity,
            report=await books.close(),
            incidents=incidents,
            sessions=Sessions.of(
                fake.gateway.identified, too_early=fake.gateway.too_early, buckets=plan.max_concurrency
            ),
            registered=fake.request_counts[REGISTER],
        )


def run_proof(plan: ScalePlan, traffic: Traffic, postgresql: PostgreSQLServer) -> Proven:
    """Run it from outside an event loop."""
    return asyncio.run(prove(plan, traffic, postgresql))
