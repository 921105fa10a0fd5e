"""What the buttons below previews of the job description do."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.clicks import ClickedButton
from bot.discord_app.job_postings.board import JobBoard
from bot.discord_app.job_postings.pages import (
    render_already_posting,
    render_cancelled,
    render_changed_since_preview,
    render_gone_channel,
    render_gone_preview,
)
from bot.discord_app.job_postings.previews import Preview
from bot.discord_app.moderation.components import CANCEL_TEMPLATE, POST_TEMPLATE, REFRESH_TEMPLATE, shortened
from bot.discord_app.moderation.pages import render_missing_permission
from bot.discord_app.permissions import find_place, missing_to_moderate, missing_to_post


class PostButton(ClickedButton, template=POST_TEMPLATE):
    """Post what the preview shows."""

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the preview, and post."""
        preview_id, board = self._match["preview"], self._tools.job_board
        preview = _own_preview(interaction, board, preview_id)
        if preview is None:
            await self._say(interaction, render_gone_preview())
            return
        place = find_place(interaction.guild, preview.channel_id)
        if place is None:
            board.previews.forget(preview_id)
            await self._tools.responses.show_instead(interaction, render_gone_channel())
            return
        held = preview.held_manage_messages
        if missing := missing_to_moderate(interaction, held=held) or missing_to_post(interaction, place):
            await self._say(interaction, render_missing_permission(missing))
            return
        await self._once(
            interaction,
            preview_id,
            work=lambda: self._tools.responses.carry_out(interaction, board.post(place, preview_id, preview)),
            meanwhile=render_already_posting(),
        )


class CancelButton(ClickedButton, template=CANCEL_TEMPLATE):
    """Forget the preview."""

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Put a sentence in the preview's place, unless it is being posted at this moment."""
        preview_id, board = self._match["preview"], self._tools.job_board

        async def cancel() -> None:
            if _own_preview(interaction, board, preview_id):
                board.previews.forget(preview_id)
            await self._tools.responses.show_instead(interaction, render_cancelled())

        await self._once(interaction, preview_id, work=cancel, meanwhile=render_already_posting())


class RefreshButton(ClickedButton, template=REFRESH_TEMPLATE):
    """Bring the posts up to date, to what the preview showed."""

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the preview, and edit the posts."""
        guild, knowledge = interaction.guild, self._tools.answering.knowledge
        if guild is None or interaction.user.id != int(self._match["owner"]):
            await self._say(interaction, render_gone_preview())
        elif missing := missing_to_moderate(interaction, held=self._match["held"] == "1"):
            await self._say(interaction, render_missing_permission(missing))
        elif shortened(knowledge.version) != self._match["version"]:
            await self._tools.responses.show_instead(interaction, render_changed_since_preview())
        else:
            await self._once(
                interaction,
                "jd-refresh",
                guild.id,
                work=lambda: self._tools.responses.carry_out(
                    interaction, self._tools.job_board.refresh(guild, knowledge)
                ),
                meanwhile=render_already_posting(),
            )


JD_ITEMS = (PostButton, CancelButton, RefreshButton)


def _own_preview(interaction: discord.Interaction[Any], board: JobBoard, preview_id: str) -> Preview | None:
    preview = board.previews.find(preview_id)
    return preview if preview and preview.owner_id == interaction.user.id else None
