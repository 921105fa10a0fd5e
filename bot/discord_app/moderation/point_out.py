"""What the buttons do with which a moderator picks the answer to somebody's message."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import discord

from bot.answering import Answer, UnknownTopic
from bot.discord_app.asking.answer_components import for_everybody
from bot.discord_app.clicks import ClickedButton
from bot.discord_app.job_postings.pages import render_already_posting
from bot.discord_app.moderation.components import POINT_TEMPLATE
from bot.discord_app.moderation.pages import (
    render_answer_not_posted,
    render_answer_posted,
    render_message_gone,
    render_missing_permission,
    render_pointed_out,
)
from bot.discord_app.page import Page, render_answer, render_gone_topic
from bot.discord_app.permissions import missing_to_moderate, missing_to_write
from bot.discord_app.posting import NotTaken
from bot.storage.statistics import Event

logger = logging.getLogger(__name__)


class PointButton(ClickedButton, template=POINT_TEMPLATE):
    """Post an answer as a reply to somebody's message."""

    @property
    def _topic_id(self) -> str:
        return self._match["topic"]

    @property
    def _message_id(self) -> int:
        return int(self._match["message"])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Check what may have changed since the list was shown, and reply."""
        try:
            answer = self._tools.answering.topic(self._topic_id)
        except UnknownTopic:
            await self._say(interaction, render_gone_topic())
            return
        held = self._match["held"] == "1"
        missing = missing_to_moderate(interaction, held=held) or missing_to_write(interaction, "read_message_history")
        if missing:
            await self._say(interaction, render_missing_permission(missing))
            return
        await self._once(
            interaction,
            "point",
            self._message_id,
            work=lambda: self._tools.responses.carry_out(interaction, self._reply(interaction, answer)),
            meanwhile=render_already_posting(),
        )

    async def _reply(self, interaction: discord.Interaction[Any], answer: Answer) -> Page:
        """Post the answer, and return what takes the place of the list."""
        page = for_everybody(render_pointed_out(render_answer(answer), interaction.user.id), int(self._match["author"]))
        place = interaction.client.get_partial_messageable(interaction.channel_id or 0, guild_id=interaction.guild_id)
        message = place.get_partial_message(self._message_id)
        embeds = interaction.app_permissions.embed_links
        try:
            url = await self._tools.posting.post_reply(message, page, embeds=embeds, nonce=self._nonce)
        except NotTaken as refusal:
            logger.warning("Message %s could not be answered for a moderator: %s.", self._message_id, refusal)
            return render_message_gone() if refusal.is_gone else render_answer_not_posted()
        self._tools.questions.count(Event.asked, server_id=interaction.guild_id)
        self._tools.questions.count(Event.answered, server_id=interaction.guild_id, topics=(self._topic_id,))
        return render_answer_posted(url)

    @property
    def _nonce(self) -> str:
        """The same for each click on the same answer to the same message, so that Discord takes it once."""
        return hashlib.sha256(f"{self._message_id}:{self._topic_id}".encode()).hexdigest()[:20]
