"""Make a job description of a role."""

from __future__ import annotations

import re
import textwrap

from bot.knowledge.model import KnowledgeBase, RoleProfile, RoleSection, Source

document_width = 80  # columns

# At the start of a line these would turn a sentence into a heading, a list, a quotation or a rule.
_BLOCK_MARKER = re.compile(r"[-+*>#=]|\d+[.)]|`{3}|~{3}|<")
_LIST_ITEM = re.compile(r"\s*(?:[-+*]|\d+[.)])\s+")


def as_markdown(role: RoleProfile) -> str:
    """Return the job description of a role as Markdown: its title, then a heading and a text for each section."""
    return "\n\n".join([f"**{role.title}**", *map(_section, role.sections)])


def _section(section: RoleSection) -> str:
    body = [section.text, *(f"- {item}" for item in section.items)]
    if section.link:
        body.append(f"<{section.link}>")
    return "\n".join([f"**{section.heading}**", *filter(None, body)])


def as_document(knowledge: KnowledgeBase) -> str:
    """Return the job description as a Markdown file: with headings, in lines of 80 columns, and with its source."""
    parts = [f"# {knowledge.role.title}"]
    for section in knowledge.role.sections:
        items = "\n".join(f"- {item}" for item in section.items)
        link = section.link and f"<{section.link}>"
        parts += filter(None, [f"## {section.heading}", section.text, items, link])
    parts += ["---", f"Source: {_attribution(knowledge.source)}"]
    return "\n\n".join("\n".join(map(_wrapped, part.splitlines())) for part in parts) + "\n"


def _attribution(source: Source) -> str:
    return f"{source.publisher}, " + (f"[{source.title}](<{source.url}>)" if source.url else source.title)


def _wrapped(line: str) -> str:
    """Break a long line, unless that would change what it means."""
    marker = _LIST_ITEM.match(line)
    indent = " " * len(marker.group()) if marker else ""
    lines = textwrap.wrap(
        line, document_width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    changes_meaning = line.startswith("#") or any(_BLOCK_MARKER.match(text.strip()) for text in lines[1:])
    return line if changes_meaning else "\n".join(lines)
