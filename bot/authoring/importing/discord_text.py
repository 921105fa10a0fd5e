"""Turn HTML, or Markdown as it is written elsewhere, into what Discord can show."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from itertools import zip_longest
from typing import Any

from bs4 import BeautifulSoup, Tag
from markdown_it import MarkdownIt
from markdownify import MarkdownConverter

from bot.authoring.links import malformed_links
from bot.knowledge.faults import shown

_CELL, _ROW = "\x1f", "\x1e"  # which no text contains
_CUT_MARK = "\n\n…"
_FENCE = "\n```"
_WEB = re.compile(r"https?://", re.IGNORECASE)
_BARE_WEB = re.compile(r"(?<![\w/.@-])www\.(?=\w)", re.IGNORECASE)
_HTML = re.compile(
    r"</?(?:p|br|div|span|a|b|strong|i|em|u|ul|ol|li|h[1-6]|img|table|tr|td|pre|code|blockquote|hr|details)\b[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|#39|#x27|rsquo|lsquo|ldquo|rdquo|ndash|mdash|hellip);")
_MARKDOWN_ELSEWHERE = re.compile(r"!\[[^\]]*\]\(|^\s*\|?\s*:?-{3,}:?\s*\|", re.MULTILINE)
_LONE_ASTERISK = re.compile(r"(?<=\s)\\\*(?=\s)")

Warn = Callable[[str], None]


def from_markdown(text: str, warn: Warn, *, references: dict[str, Any] | None = None) -> str:
    """Return Markdown that Discord shows as it is meant: no tables, images, headings or links to other files.

    `warn` is told, in a sentence, what is lost. `references` are the link targets that stand elsewhere in the file.
    """
    return from_html(markdown_parser().render(text, {"references": references or {}}), warn)


def from_html(html: str, warn: Warn) -> str:
    """Return HTML as Discord's Markdown."""
    text: str = _DiscordConverter(warn).convert(html)
    lines = (line.rstrip() for line in _LONE_ASTERISK.sub("*", text).split("\n"))
    return _with_addresses(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).replace("\xa0", " ").strip())


def from_cell(text: str, warn: Warn) -> str:
    """Return a cell or a value, which may be HTML, Markdown or plain text; plain text stays as it is."""
    if _HTML.search(text) or _ENTITY.search(text):
        return from_html(text if "<p" in text or "<br" in text else text.replace("\n", "<br>"), warn)
    return from_markdown(text, warn) if _MARKDOWN_ELSEWHERE.search(text) else _with_addresses(text.strip())


def _with_addresses(text: str) -> str:
    """Complete addresses that lack https://, of which Discord would make no links."""
    return _BARE_WEB.sub("https://www.", text)


def plain(text: str) -> str:
    """Return one line without markup, such as a question or a heading."""
    html = markdown_parser().renderInline(text)
    return " ".join(BeautifulSoup(html, "html.parser").get_text().split())


def plain_cell(text: str) -> str:
    """Return a question that is HTML or plain text on one line, without tags."""
    is_html = _HTML.search(text) or _ENTITY.search(text)
    return " ".join((BeautifulSoup(text, "html.parser").get_text() if is_html else text).split())


@cache
def markdown_parser() -> MarkdownIt:
    """Return what reads Markdown as GitHub does."""
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def cut(text: str, most: int) -> str:
    """Return text with at most so many characters, cut behind a paragraph, or a line or word if there is no other way.

    A block of code is closed again.
    """
    if len(text) <= most:
        return text
    room = most - len(_CUT_MARK) - len(_FENCE)
    for boundary in ("\n\n", "\n", " "):
        kept = text[: text.rfind(boundary, 0, room + 1)] if boundary in text[room // 2 : room + 1] else ""
        if kept:
            break
    else:
        kept = text[:room]
    closing = _FENCE if kept.count("```") % 2 else ""
    return f"{kept.rstrip()}{closing}{_CUT_MARK}"


class _DiscordConverter(MarkdownConverter):
    """Write HTML as the Markdown that Discord knows."""

    def __init__(self, warn: Warn) -> None:
        super().__init__(
            bullets="-", escape_underscores=False, wrap=True, wrap_width=None, code_language_callback=_language_of
        )
        self._warn = warn

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Keep links to web pages; of others, which lead nowhere from Discord, keep the text."""
        address, label = str(el.get("href") or "").strip(), text.strip()
        if not label or "_noformat" in parent_tags or not address:
            return text
        if address.startswith("mailto:"):
            mail = address.removeprefix("mailto:").partition("?")[0]
            return text if mail in label else f"{text} ({mail})"
        address = address.replace(" ", "%20")
        if not _WEB.match(address) or [*malformed_links(f"[x]({address})")]:
            self._warn(f"The link to {shown(address)} leads nowhere on Discord, so only its text stays.")
            return text
        return f"<{address}>" if label == address else text.replace(label, f"[{label}]({address})", 1)

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Turn an image on the web into a link, and leave out others."""
        del text
        address = str(el.get("src") or "").strip()
        label = " ".join(str(el.get("alt") or "").split())
        if "a" in parent_tags:
            return label or "image"
        if _WEB.match(address) and not [*malformed_links(f"[x]({address})")]:
            self._warn(f"The image {shown(label or address)} became a link.")
            return f"[{label or 'image'}]({address})"
        self._warn(f"The image {shown(label or address)} was left out.")
        return ""

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802 - markdownify's name
        """Write a heading in bold: Discord's own are as large as a message."""
        del n, el
        label = text.strip().replace("**", "")
        return text if "_inline" in parent_tags or not label else f"\n\n**{label}**\n\n"

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Leave out lines across the page."""
        del el, text, parent_tags
        return "\n\n"

    def convert_summary(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Show the heading of what was folded up."""
        return self.convert_hN(0, el, text, parent_tags)

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """End a cell."""
        del el, parent_tags
        return f"{' '.join(text.split())}{_CELL}"

    convert_th = convert_td

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """End a row."""
        del el, parent_tags
        return f"{text}{_ROW}"

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Turn a table, which Discord doesn't have, into a list with an item for each row."""
        del parent_tags
        rows = [row.split(_CELL)[:-1] for row in text.replace("\n", "").split(_ROW) if row.strip(f"{_CELL} ")]
        heads = [cell.strip() for cell in rows.pop(0)] if el.find("th") and len(rows) > 1 else []
        self._warn("A table became a list.")
        items = "\n".join(f"- {_as_item([cell.strip() for cell in row], heads)}" for row in rows)
        return f"\n\n{items}\n\n"


def _as_item(row: list[str], heads: list[str]) -> str:
    """Return a row of a table as one line: its first cell, then the others with their headings."""
    first, *others = row or [""]
    named = [
        f"{head}: {cell}" if head and len(others) > 1 else cell
        for head, cell in zip_longest(heads[1:], others[: max(len(heads) - 1, len(others))], fillvalue="")
        if cell
    ]
    label = f"**{first.replace('**', '')}**" if first and named else first
    return ": ".join(filter(None, [label, "; ".join(named)]))


def _language_of(el: Tag) -> str | None:
    """Return the language of a block of code, if its class names it."""
    code = el.find("code")
    classes = code.get("class") if isinstance(code, Tag) else None
    named = [name.removeprefix("language-") for name in classes or () if name.startswith("language-")]
    return named[0] if named else None
