"""Find links in an answer that would lead nowhere on Discord."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_MARKDOWN = re.compile(r"\[(?P<label>[^\[\]\n]*)\](?P<gap>[ ]?)\((?P<target>(?:[^()\n]|\([^()\n]*\))*)(?P<end>\)?)")
_ADDRESS = re.compile(r"<?https?://[^\s<>/]+\.[^\s<>]+>?", re.IGNORECASE)
_LOOKS_LIKE_LINK = re.compile(r"\s*<?(?:h?t?tps?:|www\.)", re.IGNORECASE)


class LinkFault(StrEnum):
    """What is wrong with a link, as a predicate."""

    NO_SLASHES = "is missing :// after http or https"
    MISSPELLED = "starts with a misspelled https://"
    NO_SCHEME = "is missing https:// in front"
    NO_HOST = "has no complete host name"
    GAP = "has a space between ] and ("
    OPEN = "isn't closed with )"
    NO_LABEL = "has no text between [ and ]"
    NO_ADDRESS = "has something other than a web address between ( and )"


_BARE = (
    (re.compile(r"\bhttps?:(?!//[^\s/])\S*|\bhttps?//\S+", re.IGNORECASE), LinkFault.NO_SLASHES),
    (re.compile(r"\b(?!https?:)h{0,2}t{1,3}p{0,2}s{0,2}://\S*", re.IGNORECASE), LinkFault.MISSPELLED),
    (re.compile(r"(?<![\w/.@-])www\.\w\S*", re.IGNORECASE), LinkFault.NO_SCHEME),
    (re.compile(r"\bhttps?://(?!localhost\b)[^\s/.:<>()]+(?=[/\s)>]|$)", re.IGNORECASE), LinkFault.NO_HOST),
)


@dataclass(frozen=True, slots=True)
class MalformedLink:
    """A link as it is written, and what is wrong with it."""

    written: str
    problem: LinkFault


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


def _problem(match: re.Match[str]) -> LinkFault | None:
    """Return what is wrong with a Markdown link, if anything is."""
    target = match["target"].strip()
    if match["gap"]:
        return LinkFault.GAP if _LOOKS_LIKE_LINK.match(target) else None
    if not match["end"]:
        return LinkFault.OPEN
    if not match["label"].strip():
        return LinkFault.NO_LABEL
    if not _ADDRESS.fullmatch(target):
        return LinkFault.NO_ADDRESS
    return None
