"""Read one knowledge file in its format, or report everything wrong with it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pydantic import BaseModel, ValidationError

from bot.knowledge.explaining import format_faults
from bot.knowledge.faults import UnreadableError
from bot.knowledge.file_content import decoded, read_file
from bot.knowledge.mending import Reading, unclear_lines, without_slips
from bot.knowledge.yaml_document import parse


def read_part(path: Path, format_: type[BaseModel]) -> Reading:
    """Read a file, as if slips that explain faults hadn't been made."""
    try:
        text = decoded(read_file(path), path.name)
    except UnreadableError as error:
        return Reading(error.faults)
    return without_slips(text, path.name, partial(_read_text, path.name, format_))


def _read_text(file: str, format_: type[BaseModel], text: str) -> Reading:
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
