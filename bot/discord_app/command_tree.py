"""The commands: which are admitted, what is said if they fail, and how Discord describes them in each language."""

from __future__ import annotations

import logging
from typing import Any

import discord
from discord import app_commands

from bot.discord_app.clicks import Interactive
from bot.discord_app.page import render_gone_command, render_not_here
from bot.discord_app.patches import TellingTree
from bot.discord_app.user_installs import goes_along, is_brought_along
from bot.language.languages import of_locale
from bot.language.speech import _, speak, speaking

logger = logging.getLogger(__name__)


class CommandTree(TellingTree):
    """The client's commands."""

    client: Interactive

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Handle only what is admitted, and where a person brought the bot along only what they may bring.

        From here on, speak the person's language.
        """
        if not self.client.admission.admits(interaction):
            return False
        speak(self.client.languages.of_person(interaction))  # each interaction is a task of its own
        command = interaction.command if is_brought_along(interaction) else None
        if command is None or goes_along(command):  # one that isn't there anymore is refused later
            return True
        if interaction.type is discord.InteractionType.application_command:
            await self.client.responses.respond(interaction, render_not_here(), private=True)
        return False

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Log what went wrong, and tell the person who waits for an answer.

        A command that isn't there is no fault: for a while after it went, Discord may still show it.
        """
        if isinstance(error, app_commands.CommandNotFound):
            if interaction.type is discord.InteractionType.application_command:
                await self.client.responses.respond(interaction, render_gone_command(), private=True)
            return
        name = interaction.command.qualified_name if interaction.command else "?"
        logger.error("The command /%s failed.", name, exc_info=error)
        if interaction.type is not discord.InteractionType.autocomplete:
            await self.client.responses.tell_of_fault(interaction)


class CommandTranslator(app_commands.Translator):
    """Translate descriptions, and the names in a message's menu, which nobody types.

    Names of commands are the same in all languages: texts mention them.
    """

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContext[Any, Any],
    ) -> str | None:
        """Return a text in the language of a locale; None where Discord should show it in English."""
        if context.location in _TYPED and not isinstance(context.data, app_commands.ContextMenu):
            return None
        with speaking(of_locale(locale.value)):
            said = _(string.message)
        return said if said != string.message else None


_TYPED = frozenset(
    {
        app_commands.TranslationContextLocation.command_name,
        app_commands.TranslationContextLocation.group_name,
        app_commands.TranslationContextLocation.parameter_name,
    }
)
