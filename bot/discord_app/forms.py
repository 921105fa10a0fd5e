"""What a page looks like to discord.py's ways of sending and editing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.discord_app.asking.topic_components import suggestion_button, topic_button, topic_menu
from bot.discord_app.page import Page

SILENT = discord.AllowedMentions.none()


def forms_of(page: Page, *, embeds: bool) -> tuple[Page, ...]:
    """Return the messages to send: as a rule one, in plain text as many as it needs."""
    return (page,) if embeds else page.without_embeds()


def view_of(page: Page) -> discord.ui.View | None:
    """Return the buttons and menus of a page, None if it has none."""
    items = tuple(_items_of(page))
    return _Components(items) if items else None


class _Components(discord.ui.View):
    """Buttons and menus of a message, for which nobody waits here: what a click is for stands in the custom_ids.

    discord.py's view and its items hold each other, so that only the garbage collector would free them. This one lets
    them go as soon as it is known what they look like.
    """

    def __init__(self, items: Iterable[discord.ui.Item[Any]]) -> None:
        super().__init__(timeout=None)
        for item in items:
            self.add_item(item)
        self._components = super().to_components()
        self.clear_items()
        self.stop()  # or discord.py would keep it for good

    def to_components(self) -> list[dict[str, Any]]:
        """Return what Discord is sent."""
        return self._components


def _items_of(page: Page) -> Iterator[discord.ui.Item[Any]]:
    for link in page.links:
        yield suggestion_button(link) if link.is_suggestion else topic_button(link)
    for part, links in enumerate(page.menus):
        yield topic_menu(part, links)
    if page.url:
        yield discord.ui.Button(label="Get in touch", url=page.url)
    yield from page.items


def parameters_of(page: Page) -> dict[str, Any]:
    """Return what every way of sending takes."""
    return {
        "content": page.content or None,
        "embeds": page.embeds,
        "view": view_of(page) or discord.utils.MISSING,
        "allowed_mentions": SILENT,
    }


def replacing(page: Page) -> dict[str, Any]:
    """Return what every way of editing takes; what isn't there is taken away."""
    return {**parameters_of(page), "view": view_of(page)}
