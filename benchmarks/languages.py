"""Measure how often the language of a question is found: `python -m benchmarks.languages --evaluation DIR`.

Print a Markdown table, and the texts that were taken for another language. `languages.jsonl` beside this file has
questions of its own, most of them shorter than five words: half of them were looked at while the detector was tuned,
the other half was written afterwards and asked once. DIR may hold more: `languages.jsonl`, and English questions in
`real-wording.jsonl`, `real-wording-typos.jsonl`, and `communities/*/questions.jsonl`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from bot.language.detection import Detector
from bot.language.languages import ENGLISH, SPOKEN, Language, by_own_code, primary
from bot.language.latin import LatinLanguages
from bot.matching.text import clean

OWN = Path(__file__).parent / "languages.jsonl"
UNSPOKEN = "others"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the language it is asked in."""

    source: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a question was taken for, and how long that took in milliseconds."""

    asked: Asked
    language: Language
    time: float

    @property
    def is_right(self) -> bool:
        """Return whether the language was found; of two that aren't spoken, one is as good as the other."""
        return _row(self.language) == _row(self.asked.language)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluation", type=Path, help="a folder with more questions")
    arguments = parser.parse_args()
    print(report(detect_all([*read_own(), *(read_others(arguments.evaluation) if arguments.evaluation else ())])))


def read_own() -> Iterator[Asked]:
    """Yield the questions beside this file."""
    for row in _rows(OWN):
        yield Asked(f"short, {row['part']}", row["text"], row["language"])


def read_others(folder: Path) -> Iterator[Asked]:
    """Yield the questions of an evaluation folder."""
    files = (folder / "languages.jsonl", folder / "real-wording.jsonl", folder / "real-wording-typos.jsonl")
    for file in (*files, *sorted(folder.glob("communities/*/questions.jsonl"))):
        source = file.stem if file.stem != "questions" else "communities"
        for row in _rows(file):
            yield Asked(source, row["text"], row.get("lang", ENGLISH))


def detect_all(questions: list[Asked]) -> list[Found]:
    """Find the language of every question."""
    detector = Detector(latin=LatinLanguages())
    detector.detect("what is it", home=ENGLISH, spoken=by_own_code(SPOKEN))  # loads the model
    return [_detect(detector, asked) for asked in questions]


def report(found: list[Found]) -> str:
    """Return how many languages were found, by source and language, then what was taken for another."""
    lines = ["| questions | language | found | |", "| --- | --- | --- | --- |"]
    for source, language in dict.fromkeys((each.asked.source, _row(each.asked.language)) for each in found):
        here = [each for each in found if (each.asked.source, _row(each.asked.language)) == (source, language)]
        right = sum(each.is_right for each in here)
        lines.append(f"| {source} | {language} | {right} of {len(here)} | {right / len(here):.1%} |")
    times = [each.time for each in found]
    lines += ["", f"Half take {np.median(times):.2f} ms, 99% less than {np.percentile(times, 99):.2f} ms.", ""]
    wrong = [each for each in found if not each.is_right]
    lines += [f"- {each.asked.source}, {each.asked.language} → {each.language}: {each.asked.text}" for each in wrong]
    return "\n".join(lines)


def _detect(detector: Detector, asked: Asked) -> Found:
    text = clean(asked.text)
    start = perf_counter()
    language = detector.detect(text, home=ENGLISH, spoken=by_own_code(SPOKEN))
    return Found(asked, language, 1000 * (perf_counter() - start))


def _row(language: str) -> str:
    """Return the language as the table has it."""
    own = primary(language)
    return own if own in set(map(primary, SPOKEN)) else UNSPOKEN


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


if __name__ == "__main__":
    main()
