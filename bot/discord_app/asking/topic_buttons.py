"""What the buttons and the menus do that lead to a topic."""

from __future__ import annotations

from typing import Any

import discord

from bot.answering import UnknownTopic
from bot.discord_app.asking.answer_components import for_everybody, for_one
from bot.discord_app.asking.pages import render_being_chosen
from bot.discord_app.asking.topic_components import MENU_TEMPLATE, SUGGESTION_TEMPLATE, TOPIC_TEMPLATE
from bot.discord_app.clicks import Clicked, ClickedButton
from bot.discord_app.interactions import clicked_message
from bot.discord_app.page import Page, render_answer, render_gone_topic
from bot.discord_app.toolkit import Toolkit
from bot.discord_app.unanswered.tracking import question_ids
from bot.storage.statistics import Event


class TopicButton(ClickedButton, template=TOPIC_TEMPLATE):
    """Answer with a topic, just for the person who clicks."""

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the click."""
        await self._say(interaction, _private_answer(interaction, self._tools, self._match["topic"]))


class SuggestionButton(ClickedButton, template=SUGGESTION_TEMPLATE):
    """Turn the suggestion that the button stands below into the answer.

    In public, the custom_id says who asked.
    """

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the click; a topic that is gone leaves the suggestion as it is."""
        topic_id, owner_id = self._match["topic"], self._match["owner"]
        try:
            page = render_answer(self._tools.answering.topic(topic_id))
        except UnknownTopic:
            await self._say(interaction, render_gone_topic())
            return
        if owner_id is None:
            page = for_one(page, in_server=interaction.guild_id is not None)
        else:
            page = for_everybody(page, int(owner_id))
        address = await self._once(
            interaction,
            "choose",
            clicked_message(interaction).id,
            work=lambda: self._tools.responses.show_instead(interaction, page),
            meanwhile=render_being_chosen(),
        )
        if address is not None:
            await self._note_choice(interaction, topic_id, address)

    async def _note_choice(self, interaction: discord.Interaction[Any], topic_id: str, address: str) -> None:
        """Count it, link the answer to whoever asks for the same next, and take the question back."""
        self._tools.questions.count(Event.chosen, server_id=interaction.guild_id, topics=(topic_id,))
        if interaction.guild_id is None:
            return
        if self._match["owner"] is not None and interaction.channel_id:
            self._tools.limits.answers.remember(interaction.channel_id, (topic_id,), address)
        await self._tools.asked_in_vain.forget(question_ids(clicked_message(interaction)))


class TopicMenu(Clicked[discord.ui.Select[Any]], template=MENU_TEMPLATE):
    """Answer with the topic that is picked from a list, just for the person who picks."""

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Answer the choice."""
        await self._say(interaction, _private_answer(interaction, self._tools, self.item.values[0]))


DYNAMIC_ITEMS = (TopicButton, SuggestionButton, TopicMenu)


def _private_answer(interaction: discord.Interaction[Any], tools: Toolkit, topic_id: str) -> Page:
    try:
        return for_one(render_answer(tools.answering.topic(topic_id)), in_server=interaction.guild_id is not None)
    except UnknownTopic:
        return render_gone_topic()
