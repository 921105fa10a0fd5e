"""The buttons and the menus that lead to a topic."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.page import TopicLink

_TOPIC = r"(?P<topic>\S{1,80})"

TOPIC_TEMPLATE = f"topic:{_TOPIC}"
SUGGESTION_TEMPLATE = rf"suggestion:(?:(?P<owner>\d{{1,20}}):)?{_TOPIC}"
MENU_TEMPLATE = r"topics:(?P<part>\d)"


def topic_button(link: TopicLink) -> discord.ui.Button[Any]:
    """Return the button that answers with a topic."""
    return discord.ui.Button(label=link.label, custom_id=f"topic:{link.topic_id}")


def suggestion_button(link: TopicLink) -> discord.ui.Button[Any]:
    """Return the button that turns the suggestion above it into the answer; in public, it says who asked."""
    owner = "" if link.owner_id is None else f"{link.owner_id}:"
    custom_id = f"suggestion:{owner}{link.topic_id}"
    return discord.ui.Button(label=link.label, custom_id=custom_id, style=discord.ButtonStyle.primary)


def topic_menu(part: int, links: tuple[TopicLink, ...]) -> discord.ui.Select[Any]:
    """Return the menu to pick a topic from; a list that is too long for one has several parts."""
    options = [discord.SelectOption(label=link.label, value=link.topic_id) for link in links]
    placeholder = "Pick a question" if part == 0 else "More questions"
    return discord.ui.Select(custom_id=f"topics:{part}", placeholder=placeholder, options=options)
