"""The buttons below previews of the job description."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.discord_app.pages.job_description import (
    render_already_posting,
    render_cancelled,
    render_changed_since_preview,
    render_gone_channel,
    render_gone_preview,
)
from bot.discord_app.pages.manage import render_missing_permission
from bot.discord_app.previews import AlreadyRunning, Preview
from bot.discord_app.rights import find_place, missing_to_moderate, missing_to_post
from bot.knowledge.model import KnowledgeBase

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

_PREVIEW = r"(?P<preview>[\w-]{1,20})"


class PostButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=f"jd-post:{_PREVIEW}"):
    """Post what the preview shows."""

    def __init__(self, preview_id: str) -> None:
        style = discord.ButtonStyle.success
        super().__init__(discord.ui.Button(label="Post", custom_id=f"jd-post:{preview_id}", style=style))
        self._preview_id = preview_id

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        return cls(match["preview"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the preview, and post."""
        bot = _bot(interaction)
        preview = _own_preview(interaction, self._preview_id)
        if preview is None:
            await bot.responses.respond(interaction, render_gone_preview(), private=True)
            return
        place = find_place(interaction.guild, preview.channel_id)
        if place is None:
            bot.job_board.previews.forget(self._preview_id)
            await bot.responses.show_instead(interaction, render_gone_channel())
            return
        elsewhere = preview.channel_id != interaction.channel_id
        person = interaction.user if elsewhere and isinstance(interaction.user, discord.Member) else None
        missing = missing_to_moderate(interaction, held=preview.held_manage_messages) or missing_to_post(place, person)
        if missing:
            await bot.responses.respond(interaction, render_missing_permission(missing), private=True)
            return
        try:
            with bot.underway.only_once(self._preview_id):
                await bot.responses.carry_out(interaction, bot.job_board.post(place, self._preview_id, preview))
        except AlreadyRunning:
            await bot.responses.respond(interaction, render_already_posting(), private=True)


class CancelButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=f"jd-cancel:{_PREVIEW}"):
    """Forget the preview."""

    def __init__(self, preview_id: str) -> None:
        super().__init__(discord.ui.Button(label="Cancel", custom_id=f"jd-cancel:{preview_id}"))
        self._preview_id = preview_id

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        return cls(match["preview"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Put a sentence in the preview's place, unless it is being posted at this moment."""
        bot = _bot(interaction)
        try:
            with bot.underway.only_once(self._preview_id):
                if _own_preview(interaction, self._preview_id):
                    bot.job_board.previews.forget(self._preview_id)
                await bot.responses.show_instead(interaction, render_cancelled())
        except AlreadyRunning:
            await bot.responses.respond(interaction, render_already_posting(), private=True)


class RefreshButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"jd-refresh:(?P<owner>\d{1,20}):(?P<held>[01]):(?P<version>\w{1,16})",
):
    """Bring the posts up to date, to what the preview showed."""

    def __init__(self, owner_id: int, *, held: bool, version: str) -> None:
        custom_id = f"jd-refresh:{owner_id}:{held:d}:{version}"
        style = discord.ButtonStyle.success
        super().__init__(discord.ui.Button(label="Bring up to date", custom_id=custom_id, style=style))
        self._owner_id = owner_id
        self._held = held
        self._version = version

    @classmethod
    def of(cls, interaction: discord.Interaction[Any], knowledge: KnowledgeBase) -> Self:
        """Return the button for whoever uses the command now."""
        held = interaction.permissions.manage_messages
        return cls(interaction.user.id, held=held, version=_short(knowledge.version))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        return cls(int(match["owner"]), held=match["held"] == "1", version=match["version"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the preview, and edit the posts."""
        bot = _bot(interaction)
        knowledge = bot.answering.knowledge
        if interaction.guild is None or interaction.user.id != self._owner_id:
            await bot.responses.respond(interaction, render_gone_preview(), private=True)
        elif missing := missing_to_moderate(interaction, held=self._held):
            await bot.responses.respond(interaction, render_missing_permission(missing), private=True)
        elif _short(knowledge.version) != self._version:
            await bot.responses.show_instead(interaction, render_changed_since_preview())
        else:
            try:
                with bot.underway.only_once("jd-refresh", interaction.guild.id):
                    await bot.responses.carry_out(interaction, bot.job_board.refresh(interaction.guild, knowledge))
            except AlreadyRunning:
                await bot.responses.respond(interaction, render_already_posting(), private=True)


JD_ITEMS = (PostButton, CancelButton, RefreshButton)


def _short(version: str) -> str:
    return "".join(filter(str.isalnum, version))[:16]


def _own_preview(interaction: discord.Interaction[Any], preview_id: str) -> Preview | None:
    preview = _bot(interaction).job_board.previews.find(preview_id)
    return preview if preview and preview.owner_id == interaction.user.id else None


def _bot(interaction: discord.Interaction[Any]) -> CareerBot:
    return cast("CareerBot", interaction.client)
