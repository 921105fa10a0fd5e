"""The buttons with which a moderator picks the answer to somebody's message."""

from __future__ import annotations

import hashlib
import logging
import re
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.answering import Answer, Likely, UnknownTopic
from bot.discord_app.buttons.answers import for_everybody
from bot.discord_app.pages.job_description import render_already_posting
from bot.discord_app.pages.manage import (
    likely_label,
    render_answer_not_posted,
    render_answer_posted,
    render_message_gone,
    render_missing_permission,
    render_pointed_out,
)
from bot.discord_app.posting import NotTaken
from bot.discord_app.previews import AlreadyRunning
from bot.discord_app.rendering import Page, render_answer, render_gone_topic
from bot.discord_app.rights import missing_to_moderate, missing_to_reply
from bot.storage.statistics import Event

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

logger = logging.getLogger(__name__)


class PointButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"^point:(?P<message>\d{1,20}):(?P<author>\d{1,20}):(?P<held>[01]):(?P<topic>\S{1,50})$",
):
    """Post an answer as a reply to somebody's message."""

    def __init__(self, label: str, topic_id: str, *, message_id: int, author_id: int, held: bool) -> None:
        custom_id = f"point:{message_id}:{author_id}:{held:d}:{topic_id}"
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id, style=discord.ButtonStyle.primary))
        self._topic_id = topic_id
        self._message_id = message_id
        self._author_id = author_id
        self._held = held

    @classmethod
    def of(cls, likely: Likely, number: int, message: discord.Message, *, held: bool) -> Self:
        """Return the button for an answer to a message; `held` as in `missing_to_moderate`."""
        label = likely_label(likely, number)
        return cls(label, likely.entry.id, message_id=message.id, author_id=message.author.id, held=held)

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        label = getattr(item, "label", None) or "…"
        message_id, author_id, held = int(match["message"]), int(match["author"]), match["held"] == "1"
        return cls(label, match["topic"], message_id=message_id, author_id=author_id, held=held)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Check what may have changed since the list was shown, and reply."""
        bot = cast("CareerBot", interaction.client)
        try:
            answer = bot.answering.topic(self._topic_id)
        except UnknownTopic:
            await bot.responses.respond(interaction, render_gone_topic(), private=True)
            return
        if missing := missing_to_moderate(interaction, held=self._held) or missing_to_reply(interaction):
            await bot.responses.respond(interaction, render_missing_permission(missing), private=True)
            return
        try:
            with bot.underway.only_once("point", self._message_id):
                await bot.responses.carry_out(interaction, self._reply(interaction, bot, answer))
        except AlreadyRunning:
            await bot.responses.respond(interaction, render_already_posting(), private=True)

    async def _reply(self, interaction: discord.Interaction[Any], bot: CareerBot, answer: Answer) -> Page:
        """Post the answer, and return what takes the place of the list."""
        page = for_everybody(render_pointed_out(render_answer(answer), interaction.user.id), self._author_id)
        channel = bot.get_partial_messageable(interaction.channel_id or 0, guild_id=interaction.guild_id)
        message = channel.get_partial_message(self._message_id)
        embeds = interaction.app_permissions.embed_links
        try:
            url = await bot.posting.post_reply(message, page, embeds=embeds, nonce=self._nonce)
        except NotTaken as refusal:
            logger.warning("Message %s could not be answered for a moderator: %s.", self._message_id, refusal)
            return render_message_gone() if refusal.is_gone else render_answer_not_posted()
        bot.questions.count(Event.asked, server_id=interaction.guild_id)
        bot.questions.count(Event.answered, server_id=interaction.guild_id, topics=(self._topic_id,))
        return render_answer_posted(url)

    @property
    def _nonce(self) -> str:
        """The same for each click on the same answer to the same message, so that Discord takes it once."""
        return hashlib.sha256(f"{self._message_id}:{self._topic_id}".encode()).hexdigest()[:20]
