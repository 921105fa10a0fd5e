"""Tell a slip from what follows from it: undo it, and see whether the file is better for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from pydantic import ValidationError

from bot.knowledge.faults import Fault
from bot.knowledge.file_content import LINE_BREAK
from bot.knowledge.slips import Slip, slips_near
from bot.knowledge.yaml_document import Document

MAX_SLIPS = 20  # told of one file
MAX_READ = 5_000_000  # characters read in looking for them
MIN_PROGRESS = 4  # lines that can be read once a line is moved, if others can't
MAX_LINES_SEARCHED = 4  # for the slip behind the faults


# Faults that may only follow from a slip, as pydantic calls them.
_UNCLEAR = {"missing", "extra_forbidden", "list_type", "dict_type", "model_type"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be read of a file, and every fault.

    `part` is its content in its format, unless that has faults. `near` names the lines where a slip may be behind them,
    and `stopped_at` the one where the parser gave up, if it did.
    """

    faults: tuple[Fault, ...]
    document: Document | None = None
    part: Any = None
    near: tuple[int, ...] = ()
    stopped_at: int | None = None

    def has_fault_on(self, line: int) -> bool:
        """Return whether something is wrong with a line."""
        return any(fault.line == line for fault in self.faults)


def without_slips(
    text: str, file: str, read: Callable[[str], Reading], names: Callable[[], Collection[str]]
) -> Reading:
    """Read a file's text as it was meant; report each slip that explains faults in place of them.

    `names` returns the keys that the file's format has, if there are faults.
    """
    reading, told, left = read(text), list[Fault](), MAX_READ
    text = LINE_BREAK.sub("\n", text)
    while reading.near and len(told) < MAX_SLIPS:
        best: tuple[Slip, Reading] | None = None
        for slip in slips_near(text, reading.near[:MAX_LINES_SEARCHED], names()):
            if (left := left - len(slip.mended)) < 0:
                break
            if any(fault.line == slip.line for fault in told):
                continue
            mended = read(slip.mended)
            if _explains(slip, reading, mended) and (best is None or _is_better(mended, best[1])):
                best = slip, mended
                if not mended.faults:
                    break
        if best is None:
            break
        slip, reading = best
        text = slip.mended
        told.append(Fault(file, slip.line, slip.problem, slip.remedy))
    return replace(reading, faults=(*told, *reading.faults))


def unclear_lines(error: ValidationError, document: Document, text: str) -> Iterator[int]:
    """Yield the lines where a slip may be the reason that a file isn't in its format."""
    for detail in error.errors(include_url=False):
        location, kind = detail["loc"], detail["type"]
        is_structure = isinstance(detail["input"], dict | list)
        if kind in _UNCLEAR or (kind == "string_type" and is_structure):
            yield document.line(location)
        if kind == "missing":
            yield from _lines_with_key(str(location[-1]), text, below=document.line(location[:-1]))


def _lines_with_key(key: str, text: str, *, below: int) -> Iterator[int]:
    """Yield the first line below another where a key is written, if there is one."""
    lines = text.split("\n")
    yield from islice((n for n, line in enumerate(lines, 1) if n > below and line.lstrip().startswith(f"{key}:")), 1)


def _explains(slip: Slip, before: Reading, mended: Reading) -> bool:
    """Return whether faults vanish with a slip. Moving a line may neither hide it nor just bring the next to light."""
    if mended.has_fault_on(slip.edited_line):
        return False
    if not _is_better(mended, before):
        return not slip.is_shift and mended.document is not None and slip.edited_line in before.near
    if slip.is_key and mended.document and slip.line not in mended.document.lines.values():
        return False
    if slip.is_shift and before.document and mended.document:
        return len(mended.document.lines) >= len(before.document.lines)
    if slip.is_shift and before.stopped_at and mended.stopped_at:
        return mended.stopped_at - before.stopped_at >= MIN_PROGRESS
    return True


def _is_better(reading: Reading, other: Reading) -> bool:
    """Return whether a text could be read further, or to its end with fewer faults that are unclear."""
    if reading.stopped_at is None or other.stopped_at is None:
        if reading.stopped_at is not other.stopped_at:
            return reading.stopped_at is None
        return len(reading.faults) < len(other.faults) and len(reading.near) < len(other.near)
    return reading.stopped_at > other.stopped_at
