"""What a knowledge folder's files look like at a moment: to notice an edit, and one that was cut off."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.file_content import Stamps, content_of
from bot.knowledge.file_content import stamps_of as stamps_of_files
from bot.knowledge.file_format import FORMATS
from bot.knowledge.translations import translation_names


@dataclass(frozen=True, slots=True)
class Ending:
    """How a file ends, ignoring empty lines."""

    lines: int
    last_line: bytes
    is_finished: bool  # with a line break


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stamps of a folder's files, and the endings of those that can be read, by name."""

    folder: Path
    stamps: Stamps
    endings: Mapping[str, Ending]


def stamps_of(folder: Path) -> Stamps:
    """Return something that differs once one of the knowledge files has been written, replaced or removed."""
    names = _names(folder)
    return names, stamps_of_files(folder, names)


def _names(folder: Path) -> tuple[str, ...]:
    return (*FORMATS, *translation_names(folder))


def take_snapshot(folder: Path) -> Snapshot:
    """Look at the files; if the stamps are the same later, everything read in between is from one moment."""
    stamps = stamps_of(folder)
    endings: dict[str, Ending] = {}
    for name in _names(folder):
        with contextlib.suppress(OSError):  # loading it reports why
            endings[name] = ending_of(content_of(folder / name))
    return Snapshot(folder, stamps, endings)


def ending_of(content: bytes) -> Ending:
    """Return how a file with this content ends."""
    text = content.rstrip()
    return Ending(text.count(b"\n") + 1, text.rpartition(b"\n")[2], content.endswith((b"\n", b"\r")))


def cut_off(before: Snapshot, now: Snapshot) -> str:
    """Say which file looks as if its end is missing or still being written; return nothing if none does.

    That is a file whose last line is new, and is unfinished or comes after fewer lines than before. This finds every
    cut except: after a line equal to the last one; between two lines, if the same edit added at least as many lines as
    the cut removed; and within a last line that was unfinished before.
    """
    for name, ending in now.endings.items():
        earlier = before.endings.get(name, ending)
        if ending.last_line == earlier.last_line:
            continue
        if earlier.is_finished and not ending.is_finished:
            return f"{name} ends mid-line, as if it were half-written. If it's complete, end it with a line break."
        if ending.lines < earlier.lines:
            return (
                f"{name} has {ending.lines} lines instead of {earlier.lines} and a new ending, as if it were cut off. "
                "If that's on purpose, use /manage reload."
            )
    return ""
