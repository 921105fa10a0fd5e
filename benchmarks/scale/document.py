"""The part of a document that a command writes, between two marks, in lines as long as those around it."""

from __future__ import annotations

import re
import textwrap

WIDTH = 125  # characters of a line

BEGIN = "<!-- Written by `python -m benchmarks.scale`, up to the next mark; what is written here by hand is lost. -->"
END = "<!-- Up to here. -->"


def with_part(document: str, part: str) -> str:
    """Return a document with another text between its marks.

    Raises:
        ValueError: It doesn't have both marks, once each and in order.
    """
    before, found, rest = document.partition(BEGIN)
    old, ended, after = rest.partition(END)
    if not (found and ended) or BEGIN in rest or END in after:
        raise ValueError(f"The document needs these two lines, once each: {BEGIN} {END}")
    del old
    return f"{before}{BEGIN}\n\n{part.strip()}\n\n{END}{after}"


def wrapped(markdown: str) -> str:
    """Return Markdown with its paragraphs and lists in lines of the right length; tables and headings as they are."""
    return "\n\n".join(map(_wrapped, re.split(r"\n\s*\n", markdown.strip())))


def _wrapped(block: str) -> str:
    if block.startswith(("|", "#")):
        return block
    return "\n".join(map(_filled, re.split(r"\n(?=\d+\. )", block)))


def _filled(text: str) -> str:
    item = re.match(r"\d+\. ", text)
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        subsequent_indent=" " * len(item[0]) if item else "",
        break_long_words=False,
        break_on_hyphens=False,
    )
