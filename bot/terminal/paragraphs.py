"""Print text and tables in lines that a terminal has room for, and that other programs can read."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

UNLIMITED = 10_000  # columns, where no terminal sets a limit
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


def width_of(console: Console, table: Table) -> int:
    """Return how many columns a table takes if nothing limits it."""
    return console.measure(table, options=console.options.update(max_width=UNLIMITED)).maximum


def print_table(console: Console, table: Table) -> None:
    """Print a table as wide as it is; in a terminal, as wide as that allows."""
    width = min(width_of(console, table), console.width if console.is_terminal else UNLIMITED)
    for line in console.render_lines(table, console.options.update(width=width), pad=False):
        text = Text.assemble(*((segment.text, segment.style or "") for segment in line))
        text.rstrip()
        console.print(text, soft_wrap=True)
