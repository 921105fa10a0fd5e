"""What the files of a knowledge folder are like at a moment: to notice an edit, and one that was cut off."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.file_content import content_of
from bot.knowledge.file_format import FORMATS

Stamps = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a file ends, empty lines aside."""

    lines: int
    last_line: bytes
    is_finished: bool  # by a line break


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stamps of a folder's files, and the endings of those that can be read, by name."""

    folder: Path
    stamps: Stamps
    endings: Mapping[str, Ending]


def take_snapshot(folder: Path) -> Snapshot:
    """Look at the files; compare the stamps with later ones to be sure that all of it is of one moment."""
    stamps = stamps_of(folder)
    endings: dict[str, Ending] = {}
    for name in FORMATS:
        with contextlib.suppress(OSError):  # whoever loads it will say why
            endings[name] = ending_of(content_of(folder / name))
    return Snapshot(folder, stamps, endings)


def stamps_of(folder: Path) -> Stamps:
    """Return something that differs when one of the files has been written, replaced or removed."""
    found: list[object] = []
    for name in FORMATS:
        try:
            file = os.stat(folder / name)  # noqa: PTH116 - where links lead to
        except OSError as error:
            found.append(error.errno)
        else:
            found.append((file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns))
    return tuple(found)


def ending_of(content: bytes) -> Ending:
    """Return how a file with this content ends."""
    text = content.rstrip()
    return Ending(text.count(b"\n") + 1, text.rpartition(b"\n")[2], content.endswith((b"\n", b"\r")))


def cut_off(before: Snapshot, now: Snapshot) -> str:
    """Say which file looks as if its end were still to be written, or lost; nothing if none does.

    That is one with another last line than before, which is unfinished or has fewer lines before it. So each cut of a
    file is found but for these: after a line that is like the last; between two lines, if the same edit has added as
    many lines as the cut takes or more; and within the last line, if that was unfinished before.
    """
    for name, ending in now.endings.items():
        earlier = before.endings.get(name, ending)
        if ending.last_line == earlier.last_line:
            continue
        if earlier.is_finished and not ending.is_finished:
            return (
                f"{name} ends in the middle of a line, as if it were only half written. If it is complete, end it with "
                "a line break."
            )
        if ending.lines < earlier.lines:
            return (
                f"{name} has {ending.lines} lines instead of {earlier.lines} and another end, as if it were cut off. "
                "If that is meant so, ask the bot to reload."
            )
    return ""
