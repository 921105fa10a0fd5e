"""Read one knowledge file in its format, or report everything wrong with it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from bot.knowledge.explaining import format_faults
from bot.knowledge.faults import UnreadableError
from bot.knowledge.file_content import decoded, read_file
from bot.knowledge.file_format import Part
from bot.knowledge.mending import Reading, unclear_lines, without_slips
from bot.knowledge.schemas import key_names
from bot.knowledge.yaml_document import parse


def read_part(path: Path, format_: type[Part], *, file: str | None = None) -> Reading:
    """Read a file, as if slips that explain faults hadn't been made; `file` is what faults call it, if not its name."""
    file = file or path.name
    try:
        text = decoded(read_file(path), file)
    except UnreadableError as error:
        return Reading(tuple(replace(fault, file=file) for fault in error.faults))
    return read_text(text, format_, file)


def read_text(text: str, format_: type[Part], file: str) -> Reading:
    """Read the text of a file like `read_part`."""
    return without_slips(text, file, partial(_read_text, file, format_), partial(key_names, format_))


def _read_text(file: str, format_: type[Part], text: str) -> Reading:
    try:
        document = parse(text, file)
    except UnreadableError as error:
        return Reading(error.faults, near=error.near, stopped_at=next(iter(error.near), None))
    faults, near, part = document.faults, document.unclear, None
    try:
        part = format_.model_validate(document.data)
    except ValidationError as error:
        faults += tuple(format_faults(error, document))
        near += tuple(unclear_lines(error, document, text))
    return Reading(faults, document, part, near)
