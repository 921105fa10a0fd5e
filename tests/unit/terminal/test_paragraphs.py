"""Text fits a terminal, and stays on one line for other programs."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bot.terminal.paragraphs import print_paragraph

WORDS = "faq.yaml:7: The quick brown fox jumps over the lazy dog, again and again, until it's dark."


def printed(width: int, *, terminal: bool, indent: str = "") -> list[str]:
    output = io.StringIO()
    console = Console(file=output, force_terminal=terminal, color_system=None, width=width)
    print_paragraph(console, WORDS, indent=indent)
    return output.getvalue().splitlines()


@pytest.mark.parametrize("width", [30, 60, 80])
def test_a_terminal_gets_lines_that_end_between_words(width: int) -> None:
    lines = printed(width, terminal=True)

    assert max(map(len, lines)) <= width
    assert " ".join(line.strip() for line in lines) == WORDS
    assert all(line.startswith("  ") for line in lines[1:])


def test_an_indent_goes_before_all_lines() -> None:
    assert all(line.startswith("    ") for line in printed(40, terminal=True, indent="    "))


def test_elsewhere_it_is_one_line() -> None:
    assert printed(40, terminal=False) == [WORDS]
