"""Print text in lines that a terminal has room for, and that other programs can read."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

MIN_WIDTH = 20  # columns of text, however narrow the terminal


def print_paragraph(console: Console, text: str | Text, *, indent: str = "", hanging: str = "  ") -> None:
    """Print text, wrapped between words in a terminal; elsewhere it stays on one line, for `grep` and the like.

    `hanging` goes before all lines but the first, after the indent.
    """
    paragraph = Text(text) if isinstance(text, str) else text
    if not console.is_terminal:
        console.print(Text(indent) + paragraph, soft_wrap=True)
        return
    width = max(MIN_WIDTH, console.width - len(indent) - len(hanging))
    for number, line in enumerate(paragraph.wrap(console, width)):
        line.rstrip()
        console.print(Text(indent + (hanging if number else "")) + line, soft_wrap=True)
