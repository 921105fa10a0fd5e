"""DM the bot's owner when an edit of the knowledge can't be used."""

from __future__ import annotations

import asyncio
import logging

import discord

from bot.authoring.watching import Kept, Reload
from bot.discord_app.client import CareerBot
from bot.discord_app.moderation.edits import render_refused_edit, render_refused_folder
from bot.discord_app.page import Page
from bot.discord_app.sender import say
from bot.library import Edited, FolderNews, Recovered, Refused

logger = logging.getLogger(__name__)

PAUSE_BETWEEN_NOTICES = 300.0  # seconds; after several bad edits in a row, the owner hears of the last
SHARED = ""  # no folder's name


class OwnerNotices:
    """Report each refused edit once, at most every few minutes."""

    def __init__(self, bot: CareerBot, *, pause_between_notices: float = PAUSE_BETWEEN_NOTICES) -> None:
        self._bot = bot
        self._pause = pause_between_notices
        self._refused: dict[str, Page] = {}  # by folder, as it is now
        self._told: dict[str, Page] = {}
        self._telling: asyncio.Task[None] | None = None

    def note(self, outcome: Reload) -> None:
        """Note the result of an edit of the shared knowledge."""
        self._note(SHARED, render_refused_edit(outcome) if isinstance(outcome, Kept) else None)

    def note_folder(self, news: FolderNews) -> None:
        """Note the result of an edit of a server's knowledge."""
        match news:
            case Refused():
                self._note(news.folder, render_refused_folder(news))
            case Recovered():
                self._note(news.folder, None)
            case Edited():
                pass

    def _note(self, folder: str, refusal: Page | None) -> None:
        if refusal is None:
            self._refused.pop(folder, None)
            self._told.pop(folder, None)
            return
        self._refused[folder] = refusal
        if not self._bot.serves(None):  # the process that has direct messages reports it
            return
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        while due := {folder: page for folder, page in self._refused.items() if self._told.get(folder) != page}:
            self._told |= due
            try:
                await self._send([*due.values()])
            except Exception as error:  # noqa: BLE001 - whatever it is: the log has the reason
                logger.warning("Can't tell the bot's owner about a refused edit: %s.", type(error).__name__)
            await asyncio.sleep(self._pause)

    async def _send(self, pages: list[Page]) -> None:
        channel = await self._bot.create_dm(discord.Object(await owner_of(self._bot)))
        nonce = discord.utils.time_snowflake(discord.utils.utcnow())
        for number, page in enumerate(pages):
            await say(channel, page, nonce=nonce + number)


async def owner_of(client: discord.Client) -> int:
    """Return the id of the application's owner, or of the team's owner if a team owns it."""
    application = await client.application_info()
    if application.team is not None and application.team.owner_id is not None:
        return application.team.owner_id
    return application.owner.id
