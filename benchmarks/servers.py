"""Memory and time of many servers with knowledge of their own: `python -m benchmarks.servers [--encoder]`."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import random
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import yaml

from bot.answering import Answering
from bot.encoders.installed import InstalledEncoders
from bot.knowledge.loading import load_knowledge
from bot.knowledge.server_folders import SERVERS, stamps_of_servers
from bot.library import Library
from bot.matching.english import ranks
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice, Encoders

SERVER_COUNTS = (1, 100, 1_000)
ENTRIES = 18  # of a server, and of the shared knowledge
PHRASINGS = 4  # of an entry, with the question itself
QUESTIONS = (
    "How do I {verb} the {noun}?",
    "what does the {noun} {other} cost",
    "who can {verb} a {noun} for me",
    "is there a {other} for the {noun}",
    "When is the next {noun} {other}?",
    "where do I find the {noun} and its {other}",
)
ANSWER = "Ask the {other} team to {verb} the {noun}. It takes a {other} of two days, and a {noun} may be kept longer."
COMMON_WORDS = slice(500, 12_000)  # of English, the commonest first
WORDS_PER_SERVER = 60
FIRST_SERVER_ID = 100_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Servers:
    """What so many servers cost. Memory is resident, in MiB; times are in milliseconds."""

    servers: int
    before: float
    """Memory with the shared knowledge alone."""
    after: float
    """Memory once each server has been asked something."""
    find: float
    load: float
    """Median of the first question in a server."""
    look: float
    """For edits, at the files of all servers."""

    @property
    def kilobytes_each(self) -> float:
        """Memory per server, in KiB."""
        return 1024 * (self.after - self.before) / self.servers


def measure(count: int, *, encoder: bool) -> Servers:
    """Measure in a process of its own, so that memory is counted apart."""
    with tempfile.TemporaryDirectory() as folder:
        write_knowledge(Path(folder) / "knowledge", count)
        command = [sys.executable, "-m", "benchmarks.servers", "--measure", folder, *(["--encoder"] if encoder else [])]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own
    return Servers(**json.loads(printed))


def write_knowledge(directory: Path, servers: int) -> None:
    """Write shared knowledge and a folder for each server, in words of its own; the same ones every time."""
    _write_faq(directory, 0)
    for number in range(1, servers + 1):
        folder = directory / SERVERS / f"server-{number}"
        _write_faq(folder, number)
        content = {"servers": [str(FIRST_SERVER_ID + number)], "extends": False}
        (folder / "server.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def _write_faq(folder: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - for the same words every time
    words = chance.sample(list(ranks())[COMMON_WORDS], WORDS_PER_SERVER)
    entries = {}
    for number in range(ENTRIES):
        slots = dict(zip(("verb", "noun", "other"), chance.sample(words, 3), strict=True))
        question, *phrasings = (text.format(**slots) for text in chance.sample(QUESTIONS, PHRASINGS))
        entries[f"entry-{number}"] = {
            "question": question,
            "answer": ANSWER.format(**slots),
            "phrasings": phrasings,
        }
    folder.mkdir(parents=True)
    content = {"name": f"The {words[0]} {words[1]} club", "entries": entries}
    (folder / "faq.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


async def _measured(directory: Path, encoders: EncoderChoice) -> Servers:
    knowledge = load_knowledge(directory)
    shared = Answering(knowledge=knowledge, matcher=Matcher(knowledge, encoders=encoders))
    shared.prepare()
    before, began = _resident(), perf_counter()
    library = Library(shared=shared, directory=directory)
    await library.open()
    find, loads = perf_counter() - began, list[float]()
    count = len(stamps_of_servers(directory))
    for number in range(1, count + 1):
        began = perf_counter()
        answering = await library.of_server(FIRST_SERVER_ID + number)
        answering.answer(f"{answering.knowledge.entries[0].question} today")
        loads.append(perf_counter() - began)
    after, began = _resident(), perf_counter()
    stamps_of_servers(directory)
    look = perf_counter() - began
    return Servers(count, before, after, find=1000 * find, load=1000 * median(loads), look=1000 * look)


def _resident() -> float:
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, nargs="+", default=SERVER_COUNTS)
    parser.add_argument("--encoder", action="store_true", help="with the sentence encoders")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        encoders = InstalledEncoders(folder=options.measure / "data") if options.encoder else Encoders()
        print(json.dumps(asdict(asyncio.run(_measured(options.measure / "knowledge", encoders)))))
        return
    print("| servers | memory | each | find all | first question | look for edits |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for count in options.servers:
        found = measure(count, encoder=options.encoder)
        memory = f"{found.before:.0f} → {found.after:.0f} MiB"
        times = " | ".join(f"{value:,.0f} ms" for value in (found.find, found.load, found.look))
        print(f"| {count:,} | {memory} | {found.kilobytes_each:,.0f} KiB | {times} |", flush=True)


if __name__ == "__main__":
    main()
