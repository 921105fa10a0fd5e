"""Buttons and menus that still work after a restart: what they do stands in their custom_id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.answering import UnknownTopic
from bot.discord_app.asked_in_vain import question_ids
from bot.discord_app.buttons.answers import for_everybody, for_one
from bot.discord_app.rendering import Page, TopicLink, render_answer, render_gone_topic
from bot.storage.statistics import Event

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

_TOPIC = r"(?P<topic>\S{1,80})"


class TopicButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=f"topic:{_TOPIC}"):
    """Answer with a topic, just for the person who clicks."""

    def __init__(self, link: TopicLink) -> None:
        super().__init__(discord.ui.Button(label=link.label, custom_id=f"topic:{link.topic_id}"))
        self._topic_id = link.topic_id

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        return cls(TopicLink(match["topic"], _label_of(item)))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the click."""
        await _answer_privately(interaction, self._topic_id)


class SuggestionButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"suggestion:(?:(?P<owner>\d{{1,20}}):)?{_TOPIC}"
):
    """Turn the suggestion that the button stands below into the answer.

    In public, the custom_id says who asked.
    """

    def __init__(self, link: TopicLink) -> None:
        owner = "" if link.owner_id is None else f"{link.owner_id}:"
        custom_id = f"suggestion:{owner}{link.topic_id}"
        super().__init__(discord.ui.Button(label=link.label, custom_id=custom_id, style=discord.ButtonStyle.primary))
        self._topic_id = link.topic_id
        self._owner_id = link.owner_id

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        owner_id = int(match["owner"]) if match["owner"] else None
        return cls(TopicLink(match["topic"], _label_of(item), is_suggestion=True, owner_id=owner_id))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the click; a topic that is gone leaves the suggestion as it is."""
        bot = _bot(interaction)
        try:
            page = render_answer(bot.answering.topic(self._topic_id))
        except UnknownTopic:
            await bot.responses.respond(interaction, render_gone_topic(), private=True)
            return
        if self._owner_id is None:
            page = for_one(page, in_server=interaction.guild_id is not None)
        else:
            page = for_everybody(page, self._owner_id)
        await bot.responses.show_instead(interaction, page)
        if self._owner_id is not None and interaction.guild_id and interaction.channel_id and interaction.message:
            bot.limits.answers.remember(interaction.channel_id, page.topics, interaction.message.jump_url)
        bot.questions.count(Event.chosen, server_id=interaction.guild_id, topics=(self._topic_id,))
        if interaction.guild_id and interaction.message:
            await bot.asked_in_vain.forget(question_ids(interaction.message))


class TopicMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"topics:(?P<part>\d)"):
    """Answer with the topic that is picked from a list, just for the person who picks."""

    def __init__(self, part: int, links: tuple[TopicLink, ...]) -> None:
        options = [discord.SelectOption(label=link.label, value=link.topic_id) for link in links]
        placeholder = "Pick a question" if part == 0 else "More questions"
        super().__init__(discord.ui.Select(custom_id=f"topics:{part}", placeholder=placeholder, options=options))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the menu again that somebody picked from."""
        return cls(int(match["part"]), ())

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the choice."""
        await _answer_privately(interaction, self.item.values[0])


DYNAMIC_ITEMS = (TopicButton, SuggestionButton, TopicMenu)


def view_of(page: Page) -> discord.ui.View | None:
    """Return the buttons and menus of a page, None if it has none. They never time out."""
    if not (page.links or page.menus or page.url or page.items):
        return None
    view = discord.ui.View(timeout=None)
    for link in page.links:
        view.add_item(SuggestionButton(link) if link.is_suggestion else TopicButton(link))
    for part, links in enumerate(page.menus):
        view.add_item(TopicMenu(part, links))
    if page.url:
        view.add_item(discord.ui.Button(label="Get in touch", url=page.url))
    for item in page.items:
        view.add_item(item)
    return view


async def _answer_privately(interaction: discord.Interaction[Any], topic_id: str) -> None:
    bot = _bot(interaction)
    try:
        page = for_one(render_answer(bot.answering.topic(topic_id)), in_server=interaction.guild_id is not None)
    except UnknownTopic:
        page = render_gone_topic()
    await bot.responses.respond(interaction, page, private=True)


def _bot(interaction: discord.Interaction[Any]) -> CareerBot:
    return cast("CareerBot", interaction.client)


def _label_of(item: discord.ui.Item[Any]) -> str:
    return getattr(item, "label", None) or "…"
