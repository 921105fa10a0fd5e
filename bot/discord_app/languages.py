"""Which language to use for each person and place."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.user_installs import is_brought_along
from bot.knowledge.model import KnowledgeBase
from bot.language.languages import SPOKEN, Language, same_in
from bot.library import Library
from bot.storage.servers import ServerSettingsStore

NOT_CHOSEN = "en-US"  # what Discord says of every server that hasn't chosen a language


class Languages:
    """Tell the language of people and of servers. A server can fix one for all that is said there."""

    def __init__(self, *, library: Library, servers: ServerSettingsStore) -> None:
        self._library = library
        self._servers = servers

    def fixed_in(self, server_id: int | None) -> Language | None:
        """Return the language that a server fixed, if any; there is none in direct messages."""
        return None if server_id is None else self._servers.of(server_id).language

    def of_person(self, interaction: discord.Interaction[Any]) -> Language:
        """Return the language to speak with whoever used a command or clicked: the server's, or that of their Discord.

        It may be one that the bot doesn't speak.
        """
        here = None if is_brought_along(interaction) else interaction.guild_id
        return self.fixed_in(here) or Language(str(interaction.locale.value))

    async def of_server(self, guild: discord.Guild) -> Language:
        """Return the language for what the bot posts unprompted."""
        return self.of_public(guild, (await self._library.of_server(guild.id)).knowledge)

    def of_public(self, guild: discord.Guild, knowledge: KnowledgeBase) -> Language:
        """Return the same for a server with this knowledge: what it fixed, or Discord's setting, or the knowledge's."""
        locale = str(guild.preferred_locale.value)
        preferred = None if locale == NOT_CHOSEN else same_in((*knowledge.languages, *SPOKEN), locale)
        return self.fixed_in(guild.id) or preferred or knowledge.language
