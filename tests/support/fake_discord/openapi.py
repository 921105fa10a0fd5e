"""Request bodies against Discord's own OpenAPI document."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import referencing
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing.jsonschema import DRAFT202012

from .errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.protocols import Validator

_URN = "urn:discord"
_BY_TYPE = "x-by-type"
_OR_NULL = "x-or-null"
_METHODS = ("get", "put", "post", "patch", "delete")


class Document:
    """The document, ready to check bodies; a route's schema is compiled on first use."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._paths = {path: _methods(item) for path, item in document["paths"].items()}
        # A client may send a snowflake as a number; Discord takes it, its document doesn't.
        snowflake = document["components"]["schemas"]["SnowflakeType"]
        document["components"]["schemas"]["SnowflakeType"] = {
            **snowflake,
            "type": ["string", "integer"],
        }
        prepared = _prepare(document, document)
        resource = DRAFT202012.create_resource(prepared)
        self._registry: referencing.Registry[Any] = referencing.Registry().with_resource(_URN, resource)
        self._validators: dict[tuple[str, str], Validator | None] = {}

    @classmethod
    @functools.cache
    def at(cls, path: str) -> Document:
        """Return the document at `path`, read once a process."""
        return cls(json.loads(Path(path).read_text(encoding="utf-8")))

    def check(self, method: str, route: str, body: Any) -> list[Fault]:
        """Return what is wrong with a body; nothing for a route that it doesn't know."""
        key = (method.lower(), route)
        if key not in self._validators:
            self._validators[key] = self._compile(*key)
        validator = self._validators[key]
        if validator is None:
            return []
        return [_fault(error) for error in validator.iter_errors(body)]

    def _compile(self, method: str, route: str) -> Validator | None:
        content = self._paths.get(route, {}).get(method)
        if not content or "application/json" not in content:
            return None
        escaped = route.replace("~", "~0").replace("/", "~1")
        pointer = f"#/paths/{escaped}/{method}/requestBody/content/application~1json/schema"
        validator: Validator = _Validator({"$ref": _URN + pointer}, registry=self._registry)
        return validator


def _methods(item: dict[str, Any]) -> dict[str, Any]:
    return {method: item[method].get("requestBody", {}).get("content") for method in _METHODS if method in item}


def _fault(error: ValidationError) -> Fault:
    message = error.message if len(error.message) < 300 else error.message[:300] + "…"
    return Fault(tuple(error.absolute_path), f"SCHEMA_{str(error.validator).upper()}", message)


def _prepare(node: Any, document: dict[str, Any]) -> Any:
    """Rewrite unions told apart by `type`, so that a fault names its place.

    As they stand, one wrong label among forty components reads "is not valid under any of
    the given schemas", and each component is tried against all of them.
    """
    if isinstance(node, list):
        return [_prepare(each, document) for each in node]
    if not isinstance(node, dict):
        return node
    prepared = {key: _prepare(value, document) for key, value in node.items()}
    for union in ("oneOf", "anyOf"):
        members = node.get(union)
        if not isinstance(members, list):
            continue
        solid = [member for member in members if member != {"type": "null"}]
        nullable = len(solid) < len(members)
        by_type = _by_type(solid, document)
        if nullable and len(solid) == 1:
            del prepared[union]
            prepared[_OR_NULL] = _prepare(solid[0], document)
        elif by_type is not None:
            del prepared[union]
            prepared[_BY_TYPE] = {"members": by_type, "nullable": nullable}
    return prepared


def _by_type(members: list[Any], document: dict[str, Any]) -> dict[str, Any] | None:
    """Return the members by the value of their `type`, if that tells them apart."""
    found: dict[str, Any] = {}
    for member in members:
        name = str(member.get("$ref", "")).rpartition("/")[2]
        schema = document["components"]["schemas"].get(name, {})
        values = schema.get("properties", {}).get("type", {}).get("enum")
        if not values or "type" not in schema.get("required", ()):
            return None
        for value in values:
            if str(value) in found:
                return None
            found[str(value)] = member
    return found if len(members) > 1 else None


def _check_by_type(validator: Validator, union: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if instance is None and union["nullable"]:
        return
    if not isinstance(instance, dict):
        yield ValidationError(f"{instance!r} is not an object")
        return
    kind = instance.get("type")
    member = union["members"].get(str(kind))
    if member is None:
        yield ValidationError(f"type {kind!r} is none of {', '.join(union['members'])}")
        return
    yield from validator.descend(instance, member)  # type: ignore[attr-defined]


def _check_or_null(validator: Validator, member: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if instance is not None:
        yield from validator.descend(instance, member)  # type: ignore[attr-defined]


_Validator: Any = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {_BY_TYPE: _check_by_type, _OR_NULL: _check_or_null}
)
