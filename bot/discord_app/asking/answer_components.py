"""The buttons below an answer: vote on it, post it publicly, delete it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.discord_app.page import MAX_ROWS, Page

MAX_CUSTOM_ID = 100
MAX_PARTS_NAMED = 2  # messages before the last one of a long answer

_ID = r"\d{1,20}"
_PARTS = rf"(?P<parts>(?:{_ID}(?:,{_ID})*)?)"
_TOPICS = r"(?P<topics>[^\s:]*)"
_ROW = 1  # below the related topics

VOTE_TEMPLATE = rf"^vote:(?P<way>up|down):{_TOPICS}$"
PUBLISH_TEMPLATE = rf"^publish:{_TOPICS}$"
DELETE_TEMPLATE = rf"^delete:(?P<owner>{_ID})(?::{_PARTS})?$"
MISTAKEN_TEMPLATE = rf"^mistaken:(?P<owner>{_ID}):{_PARTS}:{_TOPICS}$"


def for_everybody(page: Page, owner_id: int) -> Page:
    """Return a page as it stands in public: answers can be voted on, and whoever asked can delete it."""
    links = tuple(replace(link, owner_id=owner_id if link.is_suggestion else None) for link in page.links)
    has_room = len(page.menus) < MAX_ROWS
    deletable = bool(page.topics or page.menus or any(link.is_suggestion for link in page.links))
    if not (deletable and has_room):
        return replace(page, links=links)
    delete = delete_button(owner_id)
    delete.row = max(_ROW, len(page.menus))
    return replace(page, links=links, items=(*_votes(page), delete))


def for_one(page: Page, *, in_server: bool) -> Page:
    """Return a page as one person sees it: answers can be voted on and, in a server, be posted publicly."""
    fits = len(_custom_id("publish:", page.topics)) == len("publish:" + ",".join(page.topics))
    publish = (publish_button(page.topics),) if in_server and page.topics and fits else ()
    return replace(page, items=(*_votes(page), *publish))


def for_post(page: Page, author_id: int) -> Page:
    """Return a page as it answers a forum post unasked: votes, and a button with which its author can remove it."""
    return replace(page, items=(*_votes(page), mistaken_button(author_id, page.topics)))


def naming_parts(page: Page, parts: Sequence[int]) -> Page:
    """Return the last message of a long answer, whose buttons delete the parts before it too."""
    named = tuple(parts)[-MAX_PARTS_NAMED:]
    return replace(page, items=tuple(_naming(item, named) for item in page.items))


def vote_button(topics: Iterable[str], *, helpful: bool) -> discord.ui.Button[Any]:
    """Return the button that says whether an answer helped."""
    custom_id = _custom_id(f"vote:{'up' if helpful else 'down'}:", topics)
    return discord.ui.Button(emoji="👍" if helpful else "👎", custom_id=custom_id, row=_ROW)


def publish_button(topics: Iterable[str]) -> discord.ui.Button[Any]:
    """Return the button that posts for everybody what only one person sees."""
    return discord.ui.Button(label="Post publicly", custom_id=_custom_id("publish:", topics), row=_ROW)


def delete_button(owner_id: int, parts: Sequence[int] = ()) -> discord.ui.Button[Any]:
    """Return the button that deletes an answer, and the messages before it that belong to it."""
    custom_id = f"delete:{owner_id}" + (f":{_joined(parts)}" if parts else "")
    return discord.ui.Button(label="Delete", emoji="🗑️", custom_id=custom_id, row=_ROW)


def mistaken_button(author_id: int, topics: Iterable[str], parts: Sequence[int] = ()) -> discord.ui.Button[Any]:
    """Return the button that removes an automatic answer that isn't what was asked."""
    custom_id = _custom_id(f"mistaken:{author_id}:{_joined(parts)}:", topics)
    return discord.ui.Button(label="Not what I asked", custom_id=custom_id, row=_ROW)


def topics_of(match: re.Match[str]) -> tuple[str, ...]:
    """Return the topics that a custom_id names."""
    return tuple(filter(None, match["topics"].split(",")))


def parts_of(match: re.Match[str]) -> tuple[int, ...]:
    """Return the messages before the last one that a custom_id names."""
    return tuple(map(int, filter(None, (match["parts"] or "").split(","))))


def _naming(item: discord.ui.Item[Any], parts: Sequence[int]) -> discord.ui.Item[Any]:
    custom_id = (item.custom_id if isinstance(item, discord.ui.Button) else None) or ""
    if match := re.fullmatch(DELETE_TEMPLATE, custom_id):
        return delete_button(int(match["owner"]), parts)
    if match := re.fullmatch(MISTAKEN_TEMPLATE, custom_id):
        return mistaken_button(int(match["owner"]), topics_of(match), parts)
    return item


def _votes(page: Page) -> tuple[discord.ui.Button[Any], ...]:
    if not page.topics:
        return ()
    return vote_button(page.topics, helpful=True), vote_button(page.topics, helpful=False)


def _custom_id(head: str, topics: Iterable[str]) -> str:
    """Return a custom_id with as many of the topics as fit."""
    custom_id, separator = head, ""
    for topic in topics:
        if len(custom_id) + len(separator) + len(topic) > MAX_CUSTOM_ID:
            break
        custom_id, separator = f"{custom_id}{separator}{topic}", ","
    return custom_id


def _joined(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))
