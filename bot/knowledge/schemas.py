"""JSON Schemas of the knowledge files, made from their format."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from bot.knowledge.file_format import ALL_FORMATS, Part
from bot.knowledge.translation_format import TranslationFile

TRANSLATION = "translation.yaml"
"""Stands for all translations, which have one schema."""

_FORMATS: dict[str, type[Part]] = {**ALL_FORMATS, TRANSLATION: TranslationFile}


class _ClosedMappings(GenerateJsonSchema):
    """Make schemas that reject bad ids, as the models do; pydantic's own accept any key."""

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        return {**super().dict_schema(schema), "additionalProperties": False}


def schema_name(file: str) -> str:
    """Return the name of the JSON Schema of a knowledge file: faq.yaml → faq.schema.json."""
    return f"{Path(file).stem}.schema.json"


def json_schema(file: str) -> dict[str, Any]:
    """Return the JSON Schema of one of the knowledge files, for editors and linters."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_schema(_FORMATS[file])}


@cache
def key_names(format_: type[Part]) -> frozenset[str]:
    """Return the keys that a knowledge file may have anywhere, except ids."""
    schema = _schema(format_)
    return frozenset(name for part in (schema, *schema.get("$defs", {}).values()) for name in part["properties"])


def write_schemas(directory: Path) -> list[Path]:
    """Write the JSON Schema of each knowledge file to a folder, creating it if needed; return the files written."""
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for file in _FORMATS:
        path = directory / schema_name(file)
        content = json.dumps(json_schema(file), indent=2, ensure_ascii=False)
        path.write_text(content + "\n", encoding="utf-8", newline="\n")
        written.append(path)
    return written


def _schema(format_: type[Part]) -> dict[str, Any]:
    return format_.model_json_schema(schema_generator=_ClosedMappings)
