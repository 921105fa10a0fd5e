"""Tell Discord what commands are for in each language. Their names are the same in all: texts mention them."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from bot.language.languages import of_locale
from bot.language.speech import _, speaking


class CommandTranslator(app_commands.Translator):
    """Translate descriptions, and the names in a message's menu, which nobody types."""

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
