"""Keep the commands that Discord shows in line with the knowledge."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterable, Sequence
from typing import Any

import discord
from discord import app_commands

from bot.discord_app.clicks import Feature
from bot.discord_app.rest.retrying import ERRORS
from bot.storage.errors import StorageUnavailable
from bot.storage.registered_commands import RegisteredCommands, Turn

logger = logging.getLogger(__name__)

_Command = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu | app_commands.Group

PAUSE_WHILE_OTHERS_REGISTER = 2.0  # seconds between checks whether another process is done


class CommandSync:
    """Tell Discord which commands there are: at the start, and when a reload of the knowledge changes them.

    One process does that, and only if Discord doesn't know them.
    """

    def __init__(
        self, *, client: discord.Client, registered: RegisteredCommands, tree: app_commands.CommandTree[Any]
    ) -> None:
        self._client = client
        self._registered = registered
        self._tree = tree
        self._features: Sequence[Feature] = ()
        self._reloaded = asyncio.Event()

    def begin(self, features: Sequence[Feature]) -> None:
        """Have the commands of all features in the tree; `keep_up` registers them."""
        self._features = features
        self._update()

    def note_reload(self) -> None:
        """Note that the knowledge was reloaded."""
        self._reloaded.set()

    async def keep_up(self) -> None:
        """Register the commands, and again after each reload if any came or went.

        Discord may refuse them, or have the bot wait for hours: it limits how many commands are created in a day.
        Until then, the bot answers mentions, and the commands that Discord knows.
        """
        await self._register()
        while True:
            await self._reloaded.wait()
            self._reloaded.clear()
            if self._update() and await self._register():
                logger.info("The commands have changed with the knowledge.")

    async def _register(self) -> bool:
        """Make sure that Discord knows the commands; return whether it does."""
        try:
            await self._register_in_turn()
        except ERRORS as error:
            logger.warning(
                "Can't register the commands, so Discord keeps those it knows. Everything else works. Restart the "
                "bot to try again. %s",
                error,
            )
            return False
        return True

    async def _register_in_turn(self) -> None:
        application_id = self._client.application_id or 0
        digest = _digest([await self._described(command) for command in self._tree.get_commands()])
        try:
            while (turn := await self._turn(application_id, digest)) is Turn.others:  # noqa: ASYNC110 - no event comes from there
                await asyncio.sleep(PAUSE_WHILE_OTHERS_REGISTER)
            if turn is Turn.none:
                return
        except StorageUnavailable:  # telling Discord once more does no harm
            await self._tree.sync()
            return
        try:
            known = await self._tree.sync()
        except BaseException:
            await self._release(application_id)
            raise
        try:
            await self._registered.record(application_id, digest=digest, at_discord=_digest_of(known))
        except StorageUnavailable as error:
            logger.debug("Can't store which commands Discord knows. %s", error)

    async def _described(self, command: _Command) -> Any:
        """Return a command as Discord is told of it, in all languages."""
        translator = self._tree.translator
        if translator is None:
            return command.to_dict(self._tree)
        return await command.get_translated_payload(self._tree, translator)

    async def _turn(self, application_id: int, digest: str) -> Turn:
        """Return what to do; check that Discord still has what it was told, since others may have changed it."""
        turn = await self._registered.claim(application_id, digest)
        if turn is not Turn.none:
            return turn
        try:
            known = _digest_of(await self._tree.fetch_commands())
        except ERRORS:
            return turn
        if known == await self._registered.at_discord(application_id):
            return turn
        await self._registered.release(application_id)
        return await self._registered.claim(application_id, digest)

    async def _release(self, application_id: int) -> None:
        try:
            await self._registered.release(application_id)
        except StorageUnavailable as error:
            logger.debug("Can't let another process register the commands. %s", error)

    def _update(self) -> bool:
        changed = [feature.update_commands() for feature in self._features]
        return any(changed)


def _digest_of(known: Iterable[app_commands.AppCommand]) -> str:
    return _digest(sorted([command.type.value, command.name, command.id] for command in known))


def _digest(described: Iterable[Any]) -> str:
    return hashlib.sha256(json.dumps([*described], sort_keys=True).encode()).hexdigest()
