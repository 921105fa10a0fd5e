"""Explain what is wrong with a file's values, in words for someone who edits YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from bot.knowledge.faults import Fault, shown
from bot.knowledge.file_format import (
    DISCORD_ID_PATTERN,
    EMOJI_PATTERN,
    HTTPS_PATTERN,
    ID_PATTERN,
    IMAGE_PATTERN,
    LINE_PATTERN,
    LINK_PATTERN,
)
from bot.knowledge.translation_format import VERSION_PATTERN
from bot.knowledge.yaml_document import Document, Location, Unusable

_SPACES = "Compare it and its indentation with its neighbors."
_EMPTY = ("{name} is empty.", "Fill it in or remove the key.")
# What pydantic finds, in words for someone who edits YAML: the problem and the remedy.
_EXPLANATIONS = {
    "missing": ("{name} is missing.", "Add it to {parent}."),
    "extra_forbidden": ("There's no key {key} here.", "Fix its spelling or remove it."),
    "string_type": ("{name} isn't text.", "If it contains ': ' or ' #', or starts with a symbol, put it in quotes."),
    "string_too_short": _EMPTY,
    "string_too_long": ("{name} has {length} characters.", "Shorten it to {max_length}."),
    "unwritten": ("{name} hasn't been written yet.", "Write it or remove the entry."),
    "too_short": ("{name} has no items.", "Add at least one."),
    "too_long": ("{name} has {actual_length} items.", "Keep at most {max_length}."),
    "bool_type": ("{name} is neither true nor false.", "Write true or false, without quotes."),
    "date_type": ("{name} isn't a date.", "Write it as year-month-day without quotes, such as 2026-11-22."),
    "list_type": ("{name} isn't a list.", f"Start each item with a hyphen and a space. {_SPACES}"),
    "dict_type": ("{name} isn't a mapping.", f"Write a key, a colon and a space before each value. {_SPACES}"),
    "model_type": ("{name} isn't a mapping.", f"Write a key, a colon and a space before each value. {_SPACES}"),
    "no_answer": ("{name} has no text and no items.", "Add one of them."),
    "two_answers": (
        "{name} is the job description but has a heading, text or items of its own.",
        "Move them to another section, or remove the job_description line.",
    ),
    "answer_too_long": ("{name}: text and items together have {length} characters.", "Shorten it to {max_length}."),
    ID_PATTERN: (
        "The id {value} can't be used.",
        "Use lowercase letters, digits and single hyphens, such as tpm-vs-pm.",
    ),
    LINE_PATTERN: ("{name} has more than one line.", "Write it on one line, or after >-, which joins lines."),
    LINK_PATTERN: ("{name} isn't a web address.", "Start it with https:// and leave out spaces and brackets."),
    HTTPS_PATTERN: ("{name} isn't an https address.", "Start it with https://, and leave out spaces."),
    IMAGE_PATTERN: (
        "{name} is neither a file nor an https address.",
        "Write the path from this folder, such as images/map.png, or an address that starts with https://.",
    ),
    EMOJI_PATTERN: ("{name} isn't an emoji.", "Paste just one, in quotes."),
    DISCORD_ID_PATTERN: (
        "{name} isn't an id of Discord's.",
        "Switch on Developer Mode in Discord, right-click the server or channel, and choose Copy ID.",
    ),
    "half_translated": (
        "{name} isn't fully translated: it has no {lacking}.",
        "Add that, or remove all but its phrasings.",
    ),
    VERSION_PATTERN: (
        "{name} isn't a valid version.",
        "Remove this part and run tpm-bot check, which says what to write.",
    ),
    "unknown_manners": ("There are no manners called {value}.", "{remedy}"),
    "unknown_placeholder": ("{name} has {it} in it, which isn't a placeholder.", "{remedy}"),
    "anything else": ("{name} isn't what belongs here.", _SPACES),
}


def format_faults(error: ValidationError, document: Document) -> Iterator[Fault]:
    """Yield what pydantic found in a document."""
    for detail in error.errors(include_url=False):
        location, kind, value = detail["loc"], detail["type"], detail["input"]
        if location[-1:] == ("[key]",) and location not in document.lines:  # pydantic's name for the key itself
            location = location[:-1]
        if value is Unusable.REFUSED and kind != "extra_forbidden":
            continue
        problem, remedy = _explanation(kind, location, value, detail.get("ctx", {}), document)
        yield Fault(document.file, document.line(location), problem, remedy)


def _explanation(
    kind: str, location: Location, value: object, context: Mapping[str, Any], document: Document
) -> tuple[str, str]:
    written = shown(document.written.get(location, ""))
    facts = {
        "name": _name(location),
        "parent": _path(location[:-1]),
        "key": _path(location[-1:]),
        "value": shown(str(value)),
        "length": len(value) if isinstance(value, str) else 0,
        **context,
    }
    if kind == "string_too_long" and location[-1:] == ("reaction",):
        kind, context = "string_pattern_mismatch", {"pattern": EMOJI_PATTERN}
    if value is None and kind != "extra_forbidden":
        problem, remedy = _EMPTY
    elif kind == "string_type" and written:
        problem, remedy = "{name}: YAML doesn't read {written} as text.", 'Put it in quotes: "{written}"'
        facts["written"] = written
    else:
        key = context["pattern"] if kind == "string_pattern_mismatch" else kind
        problem, remedy = _EXPLANATIONS.get(key, _EXPLANATIONS["anything else"])
    return problem.format_map(facts), remedy.format_map(facts)


def _name(location: Location) -> str:
    """Return the start of a sentence about a value; people count items from 1."""
    if not location:
        return "The file"
    *around, last = location
    if isinstance(last, int):
        return f"The {_ordinal(last + 1)} item of {_path(tuple(around))}"
    return f"The key {_path(location)}"


def _path(location: Location) -> str:
    return shown(".".join(map(str, location))) or "the file"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
