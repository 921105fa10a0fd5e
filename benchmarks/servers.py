"""Memory and time of many servers with knowledge of their own: `python -m benchmarks.servers [--encoder on]`."""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import numpy as np
import yaml

from bot.answering import Answering
from bot.encoders.installed import InstalledEncoders
from bot.encoders.minilm import MiniLM
from bot.encoders.universal import UniversalSentenceEncoder
from bot.knowledge.loading import load_knowledge
from bot.knowledge.server_folders import SERVERS, stamps_of_servers
from bot.library import Library
from bot.matching.corpus import Floats
from bot.matching.english import words as english_words
from bot.matching.matcher import Matcher
from bot.matching.meaning import EncoderChoice, Encoders

SERVER_COUNTS = (1, 100, 1_000)
ENCODERS = ("off", "on", "random")
"""Random vectors take as much memory as those of the encoders, and no time to make."""
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
LOADED_AGAIN = 20  # servers


@dataclass(frozen=True, slots=True)
class Servers:
    """What so many servers cost. Memory is resident, in MiB; times are the processor's, in milliseconds."""

    servers: int
    before: float
    """Memory with the shared knowledge alone."""
    after: float
    """Memory once each server has been asked something."""
    in_memory: int
    """Servers that weren't dropped for others."""
    counted: float
    """Memory that the bot counts for them, to know when to drop one."""
    find: float
    load: float
    """Median of the first question in a server."""
    again: float
    """The same after a restart, or once it was dropped: its vectors are stored."""
    look: float
    """For edits, at the files of all servers."""

    @property
    def kilobytes_each(self) -> float:
        """Memory per server in memory, in KiB."""
        return 1024 * (self.after - self.before) / self.in_memory


def measure(count: int, *, encoder: str) -> Servers:
    """Measure in a process of its own, so that memory is counted apart."""
    with tempfile.TemporaryDirectory() as folder:
        write_knowledge(Path(folder) / "knowledge", count)
        command = [sys.executable, "-m", "benchmarks.servers", "--measure", folder, "--encoder", encoder]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as the bot sets it
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout  # noqa: S603
    return Servers(**json.loads(printed))


def write_knowledge(directory: Path, servers: int) -> None:
    """Write shared knowledge and a folder for each server, in words of its own; the same ones every time."""
    _write_faq(directory, faq_of(0))
    for number in range(1, servers + 1):
        write_server(directory, FIRST_SERVER_ID + number, faq_of(number))


def write_server(directory: Path, server_id: int, faq: Mapping[str, Any]) -> Path:
    """Write the folder of a server with nothing but its own knowledge, and return it."""
    folder = directory / SERVERS / f"server-{server_id}"
    _write_faq(folder, faq)
    content = {"servers": [str(server_id)], "extends": False}
    (folder / "server.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def faq_of(seed: int) -> dict[str, Any]:
    """Return the content of a faq.yaml in words of its own; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - for the same words every time
    words = chance.sample(_common_words(), WORDS_PER_SERVER)
    entries = {}
    for number in range(ENTRIES):
        slots = dict(zip(("verb", "noun", "other"), chance.sample(words, 3), strict=True))
        question, *phrasings = (text.format(**slots) for text in chance.sample(QUESTIONS, PHRASINGS))
        entries[f"entry-{number}"] = {
            "question": question,
            "answer": ANSWER.format(**slots),
            "phrasings": phrasings,
        }
    return {"name": f"The {words[0]} {words[1]} club", "entries": entries}


@cache
def _common_words() -> list[str]:
    return [word for _, word in english_words()][COMMON_WORDS]


def _write_faq(folder: Path, faq: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True)
    (folder / "faq.yaml").write_text(yaml.safe_dump(faq, sort_keys=False), encoding="utf-8")


async def _measured(directory: Path, encoders: EncoderChoice) -> Servers:
    knowledge = load_knowledge(directory)
    shared = Answering(knowledge=knowledge, matcher=Matcher(knowledge, encoders=encoders))
    shared.prepare()
    shared.answer(f"{knowledge.entries[0].question} today")  # what the first question loads isn't the servers'
    before, began = _resident(), process_time()
    library = Library(shared=shared, directory=directory)
    await library.open()
    find, began = process_time() - began, process_time()
    count = len(stamps_of_servers(directory))
    look = process_time() - began
    loads, loaded = list[float](), list[weakref.ref[Answering]]()
    for number in range(1, count + 1):
        seconds, answering = await _asked(library, number)
        loads.append(seconds)
        loaded.append(weakref.ref(answering))
    del answering
    after = _resident()
    in_memory = [found for each in loaded if (found := each()) is not None]
    restarted = Library(shared=shared, directory=directory)
    await restarted.open()
    again = [(await _asked(restarted, number))[0] for number in range(1, min(count, LOADED_AGAIN) + 1)]
    return Servers(
        servers=count,
        before=before,
        after=after,
        in_memory=len(in_memory),
        counted=sum(found.size for found in in_memory) / 1024**2,
        find=1000 * find,
        load=1000 * median(loads),
        again=1000 * median(again),
        look=1000 * look,
    )


async def _asked(library: Library, number: int) -> tuple[float, Answering]:
    """Ask something in a server; return how many seconds that took, and what answers there."""
    began = process_time()
    answering = await library.of_server(FIRST_SERVER_ID + number)
    answering.answer(f"{answering.knowledge.entries[0].question} today")
    return process_time() - began, answering


def _resident() -> float:
    """Return the resident memory, after giving back what was freed, as the bot does every minute."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


class RandomVectors:
    """Takes the place of an encoder where only how many vectors there are counts."""

    def __init__(self, name: str, dimensions: int) -> None:
        self.name = name
        self._dimensions = dimensions
        self._chance = np.random.default_rng(0)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a unit vector for each text."""
        vectors = self._chance.standard_normal((len(texts), self._dimensions), np.float32)
        unit: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    encode_knowledge = encode


def _encoders(name: str, folder: Path) -> EncoderChoice:
    if name == "on":
        return InstalledEncoders(folder=folder)
    if name == "random":
        models = MiniLM, UniversalSentenceEncoder
        return Encoders(*(RandomVectors(model.name, model.dimensions) for model in models))
    return Encoders()


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, nargs="+", default=SERVER_COUNTS)
    parser.add_argument("--encoder", choices=ENCODERS, default="off", help="what takes vectors of texts")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        encoders = _encoders(options.encoder, options.measure / "data")
        print(json.dumps(asdict(asyncio.run(_measured(options.measure / "knowledge", encoders)))))
        return
    print("| servers | memory | each (counted) | in memory | find all | first question | again | look for edits |")
    print(f"|{' ---: |' * 8}")
    for count in options.servers:
        found = measure(count, encoder=options.encoder)
        memory = f"{found.before:.0f} → {found.after:.0f} MiB"
        each = f"{found.kilobytes_each:,.0f} ({1024 * found.counted / found.in_memory:,.0f}) KiB"
        times = " | ".join(f"{value:,.0f} ms" for value in (found.find, found.load, found.again, found.look))
        print(f"| {count:,} | {memory} | {each} | {found.in_memory:,} | {times} |", flush=True)


if __name__ == "__main__":
    main()
