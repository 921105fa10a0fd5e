"""Handle what discord.py leaves alone: forms that another process opened, and clicks that no feature knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import discord
from discord.ext import commands

from bot.discord_app.clicks import Feature, admits, handle, reply_privately
from bot.discord_app.forms import parts_in
from bot.discord_app.page import render_unknown_button, render_unknown_form


class OtherInteractions(Feature):
    """Hand each submitted form to its class, and answer what would otherwise look as if the bot were down."""

    def __init__(self, features: Iterable[Feature]) -> None:
        known = tuple(features)
        self._forms = tuple(form for each in known for form in each.forms)
        self._templates: tuple[re.Pattern[str], ...] = tuple(
            item.__discord_ui_compiled_template__ for each in known for item in each.items
        )

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take up a form, or a click on a button or menu of a much older version."""
        data: Mapping[str, Any] = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        is_form = interaction.type is discord.InteractionType.modal_submit
        is_click = interaction.type is discord.InteractionType.component and not self._is_known(interaction, custom_id)
        if (is_form or is_click) and admits(interaction):
            receive = partial(self._receive, interaction, custom_id, data.get("components"))
            refuse = partial(reply_privately, interaction, render_unknown_button())
            await handle(interaction, receive if is_form else refuse, goes_along=is_click)

    async def _receive(self, interaction: discord.Interaction[Any], custom_id: str, components: Any) -> None:
        for form in self._forms:
            if match := form.template.fullmatch(custom_id):
                await form.receive(interaction, match, dict(_filled_in(components)))
                return
        await reply_privately(interaction, render_unknown_form())

    def _is_known(self, interaction: discord.Interaction[Any], custom_id: str) -> bool:
        parts = parts_in(interaction.message.components if interaction.message else ())
        is_below = custom_id in {getattr(part, "custom_id", None) for part in parts}
        return is_below and any(template.fullmatch(custom_id) for template in self._templates)


def _filled_in(components: Any) -> Iterator[tuple[str, str]]:
    """Yield the id of each field and what was typed in it, or the first of what was chosen."""
    for component in components if isinstance(components, list) else ():
        yield from _filled_in(component.get("components"))
        yield from _filled_in([component["component"]] if "component" in component else ())
        if "custom_id" in component:
            chosen = component.get("values") or [""]
            yield str(component["custom_id"]), str(component.get("value", chosen[0]) or "")
