"""Turn a role into a job description."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import takewhile

from bot.knowledge.model import RoleProfile, RoleSection, Source
from bot.language.speech import _, in_every_language, read_back

DOCUMENT_WIDTH = 80  # columns
_PAD = "\0"  # in no text

# At the start of a line, these would turn a sentence into a heading, a list, a quote or a rule.
_BLOCK_MARKER = re.compile(r"[-+*>#=]|\d+[.)]|`{3}|~{3}|<")
_LIST_ITEM = re.compile(r"\s*(?:[-+*]|\d+[.)])\s+")
_LINK = re.compile(r"<([^<>\n]+)>")
_COMMAS = ",、，"  # noqa: RUF001 - Japanese ones, too
_BLANKS_AROUND = re.compile(rf"^[\s{_COMMAS}]+|[\s{_COMMAS}]+$")
_ADDRESS = re.compile(
    r"https?://[^\s<>()\[\]/.@:]+(?:\.[^\s<>()\[\]/.@:]+)+(?::\d+)?(?:[/?#][^\s<>()\[\]]*)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class JobDescription:
    """A role as a job ad: who is hiring, where, what the role is about, and where to apply."""

    title: str
    sections: tuple[RoleSection, ...]
    company: str | None = None
    location: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a job description says beyond the role: who is hiring, where, and where to apply."""

    company: str | None = None
    location: str | None = None
    link: str | None = None


class UnknownSection(LookupError):
    """A role has no such section."""


class NothingLeft(ValueError):
    """Every section was left out."""


def describe(
    role: RoleProfile,
    *,
    company: str | None = None,
    location: str | None = None,
    link: str | None = None,
    left_out: AbstractSet[str] = frozenset(),
) -> JobDescription:
    """Return the job description of a role; ignore ids in `left_out` that it doesn't have (anymore).

    Raises:
        NothingLeft: No section would remain.
    """
    sections = tuple(section for section in role.sections if section.id not in left_out)
    if role.sections and not sections:
        raise NothingLeft
    return JobDescription(role.title, sections, company, location, link)


def read_sections(typed: str, role: RoleProfile) -> frozenset[str]:
    """Return the ids of the sections that a comma-separated list names, by id or heading.

    Raises:
        UnknownSection: Part of the list names none; the error holds that part.
    """
    names = {name.casefold(): section.id for section in role.sections for name in (section.heading, section.id)}
    found: set[str] = set()
    rest = _without_blanks(typed)
    while rest:
        # A heading may contain a comma, so take the longest name that fits.
        name = max((name for name in names if _begins_with(rest, name)), key=len, default=None)
        if name is None:
            raise UnknownSection(split_at_commas(rest)[0])
        found.add(names[name])
        rest = _without_blanks(rest[len(name) :])
    return frozenset(found)


def split_at_commas(text: str) -> list[str]:
    """Return the parts of a list in any language."""
    return [part.strip() for part in re.split(f"[{_COMMAS}]", text)]


def is_web_address(text: str) -> bool:
    """Return whether text is an address that a browser can open and that Markdown keeps whole."""
    return _ADDRESS.fullmatch(text) is not None


def as_markdown(description: JobDescription | RoleProfile) -> str:
    """Return a job description as Markdown: its title, then each section's heading and text."""
    if isinstance(description, RoleProfile):
        description = describe(description)
    head = [f"**{description.title}**"]
    head += [_company(description.company)] if description.company else []
    head += [_location(description.location)] if description.location else []
    parts = ["\n".join(head), *map(_section, description.sections)]
    if description.link:
        parts.append(f"{_apply_here()}\n<{description.link}>")
    return "\n\n".join(parts)


def read_particulars(markdown: str) -> Particulars:
    """Return the particulars of a job description that `as_markdown` wrote, in whatever language."""
    _title, *lines = markdown.split("\n")
    head = list(takewhile(bool, lines))
    companies, locations = ([read_back(line, say) for line in head] for say in (_company, _location))
    link = _LINK.fullmatch(lines[-1]) if lines[-2:-1] and lines[-2] in in_every_language(_apply_here) else None
    return Particulars(
        company=next(filter(None, companies), None),
        location=next(filter(None, locations), None),
        link=link[1] if link else None,
    )


def as_document(role: RoleProfile, source: Source | None) -> str:
    """Return the job description as a Markdown file, with headings, 80 columns wide, and with its source.

    Text without spaces isn't wrapped: Markdown would show a space where a line ends.
    """
    parts = [f"# {role.title}"]
    for section in role.sections:
        items = "\n".join(f"- {item}" for item in section.items)
        link = section.link and f"<{section.link}>"
        parts += filter(None, [f"## {section.heading}", section.text, items, link])
    if source:
        parts += ["---", _("Source: {source}", source=_attribution(source))]
    return "\n\n".join("\n".join(map(_wrapped, part.splitlines())) for part in parts) + "\n"


def _company(company: str) -> str:
    return _("Company: {company}", company=company)


def _location(location: str) -> str:
    return _("Location: {location}", location=location)


def _apply_here() -> str:
    return "**" + _("Apply here") + "**"


def _section(section: RoleSection) -> str:
    body = [section.text, *(f"- {item}" for item in section.items)]
    if section.link:
        body.append(f"<{section.link}>")
    return "\n".join([f"**{section.heading}**", *filter(None, body)])


def _without_blanks(text: str) -> str:
    return _BLANKS_AROUND.sub("", text.casefold())


def _begins_with(text: str, name: str) -> bool:
    return text.startswith(name) and text[len(name) :].lstrip()[:1] in {"", *_COMMAS}


def _attribution(source: Source) -> str:
    return f"{source.publisher}, " + (f"[{source.title}](<{source.url}>)" if source.url else source.title)


def _wrapped(line: str) -> str:
    """Wrap a long line, unless that would change what it means."""
    marker = _LIST_ITEM.match(line)
    indent = " " * len(marker.group()) if marker else ""
    padded = "".join(character + _pad(character) for character in line)
    padded_lines = textwrap.wrap(
        padded, DOCUMENT_WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    lines = [text.replace(_PAD, "") for text in padded_lines]
    changes_meaning = line.startswith("#") or any(_BLOCK_MARKER.match(text.strip()) for text in lines[1:])
    return line if changes_meaning else "\n".join(lines)


def _pad(character: str) -> str:
    """Return what to put after a character so that a text is as long as it looks."""
    return _PAD if unicodedata.east_asian_width(character) in "WF" else ""
