"""What the buttons and the menus do that lead to a topic."""

from __future__ import annotations

from typing import Any

import discord

from bot.answering import UnknownTopic
from bot.discord_app.asked_in_vain import question_ids
from bot.discord_app.buttons.clicked import Clicked, ClickedButton
from bot.discord_app.components.answers import for_everybody, for_one
from bot.discord_app.components.topics import menu_template, suggestion_template, topic_template
from bot.discord_app.rendering import render_answer, render_gone_topic
from bot.discord_app.toolkit import Toolkit
from bot.storage.statistics import Event


class TopicButton(ClickedButton, template=topic_template):
    """Answer with a topic, just for the person who clicks."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the click."""
        await _answer_privately(interaction, self._tools, self._match["topic"])


class SuggestionButton(ClickedButton, template=suggestion_template):
    """Turn the suggestion that the button stands below into the answer.

    In public, the custom_id says who asked.
    """

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the click; a topic that is gone leaves the suggestion as it is."""
        topic_id, owner_id = self._match["topic"], self._match["owner"]
        try:
            page = render_answer(self._tools.answering.topic(topic_id))
        except UnknownTopic:
            await self._tools.responses.respond(interaction, render_gone_topic(), private=True)
            return
        if owner_id is None:
            page = for_one(page, in_server=interaction.guild_id is not None)
        else:
            page = for_everybody(page, int(owner_id))
        await self._tools.responses.show_instead(interaction, page)
        if owner_id is not None and interaction.guild_id and interaction.channel_id and interaction.message:
            self._tools.limits.answers.remember(interaction.channel_id, page.topics, interaction.message.jump_url)
        self._tools.questions.count(Event.chosen, server_id=interaction.guild_id, topics=(topic_id,))
        if interaction.guild_id and interaction.message:
            await self._tools.asked_in_vain.forget(question_ids(interaction.message))


class TopicMenu(Clicked[discord.ui.Select[Any]], template=menu_template):
    """Answer with the topic that is picked from a list, just for the person who picks."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the choice."""
        await _answer_privately(interaction, self._tools, self.item.values[0])


DYNAMIC_ITEMS = (TopicButton, SuggestionButton, TopicMenu)


async def _answer_privately(interaction: discord.Interaction[Any], tools: Toolkit, topic_id: str) -> None:
    try:
        page = for_one(render_answer(tools.answering.topic(topic_id)), in_server=interaction.guild_id is not None)
    except UnknownTopic:
        page = render_gone_topic()
    await tools.responses.respond(interaction, page, private=True)
