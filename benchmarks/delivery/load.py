"""Questions at a steady rate from many people in many channels, with chaos or without, and what became of each."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.delivery.beside import Beside, Place
from benchmarks.delivery.books import LONG_AFTER, Books, Report
from benchmarks.delivery.chaos import Storm, mend
from benchmarks.delivery.operator import Operator
from benchmarks.delivery.plan import Plan
from benchmarks.delivery.traffic import Traffic, Turns, add_channels, questions_of_a_channel
from fake_discord import Channel, FakeDiscord

_MIXTURE = ("ask", "click", "ask", "faq", "ask", "click", "ask", "vote", "ask", "click")


async def run_load(plan: Plan, traffic: Traffic | None = None) -> Report:
    """Ask, wait until everything is settled, and return the account of it."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        mend(folder / "knowledge")
        fake = await stack.enter_async_context(FakeDiscord(rate_limits=plan.limits, keep=_kept(plan)))
        channels = add_channels(fake, plan.servers, plan.channels)
        settings = {"KNOWLEDGE_DIR": str(folder / "knowledge"), **plan.settings}
        operator = Operator(fake, folder, settings)
        place = Place.in_new_server(fake, operator.database)
        beside = Beside(place, seconds=plan.seconds) if plan.beside else None
        await place.choose_humans()
        if beside:
            await beside.prepare()
        await stack.enter_async_context(operator)
        storm = Storm(plan.chaos, fake, operator, folder / "knowledge") if plan.chaos else None
        books = Books(plan, fake, operator, storm)
        load = _Load(plan, traffic or Traffic(), channels, books)
        await load.run(storm, beside)
        await operator.stop()
        report = await books.close()
        report.beside = beside.tallies() if beside else ()
        return report


def _kept(plan: Plan) -> int:
    """Return how much a stand-in has to remember: Discord forgets no message that the bot may look for."""
    asked_a_second = plan.questions_a_second + plan.interactions_a_second + plan.autocompletes_a_second
    return 10_000 + round(2 * asked_a_second * min(plan.seconds, LONG_AFTER))


class _Load:
    def __init__(self, plan: Plan, traffic: Traffic, channels: Sequence[Channel], books: Books) -> None:
        self._plan = plan
        self._traffic = traffic
        self._books = books
        self._chance = random.Random(1)  # noqa: S311 - the same load each time
        self._by_message = Turns(channels, plan.people // plan.servers)
        self._by_interaction = Turns(channels, 0)
        self._questions = {
            channel.id: questions_of_a_channel(traffic, seed=number) for number, channel in enumerate(channels)
        }
        self._kinds = cycle(_MIXTURE)

    async def run(self, storm: Storm | None, beside: Beside | None) -> None:
        """Ask everything, and wait for what is still to come."""
        plan = self._plan
        await asyncio.sleep(plan.calm)
        going_on = asyncio.create_task(beside.go_on()) if beside else None
        raging = asyncio.create_task(storm.rage()) if storm else None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._steadily(plan.questions_a_second, self._ask))
                group.create_task(self._steadily(plan.interactions_a_second, self._interact))
                group.create_task(self._steadily(plan.autocompletes_a_second, self._type))
                group.create_task(self._steadily(1.0, self._books.look))
        finally:
            if raging:
                raging.cancel()
                with suppress(asyncio.CancelledError):
                    await raging
        await self._books.settle(patience=plan.patience)
        if going_on:
            await going_on
        await asyncio.sleep(plan.calm)  # in which a second answer would come

    async def _steadily(self, rate: float, act: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(round(rate * self._plan.seconds)):
            due = began + number / rate
            await asyncio.sleep(due - loop.time())
            self._books.report.own_lag.append(1000 * (loop.time() - due))
            await act()

    async def _ask(self) -> None:
        channel, member = self._by_message.following()
        question = next(self._questions[channel.id])
        self._books.note("message", await member.asks(channel, question.text), question.expected)

    async def _interact(self) -> None:
        kind = next(self._kinds)
        if kind in ("click", "vote") and self._books.answers:
            message, guild = self._chance.choice(self._books.answers)
            prefix = "topic:" if kind == "click" else "vote:up:"
            ids = [button["custom_id"] for button in message.buttons if button.get("custom_id", "").startswith(prefix)]
            if ids:
                custom_id = self._chance.choice(ids)
                member = self._chance.choice([one for one in guild.members.values() if not one.user.bot])
                expected = self._traffic.by_topic[custom_id.removeprefix(prefix)] if kind == "click" else "vote"
                self._books.note("interaction", await member.forges_click(message, custom_id), expected)
                return
        channel, member = self._by_interaction.following()
        if kind == "faq":
            self._books.note("interaction", await member.slash(channel, "faq"), self._traffic.listed)
        else:
            question = self._chance.choice(self._traffic.pairs)
            asked = await member.slash(channel, "ask", question=question.text)
            self._books.note("interaction", asked, question.expected)

    async def _type(self) -> None:
        channel, member = self._by_interaction.following()
        typed = self._chance.choice(self._traffic.pairs).text[: self._chance.randint(1, 30)]
        self._books.note("autocomplete", await member.autocomplete(channel, "ask", question=typed), "choices")
