"""Turn a page into the arguments of discord.py's ways to send and edit."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.page import Page

SILENT = discord.AllowedMentions.none()


def forms_of(page: Page, *, embeds: bool) -> tuple[Page, ...]:
    """Return the messages to send: one as a rule, as many as plain text needs without embeds."""
    return (page,) if embeds else page.without_embeds()


def view_of(page: Page) -> discord.ui.View | None:
    """Return the buttons and menus of a page, or None if it has none."""
    if not page.items:
        return None
    view = discord.ui.View(timeout=None)
    for item in page.items:
        view.add_item(item)
    view.stop()  # discord.py would otherwise keep it forever; clicks find their items by custom_id
    return view


def parameters_of(page: Page) -> dict[str, Any]:
    """Return the arguments that every way of sending takes."""
    return {
        "content": page.content or None,
        "embeds": page.embeds,
        "view": view_of(page) or discord.utils.MISSING,
        "allowed_mentions": SILENT,
    }


def replacing(page: Page) -> dict[str, Any]:
    """Return the arguments that every way of editing takes; what the page lacks is removed."""
    return {**parameters_of(page), "view": view_of(page)}
