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


def syntax_fault(error: yaml.YAMLError, text: str, file: str) -> Fault:
    """Say what stopped the parser, where to look, and what for."""
    context = getattr(error, "context", None) or ""
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be parsed"
    # What was opened and never closed is at fault where it starts; anything else, where the parser gave up.
    is_open = "end of stream" in reason or "expected ':'" in reason or "flow" in context
    mark = getattr(error, "context_mark" if is_open else "problem_mark", None)
    lines = LINE_BREAK.split(text.rstrip("\r\n"))
    number = min(mark.line + 1, len(lines)) if mark else 1
    line = lines[number - 1]
    if "nesting depth" in reason:  # libyaml has its own limit, and may read far ahead of the events it reports
        mark = getattr(error, "problem_mark", None)
        return nesting_fault(mark.line + 1 if mark else 1, file)
    if "quoted scalar" in context and "end of stream" in reason:
        return quote_fault(number, file)
    if _CURLY_IN_FRONT.search(line):
        return curly_quote_fault(number, file)
    told = " ".join(filter(None, [reason, context]))
    is_misfit = "\t" in line or any(misfit in reason for misfit in _MISFITS)
    if is_misfit:
        remedy = "Compare its indentation with its neighbors', then look for a missing quote, colon or space."
        if "\t" in line:
            remedy = "There's a tab on this line: replace it with spaces."
        return Fault(file, number, f"This line or the one above doesn't fit the lines around it ({told}).", remedy)
    remedy = (
        "Look on this line and the one above for a missing quote, colon or space. Text needs quotes if it contains "
        "': ' or ' #', or starts with one of @ ` % & * ! [ { ' \"."
    )
    return Fault(file, number, f"This isn't valid YAML: {told}.", remedy)


def quote_fault(line: int, file: str) -> Fault:
    """Report a quote that is opened and not closed."""
    return Fault(file, line, "The quote opened on this line isn't closed.", "Add a quote where the text ends.")


def curly_quote_fault(line: int, file: str) -> Fault:
    """Report the quotes a word processor makes."""
    return Fault(file, line, "YAML doesn't understand curly quotes.", 'Use straight ones: ".')


def nesting_fault(line: int, file: str) -> Fault:
    """Report lists and mappings nested too deeply."""
    return Fault(file, line, f"This is nested more than {MAX_NESTING} levels deep.", "Flatten the structure.")
