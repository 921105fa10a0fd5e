"""Find what a YAML file may not hold before anything is built from it, and say in plain words what stops the parser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.knowledge.faults import Fault, UnreadableError, shown
from bot.knowledge.file_content import LINE_BREAK

MAX_NESTING = 20  # lists and mappings inside one another
YAML_TAG = "tag:yaml.org,2002:"

_CONFLICT = re.compile(r"<{7}(?: |$)")
_CURLY_QUOTED = re.compile("[“”„][^“”„]*[“”]")
_CURLY_IN_FRONT = re.compile("(?:^|[:-])[ ]+[“”„]")
_COMMENT = re.compile("[ \t]+(#.*)")
_ITEM = re.compile("[ ]*- ")
_LIKE_NEIGHBOURS = "Give it as many spaces in front as its neighbours have; if it is meant so, put all of it in quotes."
# What the parser says when a line doesn't continue what the lines around it began.
_MISFITS = ("mapping values are not allowed", "expected key", "expected '-'", "expected ':'")


@dataclass(frozen=True, slots=True)
class Refused:
    """What a file may not use: the faults, and where the values with a tag begin (line, column)."""

    faults: list[Fault] = field(default_factory=list)
    tagged: set[tuple[int, int]] = field(default_factory=set)


def refused_constructs(text: str, file: str) -> Refused:
    """Look at the parser's events, before anything is built from them.

    Raises:
        UnreadableError: It isn't YAML, nests deeper than `max_nesting`, or has a second document.
    """
    lines = [*LINE_BREAK.split(text), ""]  # an empty value may stand behind the last one
    _refuse_conflicts(lines, file)
    refused = Refused()
    depth = documents = 0
    quoted = (0, 0)  # lines in which the last text in quotes begins and ends
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            mark: Any = event.start_mark
            end: Any = event.end_mark
            refused.faults.extend(_faults(event, lines, file))
            if getattr(event, "tag", None) is not None:
                refused.tagged.add((mark.line, mark.column))
            if isinstance(event, yaml.ScalarEvent) and event.style in {"'", '"'}:
                quoted = (mark.line, end.line)
            documents += isinstance(event, yaml.DocumentStartEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if documents > 1:
                fault = Fault(file, mark.line + 1, "A second document begins here.", "Remove the line with ---.")
                raise UnreadableError(*refused.faults, fault)
            if depth > MAX_NESTING:
                raise UnreadableError(*refused.faults, _nesting_fault(mark.line + 1, file))
    except yaml.YAMLError as error:
        raise UnreadableError(
            *refused.faults, _unclosed(quoted, error, file) or syntax_fault(error, text, file)
        ) from None
    return refused


def syntax_fault(error: yaml.YAMLError, text: str, file: str) -> Fault:
    """Say what stops the parser, where to look and for what."""
    context = getattr(error, "context", None) or ""
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it can't be parsed"
    if "nesting depth" in problem:  # the parser has a limit of its own, and may read far ahead of what it tells of
        mark = getattr(error, "problem_mark", None)
        return _nesting_fault(mark.line + 1 if mark else 1, file)
    # What was begun and never ended is at fault where it begins; anything else where the parser gave up.
    never_ended = "end of stream" in problem or "expected ':'" in problem or "flow" in context
    mark = getattr(error, "context_mark" if never_ended else "problem_mark", None)
    lines = LINE_BREAK.split(text.rstrip("\r\n"))
    line = min(mark.line + 1, len(lines)) if mark else 1
    if "quoted scalar" in context and "end of stream" in problem:
        return _quote_fault(line, file)
    if _CURLY_IN_FRONT.search(lines[line - 1]):
        return _curly_fault(line, file)
    told = " ".join(filter(None, [problem, context]))
    remedy = "Compare the spaces in front with its neighbours; then look for a missing quote, colon or space."
    if "\t" in lines[line - 1]:
        remedy = "There is a tab in this line: replace it with spaces."
    elif not any(misfit in problem for misfit in _MISFITS):
        remedy = "Look here and one line above for a missing quote, colon or space; text with ': ' or ' #' in it, or "
        remedy += "with one of @ ` % & * ! [ { ' \" in front, needs quotes."
        return Fault(file, line, f"This is not valid YAML: {told}.", remedy)
    problem = f"This line or the one above doesn't fit what stands around it ({told})."
    return Fault(file, line, problem, remedy)


def _refuse_conflicts(lines: Sequence[str], file: str) -> None:
    remedy = "Choose one of the two versions and remove the lines with <<<<<<<, ======= and >>>>>>>."
    if begun := [number for number, line in enumerate(lines, start=1) if _CONFLICT.match(line)]:
        raise UnreadableError(*(Fault(file, line, "Git has left a conflict here.", remedy) for line in begun))


def _faults(event: yaml.Event, lines: Sequence[str], file: str) -> Iterator[Fault]:
    mark: Any = event.start_mark
    for problem in _refusals(event):
        remedy = "Write out what is meant; if it is text, put it in quotes."
        yield Fault(file, mark.line + 1, problem, remedy)
    if isinstance(event, yaml.ScalarEvent) and not event.style and event.implicit[0]:
        yield from _unquoted_text_faults(event, lines, file)


def _refusals(event: yaml.Event) -> Iterator[str]:
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if anchor is not None and isinstance(event, yaml.AliasEvent):
        yield f"The alias *{shown(anchor)} is not allowed."
    elif anchor is not None:
        yield f"The anchor &{shown(anchor)} is not allowed."
    if tag is not None:
        yield f"The tag {shown(tag.replace(YAML_TAG, '!!'))} is not allowed."


def _unquoted_text_faults(event: yaml.ScalarEvent, lines: Sequence[str], file: str) -> Iterator[Fault]:
    """Find text that YAML reads otherwise than it looks: cut off by a comment, with quotes in it, or two items in one.

    A comment behind a date or a yes or no is let pass: of these, nothing can have been cut off.
    """
    first: Any = event.start_mark
    last: Any = event.end_mark
    comment = _COMMENT.match(lines[last.line], last.column)
    if _CURLY_QUOTED.fullmatch(event.value) or (comment and event.value[:1] in set("“”„")):
        yield _curly_fault(first.line + 1, file)
    elif comment and (not event.value or _is_text(event.value)):
        unread = shown(comment[1].rstrip(". "))
        problem = f"Everything after # in this line is a comment, so the bot doesn't read: {unread}."
        yield Fault(file, last.line + 1, problem, "Put the text in quotes, or the comment in a line of its own.")
    for number in range(first.line + 1, last.line + 1):
        if _ITEM.match(lines[number]):
            problem = "This line is read as the end of the one above, not as an item of its own."
            yield Fault(file, number + 1, problem, _LIKE_NEIGHBOURS)


def _is_text(written: str) -> bool:
    tag = yaml.resolver.Resolver().resolve(yaml.ScalarNode, written, (True, False))  # type: ignore[no-untyped-call]
    return str(tag) == f"{YAML_TAG}str"


def _unclosed(quoted: tuple[int, int], error: yaml.YAMLError, file: str) -> Fault | None:
    """Return the fault of a quote that isn't closed, so that YAML takes the next one, lines below, for its end."""
    first, last = quoted
    mark = getattr(error, "problem_mark", None)
    return _quote_fault(first + 1, file) if mark and first < last == mark.line else None


def _quote_fault(line: int, file: str) -> Fault:
    problem = "The quote that begins in this line isn't closed where its text ends."
    return Fault(file, line, problem, "Put another one there.")


def _curly_fault(line: int, file: str) -> Fault:
    return Fault(file, line, "These are curly quotes, which YAML doesn't know.", 'Use " instead.')


def _nesting_fault(line: int, file: str) -> Fault:
    return Fault(file, line, f"More than {MAX_NESTING} levels are nested.", "Flatten the structure.")
