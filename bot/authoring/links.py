"""Find links in an answer that would lead nowhere on Discord."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKDOWN = re.compile(r"\[(?P<label>[^\[\]\n]*)\](?P<gap>[ ]?)\((?P<target>(?:[^()\n]|\([^()\n]*\))*)(?P<end>\)?)")
_ADDRESS = re.compile(r"<?https?://[^\s<>/]+\.[^\s<>]+>?", re.IGNORECASE)
_LOOKS_LIKE_LINK = re.compile(r"\s*<?(?:h?t?tps?:|www\.)", re.IGNORECASE)
_BARE = (
    (re.compile(r"\bhttps?:(?!//[^\s/])\S*|\bhttps?//\S+", re.IGNORECASE), "is missing :// after http or https"),
    (re.compile(r"\b(?!https?:)h{0,2}t{1,3}p{0,2}s{0,2}://\S*", re.IGNORECASE), "starts with a misspelled https://"),
    (re.compile(r"(?<![\w/.@-])www\.\w\S*", re.IGNORECASE), "is missing https:// in front"),
    (re.compile(r"\bhttps?://(?!localhost\b)[^\s/.:<>()]+(?=[/\s)>]|$)", re.IGNORECASE), "has no complete host name"),
)


@dataclass(frozen=True, slots=True)
class MalformedLink:
    """A link as it is written, and what is wrong with it: a predicate such as "isn't closed"."""

    written: str
    problem: str


def malformed_links(text: str) -> Iterator[MalformedLink]:
    """Find Markdown links and bare addresses that Discord would not make a link of, or that lead nowhere."""
    rest, end = "", 0
    for match in _MARKDOWN.finditer(text):
        rest += text[end : match.start()] + " "
        end = match.end()
        if problem := _problem(match):
            yield MalformedLink(match.group(), problem)
    rest += text[end:]
    for pattern, problem in _BARE:
        yield from (MalformedLink(match.group(), problem) for match in pattern.finditer(rest))


def _problem(match: re.Match[str]) -> str:
    """Return what is wrong with a Markdown link, or nothing."""
    target = match["target"].strip()
    if match["gap"]:
        return "has a space between ] and (" if _LOOKS_LIKE_LINK.match(target) else ""
    if not match["end"]:
        return "isn't closed with )"
    if not match["label"].strip():
        return "has no text between [ and ]"
    if not _ADDRESS.fullmatch(target):
        return "has something other than a web address between ( and )"
    return ""
