"""What is wrong in a knowledge file, in words for its maintainer."""

from __future__ import annotations

from dataclasses import dataclass

MAX_SHOWN = 60  # characters of a file that a message quotes


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a file: where, what, and how to fix it. Lines count from 1."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem} {self.remedy}"


class UnreadableError(Exception):
    """A file can't be read as YAML at all; carries the faults found.

    If the parser gave up, `near` names the lines that may be the cause, first the one where it did.
    """

    def __init__(self, *faults: Fault, near: tuple[int, ...] = ()) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
        self.near = near


def shown(text: str, most: int = MAX_SHOWN) -> str:
    """Return text as a message quotes it: printable, on one line, and not too long."""
    line = "".join(character if character.isprintable() else " " for character in text[:most])
    return line if len(text) <= most else f"{line}…"
