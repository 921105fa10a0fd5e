"""Trace one question through the bot's own code, and count what it takes to follow it.

A question that is easy to follow enters each file once. Run:

    python -m benchmarks.question_path ["Does a TPM need to code?"]
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType

import bot

PACKAGE = Path(bot.__file__).parent
TESTS = PACKAGE.parent / "tests"
TIME_TO_SETTLE = 0.5  # seconds after the reply, in which the bot writes down what became of the question


@dataclass
class Trace:
    """What ran of the bot: functions, and each call from one file into another."""

    calls: Counter[CodeType] = field(default_factory=Counter)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    _seen: dict[int, FrameType] = field(default_factory=dict)
    _background: set[asyncio.Task[object]] = field(default_factory=set)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record calls of this thread, but not of the bot's tasks that already run in the background."""
        self._background = {task for task in _tasks() if _is_the_bots(getattr(task.get_coro(), "cr_code", None))}
        sys.setprofile(self._note)
        try:
            yield
        finally:
            sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _argument: object) -> None:
        if event != "call" or not _is_the_bots(frame.f_code) or id(frame) in self._seen:
            return  # a coroutine that goes on is no new call
        if self._background and _current_task() in self._background:
            return
        self._seen[id(frame)] = frame  # kept, so that no other frame gets its id
        self.calls[frame.f_code] += 1
        caller = _calling_file(frame)
        if caller != _file(frame.f_code):
            self.moves[caller, _file(frame.f_code)] += 1

    def report(self, title: str) -> str:
        """Return the figures, and the files that are entered more than once."""
        files = Counter(_file(code) for code in self.calls)
        entered: Counter[str] = Counter()
        for (_, file), times in self.moves.items():
            entered[file] += times
        again = [(file, times) for file, times in entered.most_common() if times > 1]
        lines = [
            title,
            f"  calls {self.calls.total():,}",
            f"  functions {len(self.calls)}",
            f"  files {len(files)}",
            f"  moves between files {self.moves.total():,}",
            f"  files entered more than once {len(again)}",
            *(f"    {times:>5}  {file}" for file, times in again),
        ]
        return "\n".join(lines)


def trace_answering(question: str) -> Trace:
    """Trace a question from text to outcome."""
    from bot.answering import Answering
    from bot.knowledge.loading import load_knowledge
    from bot.matching.matcher import Matcher

    knowledge = load_knowledge()
    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge))
    answering.answer(question)  # what is made at first use is no part of a question's way
    trace = Trace()
    with trace.recording():
        answering.answer(question)
    return trace


async def trace_mention(question: str) -> Trace:
    """Trace a mention from Discord's event to the reply, in a fake Discord."""
    from faults.in_process import answering_here

    from fake_discord import FakeDiscord

    trace = Trace()
    with tempfile.TemporaryDirectory() as folder:
        async with FakeDiscord() as fake:
            guild = fake.add_guild("Questions")
            channel, mia = guild.add_text_channel("general"), guild.add_member("mia")
            async with answering_here(Path(folder), fake):
                await fake.reply_to(await mia.asks(channel, "Does a TPM need a degree?"))
                await asyncio.sleep(TIME_TO_SETTLE)
                with trace.recording():
                    await fake.reply_to(await mia.asks(channel, question))
                    await asyncio.sleep(TIME_TO_SETTLE)
    return trace


def _tasks() -> set[asyncio.Task[object]]:
    return asyncio.all_tasks() if _current_task() else set()


def _current_task() -> asyncio.Task[object] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no loop runs
        return None


def _calling_file(frame: FrameType) -> str:
    outer = frame.f_back
    while outer is not None and not _is_the_bots(outer.f_code):
        outer = outer.f_back
    return "" if outer is None else _file(outer.f_code)


def _is_the_bots(code: CodeType | None) -> bool:
    return code is not None and code.co_filename.startswith(f"{PACKAGE}{os.sep}")


def _file(code: CodeType) -> str:
    return Path(code.co_filename).relative_to(PACKAGE.parent).as_posix()


def main() -> None:
    """Print both traces."""
    os.environ["ENCODER"] = "off"
    sys.path[:0] = [str(TESTS), str(TESTS / "support"), str(TESTS / "integration")]
    question = " ".join(sys.argv[1:]) or "Does a TPM need to code?"
    print(trace_answering(question).report("From text to outcome"))
    print(asyncio.run(trace_mention(question)).report("From a mention on Discord to the reply"))


if __name__ == "__main__":
    main()
