"""Take a Markdown text apart: what may be a question, and what stands between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

from bot.authoring.importing.discord_text import markdown_parser, plain

_NUMBER = re.compile(
    r"\A(?:(?:Q(?:uestion)?\s*)?\(?\d{1,3}(?:\.\d{1,3})*[.):]\s+(?=\S)|\d{1,3}(?:\.\d{1,3})+\s+|"
    r"Q(?:uestion)?\s*[.:)]\s*)",
    re.IGNORECASE,
)
_BOLD = re.compile(
    r"(?P<mark>\*\*|__)(?P<question>(?:(?!(?P=mark)).)+)(?P=mark)"
    r"[ \t]*[:\u2013\u2014-]?[ \t]*(?:<br ?/?>)?\s*(?P<rest>.*)",
    re.DOTALL,
)
_Q_AND_A = re.compile(
    r"\**Q(?:uestion)?\s*\d*\s*[:.)]\**\s*(?P<question>[^\n]+)\n?(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)
_ANSWER = re.compile(r"\A\**A(?:nswer)?\s*\d*\s*[:.)]\**\s*", re.IGNORECASE)
_PLAIN = re.compile(r"(?P<question>[^\n]{1,200}\?)(?:\n:[ \t]+(?P<rest>.*))?", re.DOTALL)
_DEFINITION = re.compile(r"\A:[ \t]+")
_SUMMARY = re.compile(r"<summary[^<>]{0,200}>(?P<question>.{0,1000}?)</summary>(?P<rest>.*)", re.DOTALL | re.IGNORECASE)
_DETAILS = re.compile(r"</?details[^<>]{0,200}>", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:what|which|who|whom|whose|when|where|why|how|is|are|am|was|do|does|did|can|could|should|would|will|may|must|has|"
    r"have|i|my)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a Markdown text, from the top level of its structure.

    Attributes:
        kind: `text`, or what may be a question: `heading 2`, `bold`, `numbered`, `summary`, `labeled` or `plain`.
        title: the question or heading, without markup.
        rest: what follows it in the same part; of a text, all of it.
        source: the whole part, as written in the text.
        line: where it begins, counted from 1.
    """

    kind: str
    title: str
    rest: str
    source: str
    line: int

    @property
    def level(self) -> int:
        """Return the level of a heading, from 1 to 6; 0 if it is none."""
        return int(self.kind[-1]) if self.kind.startswith("heading") else 0

    @property
    def looks_like_a_question(self) -> bool:
        """Return whether the title is worded as a question."""
        return self.title.endswith(("?", "\uff1f", "\u061f")) or bool(_OPENING.match(self.title))


def blocks_of(text: str) -> tuple[list[Block], dict[str, Any]]:
    """Return the parts of a Markdown text, and the targets of the links that it names further down."""
    environment: dict[str, Any] = {}
    tokens = markdown_parser().parse(text, environment)
    lines = text.split("\n")
    found = [block for group in _top_level(tokens) for block in _read(group, lines)]
    return found, environment.get("references", {})


def _top_level(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each part of the top level."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield group
            group = []


def _read(group: list[Token], lines: list[str]) -> Iterator[Block]:
    first = group[0]
    start, end = first.map or (0, 0)
    source, line = "\n".join(lines[start:end]), start + 1
    if first.type == "heading_open":
        yield Block(f"heading {first.tag[1]}", _title(group[1].content), "", source, line)
    elif first.type == "ordered_list_open":
        yield from _numbered(group, lines, source, line)
    elif first.type == "html_block" and (match := _SUMMARY.search(source)):
        rest = _DETAILS.sub("", match["rest"]).strip()
        yield Block("summary", _title(match["question"]), rest, _DETAILS.sub("", source), line)
    elif first.type == "paragraph_open":
        yield _paragraph(source, line)
    else:
        text = _DETAILS.sub("", source) if first.type == "html_block" else source
        yield Block("text", "", text, text, line)


def _paragraph(source: str, line: int) -> Block:
    """Return a paragraph that is a question, begins with one in bold or after a Q, or is just text."""
    if (match := _BOLD.fullmatch(source)) and (not match["rest"] or match["question"].rstrip().endswith("?")):
        return Block("bold", _title(match["question"]), _ANSWER.sub("", match["rest"]), source, line)
    if match := _Q_AND_A.fullmatch(source):
        return Block("labeled", _title(match["question"]), _ANSWER.sub("", match["rest"]), source, line)
    if match := _PLAIN.fullmatch(source):
        return Block("plain", _title(match["question"]), match["rest"] or "", source, line)
    text = _DEFINITION.sub("", _ANSWER.sub("", source))
    return Block("text", "", text, text, line)


def _numbered(group: list[Token], lines: list[str], source: str, line: int) -> Iterator[Block]:
    """Yield the items of a numbered list, if they are questions."""
    items = [token.map for token in group if token.type == "list_item_open" and token.level == 1 and token.map]
    found = [_item(lines[first:last], first + 1) for first, last in items]
    if sum(block.looks_like_a_question for block in found) * 2 > len(found):
        yield from found
    else:
        yield Block("text", "", source, source, line)


def _item(lines: list[str], line: int) -> Block:
    """Return an item of a list as a question, which is in bold, ends in a question mark, or is its first line."""
    marker = re.match(r"\s*\d+[.)]\s*", lines[0])
    width = marker.end() if marker else 0
    text = "\n".join([lines[0][width:], *(each[min(width, len(each) - len(each.lstrip())) :] for each in lines[1:])])
    first, gap, more = text.partition("\n\n")
    paragraph = _paragraph(first, line)
    if paragraph.kind == "bold":
        question, answer = paragraph.title, paragraph.rest
    elif "?" in first:
        question, _, answer = first.partition("?")
        question += "?"
    else:
        question, _, answer = first.partition("\n")
    rest = f"{answer.strip()}{gap}{more}".strip()
    return Block("numbered", _title(question), rest, "\n".join(lines).strip("\n"), line)


def _title(text: str) -> str:
    """Return a question without its number and its markup."""
    return _NUMBER.sub("", plain(text)).strip()
