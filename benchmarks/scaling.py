"""Time and memory as the knowledge grows: `python -m benchmarks.scaling 10000 FILE` measures one size, as JSON."""

from __future__ import annotations

import argparse
import gc
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import accumulate, islice, zip_longest
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from bot.answering import Answering
from bot.authoring.evaluation import read_questions
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic
from bot.matching.lexicon import Lexicon
from bot.matching.matcher import Matcher
from bot.matching.text import clean, words

SIZES = (10, 1_000, 10_000, 100_000)  # phrasings
PHRASINGS_PER_ENTRY = 75
WORDS_PER_ENTRY = 40  # that an entry's questions turn on
OWN_WORD_SHARE = 0.8  # of the words changed in a phrasing; the rest come from the whole vocabulary
VOCABULARY_SIZE = 20_000
TYPO_SHARE = 0.2  # of the questions made up
_SYLLABLES = (
    "ba be bi bo bu ca co cu da de di do du fa fe fi fo ga ge go ha he hi ho la le li lo lu ma me mi mo mu na ne ni no "
    "nu pa pe pi po pra pro ra re ri ro sa se si so sta ste sto su ta te ti to tra tri tu va ve vi vo za ze"
).split()
_ENDS = ("", "", "n", "r", "s", "t", "l", "nd", "nt", "rk", "x", "ck")


@dataclass(frozen=True, slots=True)
class Scaling:
    """What one size of knowledge costs. Times are in milliseconds unless they say seconds, memory in MiB."""

    phrasings: int
    entries: int
    p50: float
    p99: float
    build_seconds: float
    peak_memory: float
    memory_before: float
    """Peak memory before the matcher was built: Python, the libraries, the knowledge itself."""
    wratio_p50: float


def measure_in_subprocesses(questions: Path) -> tuple[Scaling, ...]:
    """Measure each size in a process of its own, so that memory is counted apart."""
    results: list[Scaling] = []
    for size in SIZES:
        command = [sys.executable, "-m", "benchmarks.scaling", str(size), str(questions)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
        results.append(Scaling(**json.loads(printed)))
        print(f"{size} phrasings: p50 {results[-1].p50:.2f} ms")
    return tuple(results)


def measure(size: int, questions: Path) -> Scaling:
    """Build a matcher for so many phrasings and ask it real questions and made-up ones, mistyped ones among them."""
    shipped = load_knowledge()
    knowledge = resized(shipped, size)
    real = [question.text for question in read_questions(questions)]
    rng = random.Random(2)  # noqa: S311
    asked = rng.sample(real, min(150, len(real))) + made_up_questions(knowledge, rng, count=150)
    gc.collect()
    memory_before = _peak_memory()
    began = perf_counter()
    answering = Answering(knowledge=knowledge, matcher=Matcher(knowledge))
    build_seconds = perf_counter() - began
    milliseconds = [time_of(partial(answering.answer, text), passes=5) for text in asked]
    peak = _peak_memory()
    owners = _owners(knowledge)
    texts = [default_process(clean(phrasing)) for owner in owners for phrasing in owner.phrasings]

    def extract_one(text: str) -> object:
        return process.extractOne(default_process(clean(text)), texts, scorer=fuzz.WRatio)

    few = rng.sample(asked, min(30, len(asked)))
    wratio = [time_of(partial(extract_one, text), passes=1) for text in few]
    return Scaling(
        phrasings=len(texts),
        entries=len(knowledge.entries),
        p50=float(np.percentile(milliseconds, 50)),
        p99=float(np.percentile(milliseconds, 99)),
        build_seconds=build_seconds,
        peak_memory=peak,
        memory_before=memory_before,
        wratio_p50=median(wratio),
    )


def time_of(work: Callable[[], object], *, passes: int) -> float:
    """Return the median time of doing something, in milliseconds."""
    times = []
    for _ in range(passes):
        began = perf_counter()
        work()
        times.append(1000 * (perf_counter() - began))
    return median(times)


def resized(knowledge: KnowledgeBase, size: int) -> KnowledgeBase:
    """Return knowledge with so many phrasings: fewer of each owner's, or all of them and new entries."""
    owners = _owners(knowledge)
    total = sum(len(owner.phrasings) for owner in owners)
    if size >= total:
        rng = random.Random(1)  # noqa: S311
        return replace(
            knowledge, entries=(*knowledge.entries, *islice(_new_entries(knowledge, rng, size - total), size))
        )
    turns = zip_longest(*([(owner.id, phrasing) for phrasing in owner.phrasings] for owner in owners))
    kept: dict[str, list[str]] = {}
    for id_, phrasing in islice((pair for turn in turns for pair in turn if pair), size):
        kept.setdefault(id_, []).append(phrasing)
    return replace(
        knowledge,
        entries=tuple(replace(e, phrasings=tuple(kept[e.id]), related=()) for e in knowledge.entries if e.id in kept),
        off_topics=tuple(replace(o, phrasings=tuple(kept[o.id])) for o in knowledge.off_topics if o.id in kept),
    )


def made_up_questions(knowledge: KnowledgeBase, rng: random.Random, *, count: int) -> list[str]:
    """Return phrasings with one word gone, some of them with a typo: near to what is known, but never the same."""
    owners = _owners(knowledge)
    questions = []
    for _ in range(count):
        spelled = rng.choice(rng.choice(owners).phrasings).split()
        if len(spelled) > 3:
            del spelled[rng.randrange(len(spelled))]
        if rng.random() < TYPO_SHARE:
            place = max(range(len(spelled)), key=lambda position: len(spelled[position]))
            spelled[place] = _mistyped(spelled[place], rng)
        questions.append(" ".join(spelled))
    return questions


def _owners(knowledge: KnowledgeBase) -> list[Entry | OffTopic]:
    return [*knowledge.entries, *knowledge.off_topics]


def _mistyped(word: str, rng: random.Random) -> str:
    place = rng.randrange(max(1, len(word) - 1))
    return word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :]


