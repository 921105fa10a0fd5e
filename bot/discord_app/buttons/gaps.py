"""What was asked in vain on a server, for its moderators, and the buttons with which they dismiss it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.discord_app.pages.maintainers import (
    dismiss_label,
    max_gaps_shown,
    render_being_dismissed,
    render_gaps,
    render_group_gone,
    render_no_texts_kept,
)
from bot.discord_app.pages.manage import render_missing_permission
from bot.discord_app.previews import AlreadyRunning
from bot.discord_app.rendering import Page
from bot.discord_app.rights import missing_to_moderate, sees
from bot.gaps import Gap, find_gaps
from bot.storage.unanswered import kept_for

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

_buttons_in_a_row = 5


class DismissButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"^gap-dismiss:(?P<held>[01]):(?P<newest>\d{1,20})$",
):
    """Delete the questions of a group. The newest of those that were shown stands for it."""

    def __init__(self, number: int, newest_id: int, *, held: bool) -> None:
        custom_id = f"gap-dismiss:{held:d}:{newest_id}"
        row = max(number - 1, 0) // _buttons_in_a_row
        super().__init__(discord.ui.Button(label=dismiss_label(number), custom_id=custom_id, row=row))
        self._newest_id = newest_id
        self._held = held

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], __: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again that somebody clicked."""
        return cls(1, int(match["newest"]), held=match["held"] == "1")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Check what may have changed since the list was shown, and dismiss."""
        bot = cast("CareerBot", interaction.client)
        if missing := missing_to_moderate(interaction, held=self._held):
            await bot.responses.respond(interaction, render_missing_permission(missing), private=True)
            return
        try:
            with bot.underway.only_once("gap", self._newest_id):
                await bot.responses.carry_out(interaction, self._dismiss(interaction, bot))
        except AlreadyRunning:
            await bot.responses.respond(interaction, render_being_dismissed(), private=True)

    async def _dismiss(self, interaction: discord.Interaction[Any], bot: CareerBot) -> Page:
        for gap in await _find(interaction, bot):
            ids = [question.message_id for question in gap.questions]
            if self._newest_id in ids:  # what came after it wasn't shown
                await bot.keeper.forget_messages(ids[ids.index(self._newest_id) :])
                return await gaps_screen(interaction, held=self._held)
        return render_group_gone(await gaps_screen(interaction, held=self._held))


async def gaps_screen(interaction: discord.Interaction[Any], *, held: bool) -> Page:
    """Return what was asked in vain where a moderator can see it; `held` as in `missing_to_moderate`.

    Raises:
        StorageUnavailable: The database can't be used now.
    """
    bot = cast("CareerBot", interaction.client)
    if not bot.keeper.keeps_text:
        return render_no_texts_kept()
    gaps = await _find(interaction, bot)
    page = render_gaps(gaps, bot.answering.knowledge, days=kept_for.days)
    shown = enumerate(gaps[:max_gaps_shown], start=1)
    buttons = (DismissButton(number, gap.questions[0].message_id, held=held) for number, gap in shown)
    return replace(page, items=tuple(buttons))


async def _find(interaction: discord.Interaction[Any], bot: CareerBot) -> Sequence[Gap]:
    guild, person = interaction.guild, interaction.user
    if guild is None or not isinstance(person, discord.Member):
        raise AssertionError("the command is for servers only")
    asked = await bot.stores.unanswered.asked_since(datetime.now(UTC) - kept_for, server_id=guild.id)
    visible = {id_ for id_ in {question.channel_id for question in asked} if sees(person, id_)}
    minimum = bot.stores.servers.of(guild.id).minimum_confidence
    return await asyncio.to_thread(
        find_gaps,
        [question for question in asked if question.channel_id in visible],
        bot.answering,
        minimum_confidences={} if minimum is None else {guild.id: minimum},
    )
