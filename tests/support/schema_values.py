"""Values that Discord's OpenAPI document allows, for hypothesis to draw."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

Schema = Mapping[str, Any]

DEEPEST_OPTIONAL = 2  # further inside, an object has only what it must have
DEEPEST_ITEM = 4  # further inside, lists are empty
MAX_OPTIONAL = 3  # of an object's fields
MAX_ITEMS = 2

TIMES = ("2026-11-30T12:00:00+00:00", "2015-01-01T00:00:00.123000+00:00")
TEXTS = ("", "general", "a" * 100, "\N{WAVING HAND SIGN}", "https://example.org/a.png")
INTEGERS = st.integers(0, 2**31 - 1)
NUMBERS = st.floats(0, 1)
SNOWFLAKES = st.integers(10**18, 2 * 10**18).map(str)


def document_path() -> Path | None:
    """Return where the document is: where DISCORD_OPENAPI says, or beside the checkout."""
    path = Path(os.environ.get("DISCORD_OPENAPI") or Path(__file__).parents[3] / "shared/discord-openapi.json")
    return path if path.is_file() else None


class SchemaValues:
    """What the document's schemas allow.

    `vocabulary` has what fields of a name hold, such as ids that exist, by `field` or `Schema.field`.
    """

    def __init__(self, document: Path, vocabulary: Mapping[str, Sequence[Any]]) -> None:
        self._schemas: Mapping[str, Schema] = json.loads(document.read_text(encoding="utf-8"))["components"]["schemas"]
        self._vocabulary = {field: st.sampled_from(values) for field, values in vocabulary.items()}

    def draw(self, draw: DrawFn, schema: Schema, *, field: str = "", owner: str = "", depth: int = 0) -> Any:
        """Draw a value for a `field` that a schema describes; `owner` is the schema that has the field."""
        for known in (f"{owner}.{field}", field):
            if known in self._vocabulary:
                return draw(self._vocabulary[known])
        inner = partial(self.draw, draw, field=field, owner=owner, depth=depth)
        match schema:
            case {"$ref": reference}:
                name = reference.rpartition("/")[2]
                return inner(self._schemas[name], owner=name)
            case {"const": only}:
                return only
            case {"enum": options}:
                return draw(_one_of(*options))
            case {"oneOf": options} | {"anyOf": options}:
                return inner(options[draw(_number_below(len(options)))])
            case {"allOf": parts}:
                return {name: value for part in parts for name, value in inner(part).items()}
            case {"type": [*types]}:
                return inner({**schema, "type": draw(_one_of(*types))})
        return self._draw_typed(draw, schema, field=field, owner=owner, depth=depth)

    def _draw_typed(self, draw: DrawFn, schema: Schema, *, field: str, owner: str, depth: int) -> Any:
        inner = partial(self.draw, draw, owner=owner, depth=depth + 1)
        match schema:
            case {"type": "array", "items": items}:
                many = 0 if depth > DEEPEST_ITEM else draw(_number_below(MAX_ITEMS + 1))
                return [inner(items, field=field) for _ in range(many)]
            case {"type": "object"}:
                fields, required = schema.get("properties", {}), schema.get("required", ())
                optional = tuple(name for name in fields if name not in required)
                drawn = draw(_some_of(*optional)) if optional and depth <= DEEPEST_OPTIONAL else ()
                return {name: inner(fields[name], field=name) for name in (*required, *drawn)}
            case {"type": type_}:
                return draw(_plain(type_, schema.get("format")))
        return draw(_one_of(None, 0, ""))  # the document doesn't say


def _plain(type_: str, format_: str | None) -> SearchStrategy[Any]:
    match type_, format_:
        case "null", _:
            return st.none()
        case "boolean", _:
            return st.booleans()
        case "integer", _:
            return INTEGERS
        case "number", _:
            return NUMBERS
        case "string", "snowflake":
            return SNOWFLAKES
        case "string", "date-time":
            return _one_of(*TIMES)
        case "string", _:
            return _one_of(*TEXTS)
    raise AssertionError(f"no such type in a schema: {type_}")


@lru_cache(maxsize=None, typed=True)  # for True equals 1
def _one_of(*options: Any) -> SearchStrategy[Any]:
    return st.sampled_from(options)


@cache
def _number_below(end: int) -> SearchStrategy[int]:
    return st.integers(0, end - 1)


@cache
def _some_of(*options: str) -> SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(options), max_size=MAX_OPTIONAL, unique=True)
