"""Who runs the bot under load: starts it, ends it, starts it again, and reads its metrics and its claims."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from benchmarks.delivery.excuses import Ending
from benchmarks.delivery.processes import Starting, run_ours
from bot.storage.resolutions import Resolution
from bot_process import BotProcess, free_port
from fake_discord import FakeDiscord

_SAMPLE = re.compile(r"^(tpm_bot_\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
_BOUND = re.compile(r'le="([^"]+)"')


class Operator:
    """Keep one bot running in a folder.

    `endings` are those of its processes so far; `ends` are the exit codes of those that weren't killed.
    """

    def __init__(
        self, fake: FakeDiscord, folder: Path, settings: Mapping[str, str], *, starting: Starting = run_ours
    ) -> None:
        self._fake = fake
        self._starting = starting
        self._folder = folder
        self._monitoring = f"127.0.0.1:{free_port()}"
        self._settings = {"MONITORING_ADDRESS": self._monitoring, **settings}
        self._stack = AsyncExitStack()
        self._samples: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._bot: BotProcess | None = None
        self.ends: list[int] = []
        self.log: list[str] = []
        self.endings: list[Ending] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @property
    def database(self) -> Path:
        """Where the bot's database is."""
        return self._folder / "data" / "bot.db"

    @property
    def resident_megabytes(self) -> float | None:
        """How much memory the bot holds, if it runs now."""
        return self._bot.resident_megabytes() if self._bot else None

    async def start(self) -> None:
        """Start the bot and wait until it is connected."""
        self._bot = await self._stack.enter_async_context(self._starting(self._folder, self._fake, self._settings))

    async def ready(self, *, patience: float) -> None:
        """Wait until the bot knows all its servers."""
        assert self._bot is not None
        await self._bot.logged("Ready as", patience=patience)

    async def stop(self) -> None:
        """End the bot with SIGTERM and wait until it is gone."""
        await self.read_metrics()
        began = self._fake.clock.now()
        bot = self._ending()
        self.ends.append(await bot.stop())
        await self._note_end(bot, began, by_kill=False)

    async def kill(self) -> None:
        """End the bot with SIGKILL."""
        await self.read_metrics()
        began = self._fake.clock.now()
        bot = self._ending()
        await bot.abandon()
        await self._note_end(bot, began, by_kill=True)

    def _ending(self) -> BotProcess:
        assert self._bot is not None
        bot, self._bot = self._bot, None
        return bot

    async def _note_end(self, bot: BotProcess, began: float, *, by_kill: bool) -> None:
        self.endings.append(Ending(began, self._fake.clock.now(), by_kill=by_kill))
        self.log += bot.lines
        await self._stack.aclose()

    async def read_metrics(self) -> None:
        """Add what the process has counted to what those before it did; nothing if it serves no metrics."""
        try:
            async with aiohttp.ClientSession() as session, session.get(f"http://{self._monitoring}/metrics") as answer:
                text = await answer.text() if answer.ok else ""
        except aiohttp.ClientError:
            text = ""
        for name, labels, value in _SAMPLE.findall(text):
            self._samples[name, labels] += float(value)

    def total(self, name: str) -> float:
        """Return the sum of a counter over its labels."""
        return sum(value for (sample, _), value in self._samples.items() if sample == name)

    def buckets(self, name: str) -> list[tuple[float, float]]:
        """Return a histogram's upper bounds with how many values don't exceed them."""
        counts: defaultdict[float, float] = defaultdict(float)
        for (sample, labels), value in self._samples.items():
            if sample == f"{name}_bucket" and (bound := _BOUND.search(labels)):
                counts[float(bound[1])] += value
        return sorted(counts.items())

    def endings_of(self, _server_id: int) -> Sequence[Ending]:
        """Return the endings of the processes that a server's events went to."""
        return self.endings

    @property
    def restarts(self) -> int:
        """How often the bot was started again; one start has no end yet, or no start after it."""
        return max(0, len(self.endings) - 1)

    @property
    def pid(self) -> int | None:
        """The id of the process, if one runs now."""
        return self._bot.pid if self._bot else None

    async def resolutions(self, asked: Iterable[int]) -> dict[int, Resolution]:
        """Return what the bot has recorded of questions; nothing if it records nothing."""
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
                rows = database.execute("SELECT message_id, fate FROM claims WHERE fate IS NOT NULL").fetchall()
        except sqlite3.OperationalError:
            return {}
        wanted = set(asked)
        return {message_id: Resolution(resolution) for message_id, resolution in rows if message_id in wanted}
