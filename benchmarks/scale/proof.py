"""Questions at a steady rate in all servers while processes and the database go away and come back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from itertools import cycle, islice

from benchmarks.delivery.books import Books
from benchmarks.delivery.traffic import Crowd
from benchmarks.scale.cluster import Cluster, Incident
from benchmarks.scale.plan import ScalePlan
from benchmarks.scale.world import Place, Walk

CHATTER = "And another thing, which nobody needs to answer."


class Proof:
    """Ask, let the incidents happen, and wait for every answer."""

    def __init__(self, plan: ScalePlan, cluster: Cluster, books: Books, places: Sequence[Place]) -> None:
        self._plan = plan
        self._cluster = cluster
        self._books = books
        self._walk = Walk(places)
        self._crowd = Crowd()
        self._guilds = cycle([place.channel.guild for place in places if place.channel.guild])
        self._goes_on = True

    async def run(self) -> list[Incident]:
        """Return what happened; the books have the account."""
        plan = self._plan
        async with asyncio.TaskGroup() as group:
            group.create_task(self._steadily(plan.questions_a_second, self._ask))
            group.create_task(self._steadily(plan.interactions_a_second, self._ask_by_command))
            group.create_task(self._steadily(1.0, self._books.look))
            if plan.chatter:
                group.create_task(self._steadily(plan.chatter * plan.servers / 60, self._chat))
            incidents = await self._incidents()
            self._goes_on = False
        await self._books.settle(patience=plan.patience)
        await asyncio.sleep(plan.settling)
        return incidents

    async def _incidents(self) -> list[Incident]:
        cluster, last = self._cluster, self._plan.processes - 1
        incidents: list[Incident] = []
        for happens in (partial(cluster.kill, 0), partial(cluster.drain, last), cluster.restart_database):
            await asyncio.sleep(self._plan.calm)
            incidents.append(await happens())
            print(f"{incidents[-1].what}: ready after {incidents[-1].ready_after:.1f} s", flush=True)
        await asyncio.sleep(self._plan.calm)
        return incidents

    async def _steadily(self, rate: float, act: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        began, number = loop.time(), 0
        while self._goes_on:
            due = began + number / rate
            await asyncio.sleep(due - loop.time())
            self._books.report.own_lag.append(1000 * (loop.time() - due))
            await act()
            number += 1

    async def _ask(self) -> None:
        channel, question = self._walk.following()
        assert channel.guild is not None
        asked = await self._crowd.somebody(channel.guild).asks(channel, question.text)
        self._books.note("message", asked, question.expected)

    async def _ask_by_command(self) -> None:
        channel, question = self._walk.following()
        assert channel.guild is not None
        asked = await self._crowd.somebody(channel.guild).slash(channel, "ask", question=question.text)
        self._books.note("interaction", asked, question.expected)

    async def _chat(self) -> None:
        """Say something in a server that isn't for the bot, and elsewhere than where it is asked."""
        guild = next(self._guilds)
        channel = next(islice(guild.channels.values(), 1, None))
        await guild.members[guild.owner_id].says(channel, CHATTER)
