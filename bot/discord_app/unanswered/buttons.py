"""What was asked in vain on a server, for its moderators, and what the buttons do with which they dismiss it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import discord

from bot.authoring.unanswered import UnansweredGroup, group_unanswered
from bot.discord_app.clicks import ClickedButton
from bot.discord_app.moderation.components import DISMISS_TEMPLATE, dismiss_button
from bot.discord_app.moderation.maintainer_pages import (
    MAX_GAPS_SHOWN,
    render_being_dismissed,
    render_dismissed,
    render_gaps,
    render_group_gone,
    render_no_texts_kept,
)
from bot.discord_app.moderation.pages import render_missing_permission
from bot.discord_app.page import Page
from bot.discord_app.permissions import missing_to_moderate, sees
from bot.discord_app.toolkit import Toolkit
from bot.storage.errors import StorageUnavailable, TracesLeft
from bot.storage.unanswered import KEPT_FOR


class DismissButton(ClickedButton, template=DISMISS_TEMPLATE):
    """Delete the questions of a group. The newest of those that were shown stands for it."""

    @property
    def _newest_id(self) -> int:
        return int(self._match["newest"])

    @property
    def _held(self) -> bool:
        return self._match["held"] == "1"

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Check what may have changed since the list was shown, and dismiss."""
        if missing := missing_to_moderate(interaction, held=self._held):
            await self._say(interaction, render_missing_permission(missing))
            return
        await self._once(
            interaction,
            "gap",
            self._newest_id,
            work=lambda: self._tools.responses.carry_out(interaction, self._dismiss(interaction)),
            meanwhile=render_being_dismissed(),
        )

    async def _dismiss(self, interaction: discord.Interaction[Any]) -> Page:
        for gap in await _find(interaction, self._tools):
            ids = [question.message_id for question in gap.questions]
            if self._newest_id in ids:  # what came after it wasn't shown
                with suppress(TracesLeft):  # which are erased within the hour
                    await self._tools.keeper.forget_messages(ids[ids.index(self._newest_id) :])
                try:
                    return await gaps_screen(interaction, self._tools, held=self._held)
                except StorageUnavailable:
                    return render_dismissed()
        return render_group_gone(await gaps_screen(interaction, self._tools, held=self._held))


async def gaps_screen(interaction: discord.Interaction[Any], tools: Toolkit, *, held: bool) -> Page:
    """Return what was asked in vain where a moderator can see it; `held` as in `missing_to_moderate`.

    Raises:
        StorageUnavailable: The database can't be used now.
    """
    if not tools.keeper.keeps_text:
        return render_no_texts_kept()
    gaps = await _find(interaction, tools)
    page = render_gaps(gaps, tools.answering.knowledge, days=KEPT_FOR.days)
    shown = enumerate(gaps[:MAX_GAPS_SHOWN], start=1)
    buttons = (dismiss_button(number, gap.questions[0].message_id, held=held) for number, gap in shown)
    return replace(page, items=tuple(buttons))


async def _find(interaction: discord.Interaction[Any], tools: Toolkit) -> Sequence[UnansweredGroup]:
    guild, person = interaction.guild, interaction.user
    if guild is None or not isinstance(person, discord.Member):
        raise AssertionError("the command is for servers only")
    asked = await tools.stores.unanswered.asked_since(datetime.now(UTC) - KEPT_FOR, server_id=guild.id)
    visible = {id_ for id_ in {question.channel_id for question in asked} if sees(person, id_)}
    minimum = tools.stores.servers.of(guild.id).minimum_confidence
    return await asyncio.to_thread(
        group_unanswered,
        [question for question in asked if question.channel_id in visible],
        tools.answering,
        minimum_confidences={} if minimum is None else {guild.id: minimum},
    )
