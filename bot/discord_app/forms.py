"""Turn a page into the arguments of discord.py's ways to send and edit."""

from __future__ import annotations

import io
from typing import Any

import discord

from bot.discord_app.page import Page

SILENT = discord.AllowedMentions.none()


def forms_of(page: Page, permissions: discord.Permissions) -> tuple[Page, ...]:
    """Return the messages to send with the bot's permissions: one as a rule, more if embeds aren't among them."""
    page = page if permissions.attach_files else page.without_files()
    return (page,) if permissions.embed_links else page.without_embeds()


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
    """Return the arguments that every way of sending takes, for one call: files are used up by it."""
    files = {"files": _files_of(page)} if page.pictures else {}
    return {**_texts_of(page), "view": view_of(page) or discord.utils.MISSING, **files}


def replacing(page: Page) -> dict[str, Any]:
    """Return the arguments that every way of editing takes, for one call; what the page lacks is removed."""
    return {**_texts_of(page), "view": view_of(page), "attachments": _files_of(page)}


def _texts_of(page: Page) -> dict[str, Any]:
    return {"content": page.content or None, "embeds": page.embeds, "allowed_mentions": SILENT}


def _files_of(page: Page) -> list[discord.File]:
    return [discord.File(io.BytesIO(each.content), each.name, description=each.alt) for each in page.pictures]
