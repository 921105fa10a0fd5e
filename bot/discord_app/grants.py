"""Prove in a custom_id that somebody was granted a command under Integrations, which Discord doesn't show the bot."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

import discord

from bot.discord_app.clicks import Feature, feature
from bot.discord_app.permissions import MissingPermission, missing_to_moderate
from bot.storage.persistence import once_available
from bot.storage.secret import KEY_LENGTH, SecretKey, keyed_hash

GRANT = r"(?P<grant>[A-Za-z0-9_-]{0,16})"  # earlier versions wrote 0, 1, or 16 digits there: no grants anymore
GRANT_LENGTH = 11  # of Base64, so 66 bits: as many as the longest custom_id has room for


class GrantKeys(Feature):
    """The keys that grants are signed with: the database's, and until that could be read, one of this process."""

    def __init__(self, *, secret: SecretKey) -> None:
        self._secret = secret
        self._keys = [secrets.token_bytes(KEY_LENGTH)]

    def background(self) -> Iterable[Coroutine[Any, Any, None]]:
        """Read the database's key."""
        return (self._load(),)

    def sign(self, person_id: int, purpose: str) -> str:
        """Return what only the bot can write: a person's signature for a purpose."""
        return _signature(self._keys[0], person_id, purpose)

    def signed(self, signature: str, person_id: int, purpose: str) -> bool:
        """Return whether the bot wrote a signature, for this person and purpose."""
        return any(hmac.compare_digest(signature, _signature(key, person_id, purpose)) for key in self._keys)

    async def _load(self) -> None:
        key = await once_available(self._secret.read, otherwise="The key of what was granted can't be read yet.")
        self._keys.insert(0, key)


@dataclass(frozen=True, slots=True)
class Grants:
    """Tell who may go on with what a command began: those with Manage Messages, and those who were granted the command.

    A grant is signed for one person, one server, and one command: nobody can make one up or use another's.
    """

    command: str

    def to(self, interaction: discord.Interaction[Any]) -> str:
        """Return the grant of whoever uses the command; an empty one if they have Manage Messages."""
        if interaction.permissions.manage_messages:
            return ""
        return feature(interaction, GrantKeys).sign(interaction.user.id, self._purpose(interaction))

    def holds(self, interaction: discord.Interaction[Any], grant: str) -> bool:
        """Return whether a grant is one that whoever clicks was given here."""
        return feature(interaction, GrantKeys).signed(grant, interaction.user.id, self._purpose(interaction))

    def missing(self, interaction: discord.Interaction[Any], grant: str) -> MissingPermission | None:
        """Return what somebody lacks to go on with what the command began."""
        return None if self.holds(interaction, grant) else missing_to_moderate(interaction)

    def _purpose(self, interaction: discord.Interaction[Any]) -> str:
        return f"{self.command}:{interaction.guild_id}"


TO_MANAGE = Grants("manage")


def _signature(key: bytes, person_id: int, purpose: str) -> str:
    digest = bytes.fromhex(keyed_hash(key, person_id, f"grant:{purpose}"))
    return base64.urlsafe_b64encode(digest).decode()[:GRANT_LENGTH]
