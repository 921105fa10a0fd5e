"""Explain in plain words why the YAML parser gave up."""

from __future__ import annotations

import re

import yaml

from bot.knowledge.faults import Fault
from bot.knowledge.file_content import LINE_BREAK

MAX_NESTING = 20  # lists and mappings inside one another

_CURLY_IN_FRONT = re.compile("(?:^|[:-])[ ]+[“”„]")
# What the parser says when a line doesn't continue what the lines around it started.
_MISFITS = ("mapping values are not allowed", "expected key", "expected '-'", "expected ':'")


def clear_fault(error: yaml.YAMLError, text: str, file: str) -> Fault | None:
    """Say what stopped the parser, if there is no doubt about it."""
    context, reason = _told(error)
    number = _line(error, text)
    line = LINE_BREAK.split(text)[number - 1]
    if "nesting depth" in reason:  # libyaml has its own limit, and may read far ahead of the events it reports
        return nesting_fault(next(iter(marked_lines(error)), 1), file)
    if "quoted scalar" in context and "end of stream" in reason:
        return quote_fault(number, file)
    if "flow" in context and "did not find expected ','" in reason:
        start, end = "[]" if "sequence" in context else "{}"
        problem = f"A {end} or a comma is missing after the {start} on this line."
        return Fault(file, number, problem, f"Add it, or put text that starts with {start} in quotes.")
    if "block scalar" in context and "comment or line break" in reason:
        problem = "The text has to start on the next line."
        return Fault(file, number, problem, "Move it there. If the | or > is part of it, put all of it in quotes.")
    if _CURLY_IN_FRONT.search(line):
        return curly_quote_fault(number, file)
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return Fault(file, number, "There's a tab at the start of this line.", "Replace it with spaces.")
    return None


def syntax_fault(error: yaml.YAMLError, text: str, file: str) -> Fault:
    """Say where the parser gave up, in its own words, and what to look for."""
    context, reason = _told(error)
    number = _line(error, text)
    told = " ".join(filter(None, [reason, context]))
    if any(misfit in reason for misfit in _MISFITS):
        remedy = "Compare its indentation with its neighbors', then look for a missing quote, colon or space."
        return Fault(file, number, f"This line or the one above doesn't fit the lines around it ({told}).", remedy)
    remedy = (
        "Look on this line and the one above for a missing quote, colon or space. Text needs quotes if it contains "
        "': ' or ' #', or starts with one of @ ` % & * ! [ { ' \"."
    )
    return Fault(file, number, f"This isn't valid YAML: {told}.", remedy)


def _told(error: yaml.YAMLError) -> tuple[str, str]:
    """Return what the parser was doing and why it gave up, in its own words."""
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be parsed"
    return getattr(error, "context", None) or "", reason


def _line(error: yaml.YAMLError, text: str) -> int:
    """Return where to look: where something was opened that is never closed, or else where the parser gave up."""
    context, reason = _told(error)
    is_open = "end of stream" in reason or "expected ':'" in reason or "flow" in context
    mark = getattr(error, "context_mark" if is_open else "problem_mark", None)
    return min(mark.line + 1, len(LINE_BREAK.split(text.rstrip("\r\n")))) if mark else 1


def marked_lines(error: yaml.YAMLError) -> tuple[int, ...]:
    """Return the lines that an error names: where the parser gave up, and where what it was reading starts."""
    marks = (getattr(error, name, None) for name in ("problem_mark", "context_mark"))
    return tuple(mark.line + 1 for mark in marks if mark)


def quote_fault(line: int, file: str) -> Fault:
    """Report a quote that is opened and not closed."""
    return Fault(file, line, "The quote opened on this line isn't closed.", "Add a quote where the text ends.")


def curly_quote_fault(line: int, file: str) -> Fault:
    """Report the quotes a word processor makes."""
    return Fault(file, line, "YAML doesn't understand curly quotes.", 'Use straight ones: ".')


def nesting_fault(line: int, file: str) -> Fault:
    """Report lists and mappings nested too deeply."""
    return Fault(file, line, f"This is nested more than {MAX_NESTING} levels deep.", "Flatten the structure.")
