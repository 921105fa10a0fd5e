"""Prove in a custom_id that somebody was granted a command under Integrations, which Discord doesn't show the bot."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

import discord

from bot.discord_app.permissions import MissingPermission
from bot.discord_app.privacy.redaction import KeyedHash
from bot.storage.persistence import once_available
from bot.storage.secret import KEY_LENGTH, SecretKey

GRANT = r"(?P<grant>[0-9a-f]{16}|)"
_LENGTH = 16


class Grants:
    """Tell who may teach: those with Manage Messages, and those who were granted the command that led to a form.

    A grant is a keyed hash of the person and the server, so nobody can make one up. Until the database was there once,
    it is good for this process only.
    """

    def __init__(self, *, secret: SecretKey) -> None:
        self._secret = secret
        self._keys = [secrets.token_bytes(KEY_LENGTH)]

    async def load(self) -> None:
        """Read the key as soon as the database allows."""
        key = await once_available(self._secret.read, otherwise="The key of what was granted can't be read yet.")
        self._keys.insert(0, key)

    def to(self, interaction: discord.Interaction[Any]) -> str:
        """Return the grant of whoever uses a command; an empty one if they have Manage Messages."""
        return "" if interaction.permissions.manage_messages else self._of(interaction, self._keys[0])

    def missing(self, interaction: discord.Interaction[Any], grant: str) -> MissingPermission | None:
        """Return what somebody lacks to go on with what a command with this grant began."""
        if interaction.permissions.manage_messages:
            return None
        is_granted = bool(grant) and any(hmac.compare_digest(grant, self._of(interaction, key)) for key in self._keys)
        return None if is_granted else MissingPermission("manage_messages")

    def _of(self, interaction: discord.Interaction[Any], key: bytes) -> str:
        return KeyedHash(key).of(interaction.user.id, f"teach:{interaction.guild_id}")[:_LENGTH]
