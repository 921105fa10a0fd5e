"""Ask questions one by one or many at a time, and wait for each reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import repeat

from benchmarks.delivery.traffic import Crowd, Question, shown_in
from fake_discord import Channel, FakeDiscord, Message

IN_FLIGHT = 50
PATIENCE = 30.0  # seconds for one reply

Following = Callable[[], tuple[Channel, Question]]
"""Returns where to ask next, and what."""


def is_full(reply: Message, question: Question) -> bool:
    """Return whether a reply shows all that it should."""
    return shown_in(reply) == question.expected


class Asking:
    """Ask a bot. `asked` counts the questions, `full` the replies that show what they should.

    Args:
        following: where to ask next, and what.
        is_full: whether a reply shows what it should.
        log: what the bot says, to be told if a reply doesn't come.
    """

    def __init__(
        self,
        fake: FakeDiscord,
        following: Following,
        *,
        is_full: Callable[[Message, Question], bool] = is_full,
        log: Callable[[], str] = lambda: "",
    ) -> None:
        self.asked = 0
        self.full = 0
        self._fake = fake
        self._following = following
        self._is_full = is_full
        self._log = log
        self._crowd = Crowd()
        self._open: dict[int, tuple[Question, asyncio.Future[float]]] = {}
        fake.ledger.listen = self._replied

    def follow(self, following: Following) -> None:
        """Ask elsewhere from now on."""
        self._following = following

    async def ask(self) -> asyncio.Future[float]:
        """Ask the next question; in how many seconds it is answered comes later."""
        channel, question = self._following()
        assert channel.guild is not None
        asked = await self._crowd.somebody(channel.guild).asks(channel, question.text)
        coming: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._open[asked.id] = question, coming
        self.asked += 1
        return coming

    async def reply(self, coming: asyncio.Future[float]) -> float:
        """Wait for a reply; raise AssertionError if it takes too long."""
        try:
            return await asyncio.wait_for(coming, PATIENCE)
        except TimeoutError:
            raise AssertionError(f"a question without a reply; the log:\n{self._log()}") from None

    async def flood(self, count: int) -> float:
        """Keep questions in flight until so many are answered; return how many seconds that took."""
        loop = asyncio.get_running_loop()
        left, began = iter(range(count)), loop.time()
        await asyncio.gather(*map(self._one_after_another, repeat(left, min(IN_FLIGHT, count))))
        return loop.time() - began

    async def _one_after_another(self, left: Iterator[int]) -> None:
        for _ in left:
            await self.reply(await self.ask())

    def _replied(self, asked: int) -> None:
        question, coming = self._open.pop(asked, (None, None))
        entry = self._fake.ledger.entries[asked]
        if question is None or coming is None or not entry.answers:
            return
        self.full += self._is_full(self._fake.messages[entry.answers[0]], question)
        if not coming.done():
            coming.set_result(entry.seconds or 0.0)
