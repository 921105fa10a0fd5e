from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from translated import GERMAN, translate

from bot.knowledge.file_format import FORMATS
from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from bot.knowledge.schemas import TRANSLATION, json_schema, schema_name, write_schemas

schemas = SHIPPED_KNOWLEDGE / "schemas"
every_file = pytest.mark.parametrize("file", FORMATS)


class DatesAsText(yaml.SafeLoader):
    """Read YAML as editors and linters do, to whom a date is text."""


DatesAsText.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def shipped(file: str) -> Any:
    return yaml.load((SHIPPED_KNOWLEDGE / file).read_text(encoding="utf-8"), Loader=DatesAsText)  # noqa: S506


def validator(file: str) -> Draft202012Validator:
    return Draft202012Validator(json_schema(file), format_checker=FormatChecker())


def mappings(value: object) -> Iterator[dict[str, Any]]:
    """Walk through all mappings of some data, the outermost first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from mappings(inner)


@every_file
def test_the_committed_schema_is_the_generated_one(tmp_path: Path, file: str) -> None:
    write_schemas(tmp_path)

    committed = (schemas / schema_name(file)).read_bytes()
    assert committed == (tmp_path / schema_name(file)).read_bytes(), "Generate the schemas again and commit them."


def test_a_schema_is_written_for_each_file_and_nothing_else(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "new")

    names = ("faq", "phrasings", "role", "server", "translation")
    assert sorted(path.name for path in written) == [f"{name}.schema.json" for name in names]
    assert sorted((tmp_path / "new").iterdir()) == sorted(written)
    assert sorted(path.name for path in schemas.iterdir()) == sorted(path.name for path in written)


@every_file
def test_the_first_line_of_a_file_names_its_schema_for_editors(file: str) -> None:
    with (SHIPPED_KNOWLEDGE / file).open(encoding="utf-8") as content:
        first_line = content.readline()

    assert first_line == f"# yaml-language-server: $schema=schemas/{schema_name(file)}\n"


@every_file
def test_a_schema_is_one_itself(file: str) -> None:
    schema = json.loads((schemas / schema_name(file)).read_text(encoding="utf-8"))

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@every_file
def test_the_shipped_knowledge_fits_its_schema(file: str) -> None:
    assert not [error.json_path for error in validator(file).iter_errors(shipped(file))]


@every_file
def test_an_unknown_key_does_not_fit_at_any_level(file: str) -> None:
    data = shipped(file)
    fits = validator(file).is_valid
    for mapping in mappings(data):
        mapping["Not a key"] = ["x"]
        # The names of meanings are free: only there a schema can't tell.
        assert fits(data) is (mapping is data.get("vocabulary")), list(mapping)
        del mapping["Not a key"]

    assert fits(data)


@pytest.mark.parametrize("file", [*FORMATS, TRANSLATION])
def test_each_key_says_what_it_is_for(file: str) -> None:
    schema = json_schema(file)

    described = {
        f"{part.get('title')}.{key}": bool(value.get("description"))
        for part in (schema, *schema.get("$defs", {}).values())
        for key, value in part["properties"].items()
    }
    assert len(described) >= len(schema["properties"])
    assert [key for key, has_one in described.items() if not has_one] == []


def test_a_complete_translation_fits_the_schema_that_its_first_line_names(tmp_path: Path) -> None:
    file = translate(tmp_path)

    assert not [error.json_path for error in validator(TRANSLATION).iter_errors(yaml.safe_load(GERMAN))]
    named = file.read_text(encoding="utf-8").splitlines()[0].partition("$schema=")[2]
    assert (file.parent / named).resolve().name == schema_name(TRANSLATION)


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (["entries", "night-shift", "answer"], "x" * 1501),
        (["entries", "night-shift", "of"], "1234567"),
        (["entries", "night-shift", "links"], ["x" * 81]),
        (["sections", "duties", "items"], "one"),
        (["off_topic", "salary", "reaction"], "👍"),
        (["manners"], {"helo": {"reply": "Hallo!"}}),
        (["role"], {}),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses_in_a_translation(way: list[str], value: object) -> None:
    data = yaml.safe_load(GERMAN)
    place = data
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = value

    assert not validator(TRANSLATION).is_valid(data)


@pytest.mark.parametrize(
    ("file", "way", "value"),
    [
        ("faq.yaml", ["entries", "coding", "answer"], ""),
        ("faq.yaml", ["entries", "coding", "answer"], "x" * 1501),
        ("faq.yaml", ["entries", "coding", "answer"], "TODO: write the answer."),
        ("faq.yaml", ["entries", "coding", "reviewed"], "2026-13-45"),
        ("faq.yaml", ["entries", "coding", "related"], ["a", "b", "c", "d"]),
        ("faq.yaml", ["entries", "coding", "phrasings"], []),
        ("faq.yaml", ["source", "url"], "here"),
        ("faq.yaml", ["off_topic", "salary", "reaction"], ":heart:"),
        ("faq.yaml", ["manners"], {"helo": "Hi!"}),
        ("faq.yaml", ["manners"], {"hello": ""}),
        ("faq.yaml", ["entries", "coding", "image"], "map.png"),  # without alt
        ("faq.yaml", ["entries", "coding", "alt"], "A map."),  # without an image
        ("faq.yaml", ["entries", "coding", "links"], [{"label": "Trams"}]),
        ("faq.yaml", ["entries", "coding", "links"], [{"label": "Trams", "url": "http://tram.example"}]),
        ("faq.yaml", ["entries", "coding", "links"], [{"label": "Trams", "url": "https://tram.example"}] * 6),
        ("role.yaml", ["title"], None),
        ("role.yaml", ["sections"], []),
        ("role.yaml", ["sections", "jd", "job_description"], "yes"),
        ("phrasings.yaml", ["phrasings", "coding"], [10]),
        ("phrasings.yaml", ["phrasings", "coding"], "one line"),
    ],
)
def test_what_the_loader_refuses_the_schema_refuses_too(file: str, way: list[str], value: object) -> None:
    data = shipped(file)
    place = data
    for key in way[:-1]:
        place = place[key]
    place[way[-1]] = value

    assert not validator(file).is_valid(data)
