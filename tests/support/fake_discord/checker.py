"""Collect what is wrong with a body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .components import Json

Path = tuple[str | int, ...]


class Checker:
    """Collect faults, so that all are told at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, path: Path, code: str, message: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(path, code, message))

    def length(self, value: Any, path: Path, longest: int, *, shortest: int = 0, required: bool = False) -> None:
        """Check the length of a text or list; None counts as left out."""
        if value is None:
            if required:
                self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
            return
        if not isinstance(value, (str, list)):
            self.add(path, "BASE_TYPE_BAD_TYPE", f"{type(value).__name__} is not text or a list")
        elif len(value) > longest:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"{len(value)} is over the limit of {longest}")
        elif len(value) < shortest or (required and isinstance(value, str) and not value.strip()):
            self.add(path, "BASE_TYPE_MIN_LENGTH", f"needs at least {max(shortest, 1)}")

    def keys(self, value: Json, path: Path, known: Collection[str]) -> None:
        """Check that an object has no key that Discord doesn't know."""
        for key in value:
            if key not in known:
                self.add((*path, key), "UNKNOWN_KEY", "Discord knows no such key")

    def unique(self, values: Iterable[Any], path: Path, what: str) -> None:
        """Check that no value comes twice."""
        seen: set[Any] = set()
        for value in values:
            if value in seen:
                self.add(path, "DUPLICATED", f"duplicate {what} {value!r}")
            seen.add(value)
