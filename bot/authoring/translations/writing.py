"""Write translations as YAML: as a new text, or into a file that has some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.authoring.yaml_additions import Instead, with_additions
from bot.authoring.yaml_writing import STEP, Value, pair
from bot.knowledge.originals import HEAD, Key
from bot.knowledge.schemas import TRANSLATION, schema_name
from bot.language.languages import Language
from bot.language.names import english_name

Parts = Mapping[Key, Mapping[str, Value]]
"""What to write, in the order of a translation."""

HEADER = """\
# yaml-language-server: $schema=../schemas/{schema}
#
# The answers in {language}. Each `of` says which version of the original it translates.
"""


def yaml_of(parts: Parts) -> str:
    """Return translations as YAML, with empty lines between top keys and between entries."""
    return "\n\n".join(_group(name, below) for name, below in _by_group(parts).items())


def new_file(language: Language, parts: Parts) -> str:
    """Return the content of a new translation."""
    header = HEADER.format(schema=schema_name(TRANSLATION), language=english_name(language))
    return f"{header}\n{yaml_of(parts)}\n"


def with_parts(text: str, parts: Parts) -> str:
    """Return the text of a translation with parts in it, each in place of the one with the same id, if there is one.

    Raises:
        CannotAdd: It is written in a way that nothing can be added to without changing it.
    """
    instead = {
        group: Instead(below) if group == HEAD else {id_: Instead(part) for id_, part in below.items()}
        for group, below in _by_group(parts).items()
    }
    return with_additions(text, instead)


def _group(name: str, below: Mapping[str, Value]) -> str:
    lines = list(pair(name, below))
    if name in {"entries", "sections"}:
        blocks = ("\n".join(pair(id_, part, indentation=STEP)) for id_, part in below.items())
        return f"{lines[0]}\n" + "\n\n".join(blocks)
    return "\n".join(lines)


def _by_group(parts: Parts) -> dict[str, dict[str, Any]]:
    """Return parts in the groups and order of a file."""
    groups: dict[str, dict[str, Any]] = {}
    for key, part in parts.items():
        if key.id:
            groups.setdefault(key.group, {})[key.id] = part
        else:
            groups[key.group] = dict(part)
    return groups
