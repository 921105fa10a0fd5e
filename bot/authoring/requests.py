"""Requests to paste into a language model, whatever they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

Wanted = TypeVar("Wanted")


@dataclass(frozen=True, slots=True)
class Request:
    """The text for the model, the ids it asks for, and the ids left for the next request."""

    text: str
    asked: tuple[str, ...]
    later: tuple[str, ...]


class UnknownId(Exception):
    """Say which id isn't in the knowledge."""


def named(id_: str, known: Mapping[str, Wanted], *, as_what: str) -> Wanted:
    """Return what is known by an id; `as_what` says in an error what there isn't, such as "no entry".

    Raises:
        UnknownId: Nothing is.
    """
    if id_ not in known:
        closest = "".join(f" Do you mean {near}?" for near in get_close_matches(id_, known, 1))
        raise UnknownId(f"This folder has {as_what} {id_}.{closest}")
    return known[id_]