def _new_entries(knowledge: KnowledgeBase, rng: random.Random, phrasing_count: int) -> Iterator[Entry]:
    """Make up entries: shipped phrasings whose content words are exchanged for new words, common ones more often.

    Words are as frequent as Zipf's law has it, over the whole vocabulary and again within an entry.
    """
    shipped = [clean(phrasing) for entry in knowledge.entries for phrasing in entry.phrasings]
    lexicon = Lexicon({}, shipped)
    is_content = {term.typed for reading in lexicon.texts for term in reading.content}
    shapes = [[word if word not in is_content else None for word in words(text)] for text in shipped]
    vocabulary = _new_words(rng, VOCABULARY_SIZE)
    everywhere, within = _zipf(VOCABULARY_SIZE), _zipf(WORDS_PER_ENTRY)
    for number, first in enumerate(range(0, phrasing_count, PHRASINGS_PER_ENTRY)):
        own = rng.choices(vocabulary, cum_weights=everywhere, k=WORDS_PER_ENTRY)
        phrasings = []
        for _ in range(min(PHRASINGS_PER_ENTRY, phrasing_count - first)):
            shape = rng.choice(shapes)
            new = iter(
                rng.choices(own, cum_weights=within)[0]
                if rng.random() < OWN_WORD_SHARE
                else rng.choices(vocabulary, cum_weights=everywhere)[0]
                for _ in shape
            )
            phrasings.append(" ".join(word or next(new) for word in shape))
        yield replace(knowledge.entries[0], id=f"made-up-{number}", phrasings=tuple(phrasings), related=())


def _new_words(rng: random.Random, count: int) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < count:
        syllables = rng.choices(_SYLLABLES, k=rng.choice((1, 2, 2, 2, 3, 3, 4)))
        made["".join(syllables) + rng.choice(_ENDS)] = None
    return list(made)


def _zipf(count: int) -> Sequence[float]:
    weights: Iterable[float] = (1 / rank for rank in range(1, count + 1))
    return list(accumulate(weights))


def _peak_memory() -> float:
    # getrusage() would count the process that started this one too, from before this program replaced it.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int, help="how many phrasings")
    parser.add_argument("questions", type=Path, help="labeled questions to ask, as JSON Lines")
    arguments = parser.parse_args()
    print(json.dumps(asdict(measure(arguments.size, arguments.questions))))
