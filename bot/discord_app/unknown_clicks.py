"""Answer clicks on buttons and menus that no feature knows, such as those of a much older version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.discord_app.admission import Admission
from bot.discord_app.clicks import Feature, language_of
from bot.discord_app.forms import parts_in
from bot.discord_app.interactions import Responses
from bot.discord_app.page import render_unknown_button
from bot.language.speech import speak


class UnknownClicks(Feature):
    """Answer what would otherwise look to the person who clicked as if the bot were down."""

    def __init__(
        self, *, admission: Admission, items: Iterable[type[discord.ui.DynamicItem[Any]]], responses: Responses
    ) -> None:
        self._admission = admission
        self._templates: tuple[re.Pattern[str], ...] = tuple(item.__discord_ui_compiled_template__ for item in items)
        self._responses = responses

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a click that no item handles: discord.py ignores it."""
        is_click = interaction.type is discord.InteractionType.component
        if is_click and not self._is_known(interaction) and self._admission.admits(interaction):
            speak(language_of(interaction))
            await self._responses.respond(interaction, render_unknown_button(), private=True)

    def _is_known(self, interaction: discord.Interaction[Any]) -> bool:
        data: Mapping[str, Any] = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        parts = parts_in(interaction.message.components if interaction.message else ())
        is_below = custom_id in {getattr(part, "custom_id", None) for part in parts}
        return is_below and any(template.fullmatch(custom_id) for template in self._templates)
