"""What is wrong in a knowledge file, as its editor is told."""

from __future__ import annotations

from dataclasses import dataclass

MAX_SHOWN = 60  # characters of a file's text that a message quotes


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a file: where, what, and how to put it right. Lines count from 1."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem} {self.remedy}"


class UnreadableError(Exception):
    """Say that a file could not be read as YAML at all; carries the faults found."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def shown(text: str, most: int = MAX_SHOWN) -> str:
    """Return a file's text as a message can quote it: printable, in one line, and not too long."""
    line = "".join(character if character.isprintable() else " " for character in text[:most])
    return line if len(text) <= most else f"{line}…"
