"""Read what a language model replied to a request for translations, even if some of it is unreadable."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import yaml

from bot.knowledge.faults import Fault
from bot.knowledge.file_content import without_invisible
from bot.knowledge.originals import GROUPS, HEAD, Key, Original, parts_of
from bot.knowledge.reading import read_text
from bot.knowledge.translation_format import TranslatedPart, TranslationFile

_FENCE = re.compile(r"^(?:```+|~~~+)[ \t]*[\w+-]*[ \t]*$", re.MULTILINE)  # those of texts are further in
_KEY = re.compile(r"(?P<indent> *)(?P<quote>[\"'`*]*)(?P<name>[A-Za-z0-9][\w-]*)(?P=quote):[ ]*(?:#.*)?")
_VERSION = re.compile(r"^ *[\"']?of[\"']?:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reply:
    """What could be read.

    Attributes:
        parts: translations by what they translate.
        unreadable: what is wrong with others.
        unknown: ids that aren't in the folder, each with the one that may be meant.
        cut_off_at: what the reply ends in too early; None if it doesn't.
    """

    parts: Mapping[Key, TranslatedPart]
    unreadable: Mapping[Key, Fault]
    unknown: Mapping[str, str | None]
    cut_off_at: Key | None


def read_reply(text: str, originals: Sequence[Original]) -> Reply:
    """Read a reply: a translation as YAML or JSON, perhaps with prose around it, without `of`, or cut off."""
    versions = {original.key: original.version for original in originals}
    found = _Parts(versions)
    for block in _blocks(without_invisible(text)):
        found.read(_as_yaml(block).splitlines())
    last = next(reversed(found.bodies), None)
    is_cut_off = len(_FENCE.findall(text)) % 2 == 1
    parts: dict[Key, TranslatedPart] = {}
    unreadable: dict[Key, Fault] = {}
    for key, body in found.bodies.items():
        if key == last and is_cut_off:
            continue
        part = _read(key, body, versions[key])
        if isinstance(part, Fault):
            unreadable[key] = part
        else:
            parts[key] = part
    ids = [key.id for key in versions if key.id]
    unknown = {id_: next(iter(get_close_matches(id_, ids, 1)), None) for id_ in found.unknown}
    return Reply(parts, unreadable, unknown, last if is_cut_off else None)


def _blocks(text: str) -> Iterable[str]:
    """Return what's in code fences, even if the last isn't closed; without any, the whole text."""
    return _FENCE.split(text)[1::2] or [text]


def _as_yaml(block: str) -> str:
    """Return JSON as YAML with a line for each key; anything else as it is."""
    if not block.lstrip().startswith("{"):
        return block
    try:
        return str(yaml.safe_dump(yaml.safe_load(block), allow_unicode=True, sort_keys=False, width=10_000))
    except yaml.YAMLError:
        return block


@dataclass(slots=True)
class _Parts:
    """Go through a reply line by line, and keep what's below each id that the folder has."""

    known: Mapping[Key, str]
    bodies: dict[Key, list[str]] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)
    _group: str | None = None
    _body: list[str] | None = None
    _indentation: int = -1

    def read(self, lines: Iterable[str]) -> None:
        """Read a block of the reply."""
        self._close()
        self._group = None
        for line in lines:
            indentation = len(line) - len(line.lstrip(" "))
            if self._indentation >= 0 and (not line.strip() or indentation > self._indentation):
                if self._body is not None:
                    self._body.append(line)
                continue
            self._close()
            if match := _KEY.fullmatch(line):
                self._open(match["name"], indentation)

    def _open(self, name: str, indentation: int) -> None:
        key = self._key(name)
        if key is not None:
            self._indentation = indentation
            self._body = self.bodies[key] = []
        elif name in GROUPS:
            self._group = name
        elif self._group is not None:
            self.unknown[name] = None
            self._indentation = indentation

    def _key(self, name: str) -> Key | None:
        if name == HEAD and self._group is None and Key(HEAD) in self.known:
            return Key(HEAD)
        own = [key for key in self.known if key.id == name and key.group == self._group]
        if not own and name not in GROUPS:
            own = [key for key in self.known if key.id == name]
        return own[0] if own else None

    def _close(self) -> None:
        self._body, self._indentation = None, -1


def _read(key: Key, body: Sequence[str], version: str) -> TranslatedPart | Fault:
    """Read what's below an id, or say what is wrong with it."""
    text = textwrap.dedent("\n".join(body)).strip("\n")
    if not _VERSION.search(text):
        text = f"of: {version}\n{text}"
    above = f"{key.group}:\n"
    if key.id:
        above, text = f"{above}  {key.id}:\n", textwrap.indent(text, "  ")
    reading = read_text(above + textwrap.indent(text, "  ") + "\n", TranslationFile, str(key))
    if reading.part is None:
        return reading.faults[0]
    return parts_of(reading.part)[key]
