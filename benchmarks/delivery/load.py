"""Questions at a steady rate from many people in many channels, with chaos or without, and what became of each."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.delivery import account
from benchmarks.delivery.account import Account, Case
from benchmarks.delivery.chaos import Chaos, Storm, mend
from benchmarks.delivery.operator import Operator
from benchmarks.delivery.reading import Expected, Reading, read
from benchmarks.delivery.traffic import Traffic, Turns, add_channels, questions_of_a_channel
from bot.fates import Fate
from fake_discord import Channel, Entry, FakeDiscord, Guild, Interaction, Message, RateLimits

window = 3.0  # seconds that Discord gives for an interaction's first response
near = 0.1  # seconds before a cut in which an event may be lost on its way
long_after = 1200.0  # seconds after which nothing changes any more about a question
unhurried = 5.0  # seconds after which it is looked up what the bot has recorded of a question
look_every = 0.5  # seconds
examples = 5

ways = ("message", "interaction", "autocomplete")
_mixture = ("ask", "click", "ask", "faq", "ask", "click", "ask", "vote", "ask", "click")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is asked, for how long, and what goes wrong meanwhile.

    Attributes:
        calm: seconds between the bot's connection and the first question.
        patience: seconds after the last question in which replies may still come.
        limits: Discord's own by default.
    """

    seconds: float = 60.0
    questions_a_second: float = 40.0
    interactions_a_second: float = 20.0
    autocompletes_a_second: float = 5.0
    people: int = 400
    channels: int = 100
    servers: int = 4
    calm: float = 3.0
    patience: float = 45.0
    chaos: Chaos | None = None
    settings: Mapping[str, str] = field(default_factory=lambda: {"QUESTIONS_A_MINUTE": "12"})
    limits: RateLimits = field(default_factory=RateLimits)


@dataclass(slots=True)
class Report:
    """What a run comes to. Times in milliseconds, memory in MiB, accounts and readings by what was asked how.

    Attributes:
        own_lag: how late this process woke to ask, which tells what the machine was busy with besides.
        refused: requests answered with 401, 403 or 429.
    """

    plan: Plan
    accounts: dict[str, Account] = field(default_factory=lambda: {way: Account() for way in ways})
    readings: dict[str, Counter[Reading]] = field(default_factory=lambda: {way: Counter() for way in ways})
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
    misread: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    errors_logged: list[str] = field(default_factory=list)

    @property
    def account(self) -> Account:
        """Everything that was asked; what was only typed isn't."""
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


