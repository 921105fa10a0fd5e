"""What a page looks like to discord.py's ways of sending and editing."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.buttons.topics import view_of
from bot.discord_app.rendering import Page

silent = discord.AllowedMentions.none()


def forms_of(page: Page, *, embeds: bool) -> tuple[Page, ...]:
    """Return the messages to send: as a rule one, in plain text as many as it needs."""
    return (page,) if embeds else page.without_embeds()


def parameters_of(page: Page) -> dict[str, Any]:
    """Return what every way of sending takes."""
    return {
        "content": page.content or None,
        "embeds": page.embeds,
        "view": view_of(page) or discord.utils.MISSING,
        "allowed_mentions": silent,
    }


def replacing(page: Page) -> dict[str, Any]:
    """Return what every way of editing takes; what isn't there is taken away."""
    return {**parameters_of(page), "view": view_of(page)}
