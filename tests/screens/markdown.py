"""Discord's Markdown as HTML, as far as the bot writes it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import groupby

Named = Callable[[str, int], str]
"""Returns the name that belongs to a mention: "@" for a person, "@&" for a role or "#" for a channel, and its id."""

_INLINE = re.compile(
    r"\\(?P<escaped>[^\w\s])"
    r"|`(?P<code>[^`\n]+)`"
    r"|\*\*(?P<bold>.+?)\*\*"
    r"|\*(?P<italic>[^*\n]+)\*"
    r"|\[(?P<text>[^\]\n]+)\]\(<?(?P<address>https?://[^\s>)]+)>?\)"
    r"|<(?P<sign>@&|@|#)!?(?P<id>\d+)>"
    r"|<t:(?P<time>\d+):(?P<style>\w)>"
    r"|<?(?P<link>https?://[^\s<>)]+)>?"
)
_ITEM = re.compile(r"(?P<indent> *)(?:[-*]|(?P<number>\d+)\.) (?P<text>.+)")
_SUBTEXT, _HEADING, _QUOTE = "-# ", "### ", "> "
_BLOCK = re.compile(r"```(?:\w*\n)?(.*?)```", re.DOTALL)


def to_html(text: str, named: Named) -> str:
    """Return a text as HTML."""
    parts = _BLOCK.split(text)
    done = []
    for number, part in enumerate(parts):
        is_code = number % 2 == 1
        done.append(f"<pre>{html.escape(part.strip())}</pre>" if is_code else "".join(_lines(part.strip("\n"), named)))
    return "".join(done)


def inline(text: str, named: Named) -> str:
    """Return one line as HTML: bold, italic, code, links and mentions."""
    done, end = [], 0
    for match in _INLINE.finditer(text):
        done += [html.escape(text[end : match.start()]), _span(match, named)]
        end = match.end()
    return "".join([*done, html.escape(text[end:])])


def _lines(text: str, named: Named) -> Iterator[str]:
    for is_list, group in groupby(text.split("\n"), key=lambda line: bool(_ITEM.fullmatch(line))):
        lines = list(group)
        if is_list:
            yield "".join(_item(line, named) for line in lines)
        elif lines != [""] or text:
            yield "".join(_line(line, named) for line in lines)


def _line(line: str, named: Named) -> str:
    if line.startswith(_SUBTEXT):
        return f"<small>{inline(line.removeprefix(_SUBTEXT), named)}</small>"
    if line.startswith(_QUOTE):
        return f"<blockquote>{inline(line.removeprefix(_QUOTE), named)}</blockquote>"
    if line.startswith(_HEADING):
        return f"<h3>{inline(line.removeprefix(_HEADING), named)}</h3>"
    return f"<p>{inline(line, named) or '&nbsp;'}</p>"


def _item(line: str, named: Named) -> str:
    match = _ITEM.fullmatch(line)
    assert match is not None
    depth = len(match["indent"]) // 2
    mark = f"{match['number']}." if match["number"] else "◦" if depth else "•"
    return f'<div class="item" style="--depth: {depth}"><b>{mark}</b><span>{inline(match["text"], named)}</span></div>'


def _span(match: re.Match[str], named: Named) -> str:
    found = match.groupdict()
    if found["escaped"]:
        return html.escape(found["escaped"])
    if found["code"]:
        return f"<code>{html.escape(found['code'])}</code>"
    if found["bold"]:
        return f"<strong>{inline(found['bold'], named)}</strong>"
    if found["italic"]:
        return f"<em>{inline(found['italic'], named)}</em>"
    if found["text"]:
        return f'<a href="{html.escape(found["address"])}">{inline(found["text"], named)}</a>'
    if found["sign"]:
        return f'<span class="mention">{html.escape(named(found["sign"], int(found["id"])))}</span>'
    if found["time"]:
        return f'<span class="time">{_moment(int(found["time"]), found["style"])}</span>'
    return f'<a href="{html.escape(found["link"])}">{html.escape(found["link"])}</a>'


def _moment(seconds: int, style: str) -> str:
    """Return a time as Discord shows it in some of its styles, in UTC."""
    when = datetime.fromtimestamp(seconds, UTC)
    day = f"{when:%B} {when.day}, {when.year}"
    return {"R": "2 hours ago", "D": day, "F": f"{when:%A}, {day} at {when:%H:%M}"}[style]