async def run_load(plan: Plan, traffic: Traffic | None = None) -> Report:
    """Ask, wait until everything is settled, and return the account of it."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        mend(folder / "knowledge")
        fake = await stack.enter_async_context(FakeDiscord(rate_limits=plan.limits))
        fake.ledger.keep = 10_000 + round(long_after * (plan.questions_a_second + plan.interactions_a_second))
        channels = add_channels(fake, plan.servers, plan.channels)
        settings = {"KNOWLEDGE_DIR": str(folder / "knowledge"), **plan.settings}
        operator = await stack.enter_async_context(Operator(fake, folder, settings))
        storm = Storm(plan.chaos, fake, operator, folder / "knowledge") if plan.chaos else None
        load = _Load(
            plan=plan,
            traffic=traffic or Traffic(),
            fake=fake,
            channels=channels,
            operator=operator,
            storm=storm,
        )
        await load.run()
        await operator.stop()
        return load.close()


class _Load:
    def __init__(  # noqa: PLR0913 - the parts of a run, each made where it is closed
        self,
        *,
        plan: Plan,
        traffic: Traffic,
        fake: FakeDiscord,
        channels: Sequence[Channel],
        operator: Operator,
        storm: Storm | None,
    ) -> None:
        self._plan = plan
        self._traffic = traffic
        self._fake = fake
        self._operator = operator
        self._storm = storm
        self._chance = random.Random(1)  # noqa: S311 - the same load each time
        self._by_message = Turns(channels, plan.people // plan.servers)
        self._by_interaction = Turns(channels, 0)
        self._questions = {
            channel.id: questions_of_a_channel(traffic, seed=number) for number, channel in enumerate(channels)
        }
        self._kinds = cycle(_mixture)
        self._asked: dict[int, _Asked] = {}
        self._open: set[int] = set()
        self._fates: dict[int, Fate] = {}
        self._answers: deque[tuple[Message, Guild]] = deque(maxlen=200)
        self._report = Report(plan)
        fake.ledger.listen = self._replied

    async def run(self) -> None:
        """Ask everything, and wait for what is still to come."""
        plan = self._plan
        await asyncio.sleep(plan.calm)
        raging = asyncio.create_task(self._storm.rage()) if self._storm else None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._steadily(plan.questions_a_second, self._ask))
                group.create_task(self._steadily(plan.interactions_a_second, self._interact))
                group.create_task(self._steadily(plan.autocompletes_a_second, self._type))
                group.create_task(self._steadily(1.0, self._look))
        finally:
            if raging:
                raging.cancel()
                with suppress(asyncio.CancelledError):
                    await raging
        with suppress(TimeoutError):
            async with asyncio.timeout(plan.patience):
                while self._open:
                    await asyncio.sleep(look_every)
                    await self._look()

    def close(self) -> Report:
        """Return the account."""
        report = self._report
        self._fates |= self._operator.fates(self._open)
        for asked_id in list(self._asked):
            self._settle(asked_id)
        report.lag = self._operator.buckets("tpm_bot_loop_lag_seconds")
        report.retries = self._operator.total("tpm_bot_retries_total")
        report.identifies, report.resumes = self._fake.gateway.identifies, self._fake.gateway.resumes
        report.refused = self._fake.invalid_requests
        report.restarts = len(self._operator.stopping) - 1
        report.problems += [f"Discord would have refused: {violation}" for violation in self._fake.violations]
        report.problems += [f"the bot ended with exit code {code}" for code in self._operator.ends if code]
        report.errors_logged += [line for line in self._operator.log if " ERROR " in line or " CRITICAL " in line]
        return report

    async def _steadily(self, rate: float, act: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(round(rate * self._plan.seconds)):
            due = began + number / rate
            await asyncio.sleep(due - loop.time())
            self._report.own_lag.append(1000 * (loop.time() - due))
            await act()

    async def _ask(self) -> None:
        channel, member = self._by_message.following()
        question = next(self._questions[channel.id])
        asked = await member.asks(channel, question.text)
        self._note(asked.id, _Asked("message", self._fake.ledger.entry(asked), question.expected))

    async def _interact(self) -> None:
        kind = next(self._kinds)
        if kind in ("click", "vote") and self._answers:
            message, guild = self._chance.choice(self._answers)
            prefix = "topic:" if kind == "click" else "vote:up:"
            ids = [button["custom_id"] for button in message.buttons if button.get("custom_id", "").startswith(prefix)]
            if ids:
                custom_id = self._chance.choice(ids)
                member = self._chance.choice([one for one in guild.members.values() if not one.user.bot])
                expected = self._traffic.by_topic[custom_id.removeprefix(prefix)] if kind == "click" else "vote"
                self._begun(await member.forges_click(message, custom_id), expected)
                return
        channel, member = self._by_interaction.following()
        if kind == "faq":
            self._begun(await member.slash(channel, "faq"), self._traffic.listed)
        else:
            question = self._chance.choice(self._traffic.pairs)
            self._begun(await member.slash(channel, "ask", question=question.text), question.expected)

    async def _type(self) -> None:
        channel, member = self._by_interaction.following()
        typed = self._chance.choice(self._traffic.pairs).text[: self._chance.randint(1, 30)]
        interaction = await member.autocomplete(channel, "ask", question=typed)
        entry = self._fake.ledger.entry(interaction)
        self._note(interaction.id, _Asked("autocomplete", entry, "choices", interaction))

    def _begun(self, interaction: Interaction, expected: Expected) -> None:
        entry = self._fake.ledger.entry(interaction)
        self._note(interaction.id, _Asked("interaction", entry, expected, interaction))

    def _note(self, asked_id: int, asked: _Asked) -> None:
        self._asked[asked_id] = asked
        self._open.add(asked_id)

    def _replied(self, asked_id: int) -> None:
        """Read the answer as soon as it is there: the stand-in doesn't keep messages for ever."""
        self._open.discard(asked_id)
        asked = self._asked.get(asked_id)
        if asked is None or asked.reading is not None or not asked.entry.answers:
            return
        reply = asked.interaction.shown if asked.interaction else self._fake.messages[asked.entry.answers[0]]
        asked.reading = read(reply, asked.expected)
        if asked.reading is Reading.wrong and len(self._report.misread) < examples:
            self._report.misread.append(f"{asked.way} {asked_id} reads {reply.text[:200] if reply else None!r}")
        if asked.way == "message" and asked.reading is Reading.full and reply and reply.channel.guild:
            self._answers.append((reply, reply.channel.guild))

    async def _look(self) -> None:
        """Look up what the bot has recorded of what it hasn't answered, and put what is long past to the account."""
        if resident := self._operator.resident_megabytes:
            self._report.resident.append(resident)
        now = self._fake.clock.now()
        late = {asked_id for asked_id in self._open if now - self._asked[asked_id].entry.asked_at > unhurried}
        if late:
            found = self._operator.fates(late)
            self._fates |= found
            # Nothing comes after a fate; nor, to an interaction that wasn't acknowledged, after its 3 s.
            self._open -= {asked_id for asked_id, fate in found.items() if fate.is_closed}
            self._open -= {asked_id for asked_id in late if self._is_dead(self._asked[asked_id])}
        for asked_id in list(self._asked):
            if now - self._asked[asked_id].entry.asked_at < long_after:
                break
            self._settle(asked_id)

    def _settle(self, asked_id: int) -> None:
        asked = self._asked.pop(asked_id)
        entry = asked.entry
        self._open.discard(asked_id)
        case = Case(
            answers=len(entry.answers) + (len(asked.interaction.followups) if asked.interaction else 0),
            emojis=frozenset(entry.emojis),
            slowed_down=asked.reading is Reading.slow_down,
            fate=self._fates.pop(asked_id, None),
            excuse=self._excuse(asked),
        )
        self._report.accounts[asked.way].add(case)
        self._report.readings[asked.way][asked.reading or Reading.none] += 1
        if entry.seconds is not None and asked.way == "message":
            self._report.latencies.append(1000 * entry.seconds)
        if entry.seconds_to_acknowledge is not None and asked.way == "interaction":
            self._report.acknowledged.append(1000 * entry.seconds_to_acknowledge)

    def _excuse(self, asked: _Asked) -> str | None:
        """Return why the stand-in knows that an interaction couldn't be answered; for a message nothing excuses."""
        at = asked.entry.asked_at
        if asked.interaction is None:
            return None
        if not asked.entry.heard:
            return account.nobody_connected
        if self._storm and any(0 <= cut - at <= near for cut in self._storm.cuts):
            return account.cut_meanwhile
        if any(began - near <= at <= ended for began, ended in self._operator.stopping):
            return account.stopping
        if asked.entry.struck_at and asked.entry.struck_at[-1] - at > window - 1.0:
            return account.struck
        return None

    def _is_dead(self, asked: _Asked) -> bool:
        return asked.interaction is not None and asked.entry.acknowledged_at is None
