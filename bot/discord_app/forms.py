"""Turn a page into the arguments of discord.py's ways to send and edit.

A page without cards is a plain message. One with cards is made of Components V2, which know no content and no embeds.
What is longer than Discord allows is cut: the longest cards give way until all of them fit into the one message.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.discord_app.page import COLOR, MAX_CARD_TEXT, MAX_CONTENT, Card, Page, shorten

SILENT = discord.AllowedMentions.none()
_BUTTONS_IN_A_ROW = 5

View = discord.ui.View | discord.ui.LayoutView


def form_of(page: Page, permissions: discord.Permissions) -> Page:
    """Return what to send of a page with the bot's permissions."""
    return page if permissions.attach_files else page.without_files()


def parameters_of(page: Page) -> dict[str, Any]:
    """Return the arguments that every way of sending takes, for one call: files are used up by it."""
    files = {"files": _files_of(page)} if page.files else {}
    view: View | None = layout_of(page) if page.cards else _view_of(page)
    content = {} if page.cards else {"content": page.content}
    return {**content, "view": view or discord.utils.MISSING, "allowed_mentions": SILENT, **files}


def replacing(page: Page, *, layout: bool) -> dict[str, Any]:
    """Return the arguments that every way of editing takes, for one call; what the page lacks is removed.

    `layout` tells whether the message has Components V2 already, which can't be taken from it.
    """
    view: View | None
    if page.cards or layout:
        content, view = None, layout_of(page)
    else:
        content, view = page.content or None, _view_of(page)
    files = _files_of(page)
    return {"content": content, "embeds": (), "view": view, "attachments": files, "allowed_mentions": SILENT}


def layout_of(page: Page) -> discord.ui.LayoutView:
    """Return a page made of Components V2."""
    view = discord.ui.LayoutView(timeout=None)
    content = shorten(page.content, MAX_CONTENT)
    if content:
        view.add_item(discord.ui.TextDisplay(content))
    between = sum(len(item.content) for item in page.items if isinstance(item, discord.ui.TextDisplay))
    for card in _fitting(page.cards, MAX_CARD_TEXT - len(content) - between):
        view.add_item(discord.ui.Container(*_parts_of(card), accent_colour=COLOR))
    for row in _rows_of(page.items):
        view.add_item(row[0] if isinstance(row[0], discord.ui.TextDisplay) else discord.ui.ActionRow(*row))
    view.stop()  # discord.py would otherwise keep it forever; clicks find their items by custom_id
    return view


def texts_of(message: discord.Message) -> tuple[str, ...]:
    """Return what a message of the bot's says, from top to bottom, in this form or in that of earlier versions."""
    embeds = (embed.description or "" for embed in message.embeds)
    texts = (part.content for part in parts_in(message.components) if isinstance(part, discord.TextDisplay))
    return tuple(filter(None, [message.content, *embeds, *texts]))


def says(message: discord.Message, page: Page) -> bool:
    """Return whether a message of the bot's has the texts of a page with cards, and leads where its buttons lead."""
    parts = list(layout_of(page).walk_children())
    texts = tuple(part.content for part in parts if isinstance(part, discord.ui.TextDisplay))
    return texts == texts_of(message) and _targets_in(parts) == _targets_in(parts_in(message.components))


def begins_like(message: discord.Message, page: Page) -> bool:
    """Return whether a message of the bot's begins with the same text as a page with cards."""
    texts = (part.content for part in layout_of(page).walk_children() if isinstance(part, discord.ui.TextDisplay))
    return texts_of(message)[:1] == tuple(texts)[:1]


def text_beside(message: discord.Message, custom_id: str) -> str | None:
    """Return the text beside a button of a message; None if there is no such button, or no text beside it."""
    for part in parts_in(message.components):
        if isinstance(part, discord.SectionComponent) and getattr(part.accessory, "custom_id", None) == custom_id:
            return next((each.content for each in part.children), None)
    return None


def parts_in(components: Iterable[Any]) -> Iterator[Any]:
    """Yield all parts of a message's components, from top to bottom, also the buttons beside texts."""
    for component in components:
        yield component
        yield from parts_in(getattr(component, "children", ()))
        if isinstance(component, discord.SectionComponent):
            yield component.accessory


def _view_of(page: Page) -> discord.ui.View | None:
    if not page.items:
        return None
    view = discord.ui.View(timeout=None)
    for item in page.items:
        view.add_item(item)
    view.stop()
    return view


def _parts_of(card: Card) -> Iterator[discord.ui.Item[Any]]:
    if text := f"{card.heading}{card.text}".strip():
        yield discord.ui.TextDisplay(text)
    if card.picture:
        yield discord.ui.MediaGallery(discord.MediaGalleryItem(card.picture.address, description=card.picture.alt))
    for line, item in card.lines:
        yield discord.ui.Section(line, accessory=item)
    for item in card.items:
        yield discord.ui.ActionRow(item)
    if card.links:
        yield discord.ui.ActionRow(*(discord.ui.Button(label=link.caption, url=link.url) for link in card.links))
    if footer := card.footer:
        yield discord.ui.TextDisplay(footer)


def _rows_of(items: Sequence[discord.ui.Item[Any]]) -> Iterator[list[discord.ui.Item[Any]]]:
    """Put each menu in its own row, and buttons that are meant for the same row together."""
    rows: defaultdict[int, list[discord.ui.Item[Any]]] = defaultdict(list)
    for item in items:
        rows[item.row or 0].append(item)
    for _, together in sorted(rows.items()):
        row: list[discord.ui.Item[Any]] = []
        width = 0
        for item in together:
            if row and width + item.width > _BUTTONS_IN_A_ROW:
                yield row
                row, width = [], 0
            row.append(item)
            width += item.width
        yield row


def _fitting(cards: Sequence[Card], room: int) -> list[Card]:
    """Cut the longest texts until all cards fit; short texts leave their unused share to the long ones."""
    room -= sum(len(card.heading) + len(card.footer) + sum(len(line) for line, _ in card.lines) for card in cards)
    shares = [0] * len(cards)
    by_length = sorted(range(len(cards)), key=lambda index: len(cards[index].text))
    for done, index in enumerate(by_length):
        shares[index] = min(len(cards[index].text), room // (len(cards) - done))
        room -= shares[index]
    return [replace(card, text=shorten(card.text, share)) for card, share in zip(cards, shares, strict=True)]


def _targets_in(parts: Iterable[Any]) -> list[str]:
    return list(filter(None, (getattr(part, "custom_id", None) for part in parts)))


def _files_of(page: Page) -> list[discord.File]:
    return [discord.File(io.BytesIO(each.content or b""), each.name, description=each.alt) for each in page.files]
