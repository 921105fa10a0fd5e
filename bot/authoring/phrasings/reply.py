"""Read what a language model replied to a request for phrasings, however it is laid out."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from bot.authoring.phrasings.layout import Line, is_cut_off, lines_of
from bot.knowledge.file_format import MAX_ID_LENGTH
from bot.matching.text import clean, words

_PHRASINGS = {"phrasings", "phrasing", "phrases", "questions", "variants", "ways to ask", "text", "paraphrases"}
_NOT = {"not", "not examples", "near misses", "near miss", "nearmisses", "negatives", "must not answer"}
_OFF_TOPIC = {"off topic", "off topics", "offtopic", "off topic subjects"}
_AROUND = {"entries", "entry", "sections", "reply", "result", "output"}
_ID = {"id", "entry id"}
_NAME = {"name"}
_IGNORED = {"answer", "question", "note", "notes", "comment", "comments", "reaction"}
_REGISTERS = (
    "formal|polite|chatty|casual|informal|terse|short|long|slang|typos?|neutral|plain|fragments?|rambling|story"
)
_LABEL = re.compile(rf"(?:\*\*)?(?:{_REGISTERS})\b[^:?!.]{{0,20}}:(?:\*\*)?\s+(?=\S)", re.IGNORECASE)
_REMARK = re.compile(rf"\s+[(\[](?:{_REGISTERS})\b[^()\[\]]{{0,30}}[)\]]$", re.IGNORECASE)
_SEPARATED = re.compile(r"[`*\"']*(?P<id>[A-Za-z0-9][A-Za-z0-9_-]*)[`*\"']*\s*(?:$|:|\(|\u2013|\u2014|-\s)")
_DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)("?)')
_SINGLE_QUOTED = re.compile(r"'((?:[^']|'')*)('?)(?=\s*,?\s*(?:#.*)?$)")


@dataclass(slots=True)
class Proposal:
    """What a reply has for one id; `name` is what a new off-topic subject is called, if the reply says so."""

    id: str
    name: str | None = None
    phrasings: list[str] = field(default_factory=list)
    not_examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reply:
    """What could be read.

    Attributes:
        proposals: for entries and off-topic subjects that the knowledge has.
        subjects: new off-topic subjects.
        unknown: ids that the folder doesn't have, with the number of lines below each.
        closest: for some of these, the id that may be meant.
        cut_off_at: the id where the reply ends too early; None if it doesn't.
    """

    proposals: tuple[Proposal, ...]
    subjects: tuple[Proposal, ...]
    unknown: Mapping[str, int]
    closest: Mapping[str, str]
    cut_off_at: str | None


def read_reply(
    text: str, *, questions: Mapping[str, str], off_topics: frozenset[str], elsewhere: frozenset[str] = frozenset()
) -> Reply:
    """Read a reply: YAML, JSON, or bullets and numbers below ids, with prose around it or cut off at its end.

    `questions` holds the questions of the entries by id; a heading may be either. Ids from `elsewhere` can't be used.
    """
    reader = _Reader(questions, off_topics, elsewhere)
    for line in lines_of(text, mentions=reader.names_an_id):
        reader.read(line)
    found = [proposal for proposal in reader.found.values() if proposal.phrasings or proposal.not_examples]
    known = {*questions, *off_topics}
    return Reply(
        proposals=tuple(proposal for proposal in found if proposal.id in known),
        subjects=tuple(proposal for proposal in found if proposal.id not in known),
        unknown=dict(reader.unknown),
        closest={id_: near[0] for id_ in reader.unknown if (near := get_close_matches(id_, known, 1, 0.6))},
        cut_off_at=reader.owner if is_cut_off(text) or reader.ends_mid_text else None,
    )


class _Reader:
    """Go through a reply line by line, and keep in mind whose lines these are."""

    def __init__(self, questions: Mapping[str, str], off_topics: frozenset[str], elsewhere: frozenset[str]) -> None:
        self.found: dict[str, Proposal] = {}
        self.unknown: Counter[str] = Counter()
        self.owner: str | None = None
        self.ends_mid_text = False
        self._off_topics = off_topics
        self._elsewhere = elsewhere
        self._ids = {id_: id_ for id_ in (*questions, *off_topics)}
        self._by_question = {" ".join(words(clean(question))): id_ for id_, question in questions.items()}
        self._owner_indentation = 0
        self._is_not = False
        self._in_off_topic = False
        self._has_items = False

    def names_an_id(self, text: str) -> bool:
        """Return whether some line of a text is about an id that the knowledge has."""
        return any(id_ in text for id_ in self._ids)

    def read(self, line: Line) -> None:
        """Take one line for a key, a heading, a phrasing or nothing of interest."""
        self.ends_mid_text = False
        is_marked = line.content.startswith(("**", "`"))
        if line.is_heading:
            self._head(line)
        elif line.is_item and is_marked and (id_ := self._id_in(line.content)) is not None:
            self._start(id_, line.indentation)
        elif line.key is not None and self._is_key(line):
            self._open(line.key, line.rest, line)
        elif line.is_item:
            self._add(line.content)
        elif (id_ := self._id_in(line.content)) is not None:
            self._start(id_, line.indentation)
        elif line.indentation and self._has_items and not line.is_strict:
            self._continue(line.content)
        elif self._has_items and not line.is_strict:
            self.owner = None  # prose after the phrasings: what is listed below it are remarks

    def _is_key(self, line: Line) -> bool:
        """Tell "join:" from a phrasing with a colon in it, which only bullets can be."""
        if not line.is_item:
            return True
        name = _plain(line.key or "")
        is_word = name in _PHRASINGS | _NOT | _OFF_TOPIC | _ID | _NAME | _IGNORED
        return is_word or self._known(line.key or "") is not None or (not line.rest and self.owner is None)

    def _head(self, line: Line) -> None:
        name = _plain(line.content)
        if (id_ := self._id_in(line.content)) is not None:
            self._start(id_, line.indentation)
        elif name in _PHRASINGS | _NOT and self.owner is not None:
            self._is_not = name in _NOT
        elif name in _OFF_TOPIC:
            self.owner, self._in_off_topic = None, True
        elif self._in_off_topic and not line.is_strict:
            self._start(_as_id(line.content), line.indentation)
        elif not line.is_strict and not re.match(_REGISTERS, name):
            self.owner = None

    def _open(self, written: str, rest: str, line: Line) -> None:
        """Read a key and what stands behind it."""
        name, id_ = _plain(written), self._known(written)
        is_inside = self.owner is not None and line.indentation > self._owner_indentation
        if name in _ID and rest:
            named = _unquoted(rest)[0]
            self._start(self._known(named) or _as_id(named), line.indentation - 1)
        elif id_ is not None and not (is_inside and name in _NOT | _PHRASINGS):
            self._start(id_, line.indentation)
            self._add_all(rest)
        elif is_inside:
            self._open_part(name, rest)
        elif name in _OFF_TOPIC | _AROUND:
            self.owner, self._in_off_topic = None, name in _OFF_TOPIC
        elif name in _NOT | _PHRASINGS:
            self._is_not = name in _NOT
            self._add_all(rest)
        elif name not in _IGNORED | _NAME:
            self._open_unknown(written, rest, line)

    def _open_part(self, name: str, rest: str) -> None:
        """Read a key of an entry or a subject."""
        if name in _NAME and self.owner is not None:
            self._proposal(self.owner).name = _readable(_unquoted(rest)[0]) or None
        elif name not in _IGNORED:  # else phrasings, which may be in groups such as "formal:" and "chatty:"
            self._is_not = name in _NOT | _OFF_TOPIC
            self._add_all(rest)

    def _open_unknown(self, written: str, rest: str, line: Line) -> None:
        """Read a key that may be an id, or prose that ends in a colon."""
        if (not rest or rest.startswith(("[", "{"))) and (line.is_strict or " " not in written):
            self._start(_as_id(written), line.indentation)
            self._add_all(rest)
        elif self._has_items and not line.is_strict:
            self.owner = None

    def _start(self, id_: str, indentation: int) -> None:
        self.owner, self._owner_indentation = id_ or None, indentation
        self._is_not = self._has_items = False
        if id_ in self._ids:
            self._in_off_topic = self._in_off_topic and id_ in self._off_topics
        elif id_ and (not self._in_off_topic or id_ in self._elsewhere):
            self.unknown[id_] += 0

    def _add_all(self, rest: str) -> None:
        """Add what stands behind a key: one phrasing, or a list of them in brackets."""
        if rest.startswith("["):
            inner = rest[1:].removesuffix("]")
            quoted_ones = [match.group(1) for match in _DOUBLE_QUOTED.finditer(inner)]
            for text in quoted_ones or inner.split(","):
                self._add(f'"{text}"' if quoted_ones else text)
        elif rest and not rest.startswith(("{", "#", "|", ">")):
            self._add(rest)

    def _add(self, content: str) -> None:
        text, is_open = _unquoted(content)
        if is_open:
            self.ends_mid_text = True
            return
        text = _readable(_REMARK.sub("", _LABEL.sub("", text, count=1)))
        if self.owner is None or not words(clean(text)) or re.fullmatch(r"<.*>", text):
            return
        self._has_items = True
        if self.owner in self.unknown:
            self.unknown[self.owner] += 1
            return
        proposal = self._proposal(self.owner)
        (proposal.not_examples if self._is_not else proposal.phrasings).append(text)

    def _continue(self, content: str) -> None:
        """Join a line to the phrasing that it continues."""
        if self.owner is None or self.owner in self.unknown:
            return
        proposal = self._proposal(self.owner)
        texts = proposal.not_examples if self._is_not else proposal.phrasings
        texts[-1] = _readable(f"{texts[-1]} {_unquoted(content)[0]}")

    def _proposal(self, id_: str) -> Proposal:
        return self.found.setdefault(id_, Proposal(id_))

    def _known(self, written: str) -> str | None:
        return self._ids.get(written.strip().strip("`*\"'")) or self._ids.get(_as_id(written))

    def _id_in(self, content: str) -> str | None:
        """Return the id that a heading is about: it names the id, or asks its question."""
        if (match := _SEPARATED.match(content)) and (id_ := self._known(match["id"])) is not None:
            return id_
        return self._by_question.get(" ".join(words(clean(content))))


def _plain(name: str) -> str:
    """Return a key or heading as the words that it is compared by."""
    return re.sub(r"[^a-z]+", " ", name.lower()).strip()


def _as_id(written: str) -> str:
    """Return an id made of what is written, such as running-the-club."""
    return re.sub(r"[^a-z0-9]+", "-", written.lower())[:MAX_ID_LENGTH].strip("-")


def _unquoted(content: str) -> tuple[str, bool]:
    """Return text without its quotes, and whether they are open at the end."""
    content = content.strip()
    if content.startswith('"') and (match := _DOUBLE_QUOTED.match(content)):
        return _unescaped(match[1]), not match[2]
    if content.startswith("'") and (match := _SINGLE_QUOTED.match(content)):
        return match[1].replace("''", "'"), False
    for opening, closing in ("\u201c\u201d", "``"):
        if content.startswith(opening):
            return content[1:].partition(closing)[0], False
    return content, False


def _unescaped(text: str) -> str:
    try:
        value: Any = json.loads(f'"{text}"')
    except ValueError:
        return text.replace('\\"', '"')
    return str(value)


def _readable(text: str) -> str:
    """Return text on one line, without invisible characters."""
    kept = (character if _is_visible(character) else " " if character.isspace() else "" for character in text)
    return " ".join("".join(kept).strip().strip("*").split())


def _is_visible(character: str) -> bool:
    return character in "\u200c\u200d" or unicodedata.category(character)[0] not in "CZ"
