"""Discord's limits on an app's commands."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checker import Checker, Path
    from .components import Json

_COMMAND_KEYS = frozenset(
    [
        "id",
        "type",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "options",
        "default_member_permissions",
        "dm_permission",
        "default_permission",
        "nsfw",
        "integration_types",
        "contexts",
        "handler",
    ]
)
_OPTION_KEYS = frozenset(
    [
        "type",
        "name",
        "name_localizations",
        "description",
        "description_localizations",
        "required",
        "choices",
        "options",
        "channel_types",
        "min_value",
        "max_value",
        "min_length",
        "max_length",
        "autocomplete",
    ]
)
_LOCALES = frozenset(
    "bg cs da de el en-GB en-US es-419 es-ES fi fr hi hr hu id it ja ko lt nl no pl pt-BR ro ru sv-SE th tr uk vi "
    "zh-CN zh-TW".split()
)
_SLASH, _GROUPS = 1, (1, 2)
_MOST = {1: 100, 2: 15, 3: 15}
_LONGEST = 8000


def check_commands(check: Checker, body: Any) -> None:
    """Check a list of commands that is to replace all of a scope."""
    if not isinstance(body, list):
        return check.add((), "BASE_TYPE_BAD_TYPE", "only a list of commands may be put")
    kinds = Counter(command.get("type") or _SLASH for command in body)
    for kind, most in _MOST.items():
        if kinds[kind] > most:
            check.add((), "APPLICATION_COMMANDS_MAX", f"{kinds[kind]} of type {kind}, over {most}")
    check.unique(((command.get("type") or _SLASH, command.get("name")) for command in body), (), "command")
    for index, command in enumerate(body):
        _check_command(check, command, (index,))
    return None


def _check_command(check: Checker, command: Json, path: Path) -> None:
    check.keys(command, path, _COMMAND_KEYS)
    name = command.get("name")
    check.length(name, (*path, "name"), 32, shortest=1, required=True)
    is_typed = (command.get("type") or _SLASH) == _SLASH
    _check_localizations(check, command, path, is_typed=is_typed)
    if not is_typed:
        for key in ("description", "options"):
            if command.get(key):
                check.add((*path, key), "CONTEXT_MENU_INVALID", f"a menu command has no {key}")
        return
    if isinstance(name, str) and not _is_name(name):
        check.add((*path, "name"), "STRING_TYPE_REGEX", f"{name!r} is no command name")
    check.length(command.get("description"), (*path, "description"), 100, required=True)
    _check_options(check, command.get("options") or [], path)
    if (length := _length(command)) > _LONGEST:
        check.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"{length} characters, over {_LONGEST}")


def _check_options(check: Checker, options: list[Json], path: Path) -> None:
    where = (*path, "options")
    check.length(options, where, 25)
    check.unique((option.get("name") for option in options), where, "option")
    groups = [option.get("type") in _GROUPS for option in options]
    if any(groups) and not all(groups):
        check.add(where, "APPLICATION_COMMAND_OPTIONS", "subcommands cannot stand beside options")
    optional_before = False
    for index, option in enumerate(options):
        at = (*where, index)
        check.keys(option, at, _OPTION_KEYS)
        name = option.get("name")
        if not isinstance(name, str) or not _is_name(name):
            check.add((*at, "name"), "STRING_TYPE_REGEX", f"{name!r} is no option name")
        check.length(option.get("description"), (*at, "description"), 100, required=True)
        _check_localizations(check, option, at, is_typed=True)
        if option.get("required") and optional_before:
            check.add(at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "required after optional")
        optional_before = optional_before or not option.get("required")
        _check_choices(check, option, at)
        if option.get("type") in _GROUPS:
            _check_options(check, option.get("options") or [], at)


def _check_localizations(check: Checker, node: Json, path: Path, *, is_typed: bool) -> None:
    """Hold the name and description in each locale to the limits of the plain ones."""
    for key, longest in (("name", 32), ("description", 100)):
        where = (*path, f"{key}_localizations")
        for locale, text in (node.get(f"{key}_localizations") or {}).items():
            if locale not in _LOCALES:
                check.add((*where, locale), "ENUM_TYPE_COERCE", f"Discord knows no locale {locale!r}")
            check.length(text, (*where, locale), longest, shortest=1)
            if key == "name" and is_typed and isinstance(text, str) and not _is_name(text):
                check.add((*where, locale), "STRING_TYPE_REGEX", f"{text!r} is no command name")


def _check_choices(check: Checker, option: Json, path: Path) -> None:
    choices = option.get("choices") or []
    where = (*path, "choices")
    check.length(choices, where, 25)
    check.unique((choice.get("name") for choice in choices), where, "choice")
    if choices and option.get("autocomplete"):
        check.add(where, "APPLICATION_COMMAND_AUTOCOMPLETE", "choices exclude autocomplete")
    for index, choice in enumerate(choices):
        check.length(choice.get("name"), (*where, index, "name"), 100, shortest=1, required=True)
        if isinstance(choice.get("value"), str):
            check.length(choice["value"], (*where, index, "value"), 100, shortest=1)


def _length(node: Json) -> int:
    """Count name, description and values, each in its longest localisation."""
    total = 0
    for key in ("name", "description"):
        versions = [node.get(key) or "", *(node.get(f"{key}_localizations") or {}).values()]
        total += max(map(len, versions))
    total += len(node["value"]) if isinstance(node.get("value"), str) else 0
    for inner in (*(node.get("options") or ()), *(node.get("choices") or ())):
        total += _length(inner)
    return total


def _is_name(name: str) -> bool:
    """Say whether Discord takes `name` for a slash command or an option."""
    return (
        1 <= len(name) <= 32
        and name == name.lower()
        and all(
            character in "-_'" or character.isalnum() or unicodedata.category(character) == "Mn" for character in name
        )
    )
