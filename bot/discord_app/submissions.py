"""Hand each submitted form to its class: discord.py knows only the forms that this process opened."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.discord_app.admission import Admission
from bot.discord_app.clicks import Feature, Form, language_of
from bot.discord_app.interactions import Responses
from bot.discord_app.page import render_not_here, render_unknown_form
from bot.discord_app.user_installs import is_brought_along
from bot.language.speech import speak
from bot.operations.logs import question_logged

logger = logging.getLogger(__name__)


class Submissions(Feature):
    """Receive submitted forms, each once, and answer those that no feature knows."""

    def __init__(self, *, admission: Admission, forms: Iterable[type[Form]], responses: Responses) -> None:
        self._admission = admission
        self._forms = tuple(forms)
        self._responses = responses

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Handle a submission, and tell the person who sent it if that fails."""
        is_submission = interaction.type is discord.InteractionType.modal_submit
        if not is_submission or not self._admission.admits(interaction):
            return
        data: Mapping[str, Any] = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        speak(language_of(interaction))
        try:
            if is_brought_along(interaction):
                await self._responses.respond(interaction, render_not_here(), private=True)
                return
            for form in self._forms:
                if match := form.template.fullmatch(custom_id):
                    await form.receive(interaction, match, dict(_filled_in(data.get("components"))))
                    return
            await self._responses.respond(interaction, render_unknown_form(), private=True)
        except Exception:
            with question_logged(interaction.id):
                logger.exception("Failed to handle a form.")
            await self._responses.tell_of_fault(interaction)


def _filled_in(components: Any) -> Iterator[tuple[str, str]]:
    """Yield the id of each field and what was typed in it, or the first of what was chosen."""
    for component in components if isinstance(components, list) else ():
        yield from _filled_in(component.get("components"))
        yield from _filled_in([component["component"]] if "component" in component else ())
        if "custom_id" in component:
            chosen = component.get("values") or [""]
            yield str(component["custom_id"]), str(component.get("value", chosen[0]) or "")
