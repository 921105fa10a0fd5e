"""Knowledge in a folder that is watched, and what is told of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.answering import Answering
from bot.authoring.snapshot import take_snapshot
from bot.authoring.watching import Kept, KnowledgeWatcher, Patience, Reload, Served
from bot.outcomes import Answered
from lighthouse import answering_from

QUICK = Patience(poll=0.02, quiet=0.02, longest=0.2)
QUESTION = "Does a keeper work at night?"


class Told:
    """What a watcher has reported, to be waited for."""

    def __init__(self) -> None:
        self.outcomes: list[Reload] = []
        self._news = asyncio.Event()

    def __call__(self, outcome: Reload) -> None:
        self.outcomes.append(outcome)
        self._news.set()

    async def until(self, wanted: Callable[[Reload], bool]) -> Reload:
        async with asyncio.timeout(10):
            while True:
                for outcome in self.outcomes:
                    if wanted(outcome):
                        return outcome
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def watched(folder: Path, patience: Patience = QUICK) -> AsyncIterator[tuple[Answering, Told, KnowledgeWatcher]]:
    loaded_from, answering, told = take_snapshot(folder), answering_from(folder), Told()
    watcher = KnowledgeWatcher(answering=answering, loaded_from=loaded_from, report=told, patience=patience)
    watching = asyncio.create_task(watcher.watch())
    try:
        yield answering, told, watcher
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


def edited(folder: Path, word: str) -> str:
    """Return faq.yaml with another word in the answer to `QUESTION`."""
    return (folder / "faq.yaml").read_text(encoding="utf-8").replace("**most** nights", f"{word} nights")


def answer_to(answering: Answering, question: str = QUESTION) -> str:
    outcome = answering.answer(question)
    assert isinstance(outcome, Answered)
    return outcome.answers[0].entry.answer


def is_reloaded(outcome: Reload) -> bool:
    return isinstance(outcome, Served)


def is_kept(outcome: Reload) -> bool:
    return isinstance(outcome, Kept)


def overwrite(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def put_in_place(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}.tmp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def put_in_place_of_the_old_one(file: Path, text: str) -> None:
    file.rename(file.with_name(f"{file.name}~"))
    file.write_text(text, encoding="utf-8")


def put_a_pipe_in_place(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)
