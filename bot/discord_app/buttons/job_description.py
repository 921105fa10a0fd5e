"""What the buttons below previews of the job description do."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.buttons.clicked import ClickedButton
from bot.discord_app.components.moderation import cancel_template, post_template, refresh_template, shortened
from bot.discord_app.job_board import JobBoard
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


class PostButton(ClickedButton, template=post_template):
    """Post what the preview shows."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the preview, and post."""
        preview_id, board = self._match["preview"], self._tools.job_board
        preview = _own_preview(interaction, board, preview_id)
        if preview is None:
            await self._tools.responses.respond(interaction, render_gone_preview(), private=True)
            return
        place = find_place(interaction.guild, preview.channel_id)
        if place is None:
            board.previews.forget(preview_id)
            await self._tools.responses.show_instead(interaction, render_gone_channel())
            return
        elsewhere = preview.channel_id != interaction.channel_id
        person = interaction.user if elsewhere and isinstance(interaction.user, discord.Member) else None
        missing = missing_to_moderate(interaction, held=preview.held_manage_messages) or missing_to_post(place, person)
        if missing:
            await self._tools.responses.respond(interaction, render_missing_permission(missing), private=True)
            return
        try:
            with self._tools.underway.only_once(preview_id):
                await self._tools.responses.carry_out(interaction, board.post(place, preview_id, preview))
        except AlreadyRunning:
            await self._tools.responses.respond(interaction, render_already_posting(), private=True)


class CancelButton(ClickedButton, template=cancel_template):
    """Forget the preview."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Put a sentence in the preview's place, unless it is being posted at this moment."""
        preview_id, board = self._match["preview"], self._tools.job_board
        try:
            with self._tools.underway.only_once(preview_id):
                if _own_preview(interaction, board, preview_id):
                    board.previews.forget(preview_id)
                await self._tools.responses.show_instead(interaction, render_cancelled())
        except AlreadyRunning:
            await self._tools.responses.respond(interaction, render_already_posting(), private=True)


class RefreshButton(ClickedButton, template=refresh_template):
    """Bring the posts up to date, to what the preview showed."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the preview, and edit the posts."""
        knowledge = self._tools.answering.knowledge
        if interaction.guild is None or interaction.user.id != int(self._match["owner"]):
            await self._tools.responses.respond(interaction, render_gone_preview(), private=True)
        elif missing := missing_to_moderate(interaction, held=self._match["held"] == "1"):
            await self._tools.responses.respond(interaction, render_missing_permission(missing), private=True)
        elif shortened(knowledge.version) != self._match["version"]:
            await self._tools.responses.show_instead(interaction, render_changed_since_preview())
        else:
            try:
                with self._tools.underway.only_once("jd-refresh", interaction.guild.id):
                    refreshing = self._tools.job_board.refresh(interaction.guild, knowledge)
                    await self._tools.responses.carry_out(interaction, refreshing)
            except AlreadyRunning:
                await self._tools.responses.respond(interaction, render_already_posting(), private=True)


JD_ITEMS = (PostButton, CancelButton, RefreshButton)


def _own_preview(interaction: discord.Interaction[Any], board: JobBoard, preview_id: str) -> Preview | None:
    preview = board.previews.find(preview_id)
    return preview if preview and preview.owner_id == interaction.user.id else None
