"""Make a job description of a role."""

from __future__ import annotations

from bot.knowledge.model import RoleProfile, RoleSection


def as_markdown(role: RoleProfile) -> str:
    """Return the job description of a role as Markdown: its title, then a heading and a text for each section."""
    return "\n\n".join([f"**{role.title}**", *map(_section, role.sections)])


def _section(section: RoleSection) -> str:
    body = [section.text, *(f"- {item}" for item in section.items)]
    if section.link:
        body.append(f"<{section.link}>")
    return "\n".join([f"**{section.heading}**", *filter(None, body)])
