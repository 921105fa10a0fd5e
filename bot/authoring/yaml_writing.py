"""Write values as the YAML of a knowledge file: plain where that is safe, in quotes where it isn't."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.authoring.ids import is_text

Value = str | Sequence[str] | Mapping[str, "Value"]
"""Text, a list of texts, or a mapping of such values by key."""

STEP = 2  # spaces
_PLAIN = re.compile(r"[^\W\d_](?:[^\x00-\x1f:#\"`{}\[\]\x7f\\“”„]*[^\s:#\"`{}\[\]\x7f\\“”„,])?")


def quoted(text: str) -> str:
    """Return text in double quotes, where YAML reads what JSON does."""
    return json.dumps(text, ensure_ascii=False)


def scalar(text: str) -> str:
    """Return text on one line, with quotes if YAML would read it as something else without them."""
    return text if _PLAIN.fullmatch(text) and is_text(text) else quoted(text)


def key(name: str) -> str:
    """Return a key as YAML reads it as text: not `no` or `2026`, say."""
    return name if is_text(name) else quoted(name)


def pair(name: str, value: Value, *, indentation: int = 0, list_step: int = STEP) -> Iterator[str]:
    """Yield the lines of a key and its value; the items of a list are `list_step` spaces further in than its key."""
    spaces = " " * indentation
    if isinstance(value, Mapping):
        yield f"{spaces}{key(name)}:"
        for each, below in value.items():
            yield from pair(each, below, indentation=indentation + STEP, list_step=list_step)
    elif not isinstance(value, str):
        yield f"{spaces}{key(name)}:"
        yield from items(value, indentation=indentation + list_step)
    elif "\n" in value:
        yield f"{spaces}{key(name)}: |-"
        yield from (f"{spaces}{' ' * STEP}{line}" if line else "" for line in value.split("\n"))
    else:
        yield f"{spaces}{key(name)}: {scalar(value)}"


def items(texts: Sequence[str], *, indentation: int) -> Iterator[str]:
    """Yield the lines of a list."""
    yield from (f"{' ' * indentation}- {scalar(text)}" for text in texts)


def flow(value: Value) -> str:
    """Return a value as written inside brackets."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key(name)}: {flow(below)}' for name, below in value.items())}}}"
    return f"[{', '.join(map(flow, value))}]"
