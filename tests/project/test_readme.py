from __future__ import annotations

import io
import re
import shlex
from pathlib import Path

import pytest
from rich.console import Console

from bot.answering import Answering
from bot.knowledge.loading import load_knowledge
from bot.matching.matcher import Matcher
from bot.terminal.outcomes import print_outcome

README = Path(__file__).parents[2] / "README.md"
SHOWN = re.compile(
    r"```console\n(?P<command>[^\n]*tpm-bot ask [^\n]*)\n```\n\n```text\n(?P<output>.*?)\n```", re.DOTALL
)
COLUMNS = 96


def transcripts() -> list[tuple[str, str]]:
    """Return each question that the README asks in the terminal, with the output it shows."""
    found = SHOWN.finditer(README.read_text(encoding="utf-8"))
    return [(shlex.split(match["command"])[-1], match["output"]) for match in found]


@pytest.mark.parametrize(("question", "output"), transcripts())
def test_the_readme_shows_what_the_terminal_prints(question: str, output: str) -> None:
    printed = io.StringIO()
    console = Console(file=printed, width=COLUMNS, markup=False, emoji=False, highlight=False)

    knowledge = load_knowledge()
    print_outcome(console, Answering(knowledge=knowledge, matcher=Matcher(knowledge)).answer(question))

    assert [line.rstrip() for line in printed.getvalue().rstrip().splitlines()] == output.splitlines()


def test_the_readme_shows_the_terminal_at_least_once() -> None:
    assert transcripts()
