"""Take the layout of a model's reply apart: code fences, JSON, headings, bullets, keys."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

STEP = 2  # spaces
MAX_DEPTH = 20  # of JSON, beyond which nothing is indented further
MAX_LINE = 20_000  # characters; no line is that long
_FENCE = re.compile(r"^[ \t]*(?:```+|~~~+)[ \t]*[\w+-]*[ \t]*$", re.MULTILINE)
_BULLET = re.compile(r"(?:[-*+\u2022\u2013]|\(?\d{1,3}[.)])(?:\s+|$)")
_KEY = re.compile(r"([\"'`*]*)([^\"'`*:\[\]{}]{1,200}?)\1\s*:(?:[*`]*)(?:\s+|$|(?=[\[{\"]))")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],]|[^"{}\[\],]+')
_MARKS = {"{": 1, "[": 1, ",": 0, "]": -1, "}": -1}  # and how much further in what follows stands
_COMMENT = re.compile(r"\s+#.*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a reply.

    Attributes:
        content: without indentation, bullet, heading marks and the comma at the end.
        key: what stands in front of a colon; None without one.
        rest: what stands behind it.
        is_strict: it is from YAML or JSON, so that what isn't a key or an item has no meaning.
    """

    content: str
    indentation: int
    is_heading: bool
    is_item: bool
    key: str | None
    rest: str
    is_strict: bool


def lines_of(text: str, *, mentions: Callable[[str], bool]) -> Iterator[Line]:
    """Yield the lines that matter: those in code fences, if these mention what is looked for, else all of them."""
    blocks = _fenced(text)
    if blocks and any(mentions(block) for block in blocks):
        for block in blocks:
            yield from _lines(block, is_strict=True)
    else:
        without_fences = _FENCE.sub("", text)
        yield from _lines(without_fences, is_strict=_is_json(without_fences))


def is_cut_off(text: str) -> bool:
    """Return whether a code fence or a bracket of JSON is still open at the end."""
    if len(_FENCE.findall(text)) % 2:
        return True
    blocks = _fenced(text) or [text]
    last = blocks[-1]
    if not _is_json(last):
        return False
    marks = Counter(_TOKEN.findall(last))
    return marks["["] + marks["{"] > marks["]"] + marks["}"]


def _fenced(text: str) -> list[str]:
    """Return what stands in code fences; the last one may lack its end."""
    return _FENCE.split(text)[1::2]


def _is_json(text: str) -> bool:
    return text.lstrip().startswith(("{", "["))


def _lines(block: str, *, is_strict: bool) -> Iterator[Line]:
    if _is_json(block):
        block = "\n".join(_one_a_line(_id_first(block)))
    for line in (line[:MAX_LINE] for line in block.splitlines()):
        if (content := line.strip()) and not re.fullmatch(r"[\[\]{},\s]+", content):
            yield _line(line.expandtabs(STEP), content, is_strict=is_strict)


def _line(line: str, content: str, *, is_strict: bool) -> Line:
    is_heading = content.startswith("#") or (content.startswith("**") and content.endswith("**"))
    bullet = None if is_heading else _BULLET.match(content)
    content = content.lstrip("#").strip() if is_heading else content[bullet.end() :] if bullet else content
    if is_strict and not content.startswith(('"', "'")):
        content = _COMMENT.sub("", content)
    content = content.removesuffix(",") if content.startswith('"') or content.endswith('",') else content
    key = None if content.startswith(('"', "'")) and not _is_quoted_key(content) else _KEY.match(content)
    is_item = bullet is not None or (key is None and content.startswith('"'))
    rest = content[key.end() :].strip().removesuffix(",") if key else ""
    return Line(
        content=content,
        indentation=len(line) - len(line.lstrip(" ")),
        is_heading=is_heading,
        is_item=is_item,
        key=key[2].strip() if key else None,
        rest=rest,
        is_strict=is_strict,
    )


def _is_quoted_key(content: str) -> bool:
    return re.match(r"""("[^"]*"|'[^']*')\s*:""", content) is not None


def _id_first(block: str) -> str:
    """Return JSON with the id of each object in front; as it is, if it can't be read."""
    try:
        return json.dumps(_sorted(json.loads(block)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return block


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=lambda key: key not in {"id", "entry"})}
    return [*map(_sorted, value)] if isinstance(value, list) else value


def _one_a_line(block: str) -> Iterator[str]:
    """Yield JSON, even if it is cut off, with each key and each text on a line of its own."""
    depth, line = 0, ""
    for part in _TOKEN.findall(block):
        if part not in _MARKS:
            line += part
            continue
        yield f"{' ' * STEP * depth}{line.strip()}"
        depth, line = min(max(0, depth + _MARKS[part]), MAX_DEPTH), ""
    yield f"{' ' * STEP * depth}{line.strip()}"
