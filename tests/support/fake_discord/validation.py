"""Discord's limits, checked by hand: the OpenAPI document misses or mistakes some of them."""

from __future__ import annotations

from typing import Any

from .checker import Checker, Path
from .command_limits import check_commands
from .errors import InvalidForm
from .message_limits import TEXT_INPUT, check_custom_ids, check_message
from .world import Json, walk


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
    for part in walk(components):
        if part.get("type") == TEXT_INPUT:
            where = ("data", "components", str(part.get("custom_id")))
            check.length(part.get("value"), (*where, "value"), 4000)
            check.length(part.get("placeholder"), (*where, "placeholder"), 100)
            check.length(part.get("label"), (*where, "label"), 45, shortest=1)
