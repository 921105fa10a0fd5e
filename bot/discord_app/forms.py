"""What a page looks like to discord.py's ways of sending and editing."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.components.topics import suggestion_button, topic_button, topic_menu
from bot.discord_app.rendering import Page

silent = discord.AllowedMentions.none()


def forms_of(page: Page, *, embeds: bool) -> tuple[Page, ...]:
    """Return the messages to send: as a rule one, in plain text as many as it needs."""
    return (page,) if embeds else page.without_embeds()


def view_of(page: Page) -> discord.ui.View | None:
    """Return the buttons and menus of a page, None if it has none. They never time out."""
    if not (page.links or page.menus or page.url or page.items):
        return None
    view = discord.ui.View(timeout=None)
    for link in page.links:
        view.add_item(suggestion_button(link) if link.is_suggestion else topic_button(link))
    for part, links in enumerate(page.menus):
        view.add_item(topic_menu(part, links))
    if page.url:
        view.add_item(discord.ui.Button(label="Get in touch", url=page.url))
    for item in page.items:
        view.add_item(item)
    view.stop()  # or discord.py would keep it for good, to find what a click is for; that stands in the custom_ids
    return view


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
