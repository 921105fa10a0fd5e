"""Discord's limits, checked by hand: the OpenAPI document misses or mistakes some of them."""

from __future__ import annotations

from typing import Any

from .checker import Checker, Path
from .command_limits import check_commands
from .components import Json
from .errors import InvalidForm
from .message_limits import (
    LABEL,
    ROW,
    TEXT_DISPLAY,
    TEXT_INPUT,
    TEXT_INPUT_KEYS,
    check_custom_ids,
    check_menu,
    check_message,
)


def check_body(name: str, body: Any) -> None:
    """Raise InvalidForm if the body of the request called `name` breaks a limit."""
    check = Checker()
    if name.endswith("/commands"):
        check_commands(check, body)
    elif not isinstance(body, dict):
        check.add((), "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
    elif name.endswith("/callback"):
        _check_callback(check, body)
    elif name.startswith(("POST /webhooks", "PATCH /webhooks")):
        check_message(check, body, (), by_webhook=True)
    elif name.endswith("/threads"):
        check.length(body.get("name"), ("name",), 100, shortest=1, required=True)
        if isinstance(body.get("message"), dict):
            check_message(check, body["message"], ("message",), by_webhook=False)
    elif "/messages" in name:
        check_message(check, body, (), by_webhook=False)
    if check.faults:
        raise InvalidForm(check.faults)


def _check_callback(check: Checker, body: Json) -> None:
    kind, data = body.get("type"), body.get("data")
    if data is not None and not isinstance(data, dict):
        return check.add(("data",), "DICT_TYPE_CONVERT", "Only dictionaries may be used here")
    data = data or {}
    check.keys(body, (), {"type", "data"})
    if kind in (4, 5, 6, 7):
        check_message(check, data, ("data",), by_webhook=True)
    elif kind == 8:
        _check_choices(check, data.get("choices") or [])
    elif kind == 9:
        _check_modal(check, data)
    else:
        check.add(("type",), "BASE_TYPE_CHOICES", f"{kind!r} is no response type")
    return None


def _check_choices(check: Checker, choices: list[Json]) -> None:
    path: Path = ("data", "choices")
    check.length(choices, path, 25)
    check.unique((choice.get("name") for choice in choices), path, "name")
    for index, choice in enumerate(choices):
        where = (*path, index)
        check.keys(choice, where, {"name", "value", "name_localizations"})
        check.length(choice.get("name"), (*where, "name"), 100, shortest=1, required=True)
        if isinstance(choice.get("value"), str):
            check.length(choice["value"], (*where, "value"), 100, shortest=1)


def _check_modal(check: Checker, data: Json) -> None:
    check.keys(data, ("data",), {"custom_id", "title", "components"})
    check.length(data.get("title"), ("data", "title"), 45, shortest=1, required=True)
    check.length(data.get("custom_id"), ("data", "custom_id"), 100, shortest=1, required=True)
    components = data.get("components") or []
    check.length(components, ("data", "components"), 5, shortest=1)
    check_custom_ids(check, components, ("data", "components"))
    for index, part in enumerate(components):
        _check_field(check, part, ("data", "components", index))


def _check_field(check: Checker, part: Json, path: Path) -> None:
    """Check a part of a modal: text, a label with a field, or the row with a text input that came before labels."""
    kind = part.get("type")
    if kind == LABEL:
        check.keys(part, path, {"type", "id", "label", "description", "component"})
        check.length(part.get("label"), (*path, "label"), 45, shortest=1, required=True)
        check.length(part.get("description"), (*path, "description"), 100)
        field = part.get("component") or {}
        where = (*path, "component")
        if field.get("type") == TEXT_INPUT:
            _check_text_input(check, field, where)
            if field.get("label") is not None:
                check.add((*where, "label"), "BASE_TYPE_FORBIDDEN", "the label is the Label's")
        else:
            check_menu(check, field, where)
    elif kind == ROW:
        for position, field in enumerate(part.get("components") or []):
            _check_text_input(check, field, (*path, "components", position))
            check.length(field.get("label"), (*path, "components", position, "label"), 45, shortest=1, required=True)
    elif kind != TEXT_DISPLAY:
        check.add((*path, "type"), "UNION_TYPE_CHOICES", f"type {kind!r} can't stand in a modal")


def _check_text_input(check: Checker, field: Json, path: Path) -> None:
    if field.get("type") != TEXT_INPUT:
        check.add((*path, "type"), "UNION_TYPE_CHOICES", "only a text input can stand here")
        return
    check.keys(field, path, TEXT_INPUT_KEYS)
    check.length(field.get("custom_id"), (*path, "custom_id"), 100, shortest=1, required=True)
    check.length(field.get("placeholder"), (*path, "placeholder"), 100)
    longest, shortest = field.get("max_length"), field.get("min_length")
    if longest is not None and not 1 <= longest <= 4000:
        check.add((*path, "max_length"), "NUMBER_TYPE_MAX", "from 1 to 4000")
    if shortest is not None and not 0 <= shortest <= (longest or 4000):
        check.add((*path, "min_length"), "NUMBER_TYPE_MAX", "from 0 to the longest")
    check.length(field.get("value"), (*path, "value"), longest or 4000)
