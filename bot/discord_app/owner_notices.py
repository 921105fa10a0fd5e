"""Tell the bot's owner in private when an edit of the knowledge can't be served."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import discord

from bot.discord_app.pages.maintainers import render_refused_edit
from bot.knowledge.watching import Kept, Outcome

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

logger = logging.getLogger(__name__)

pause_between_notices = 300.0  # seconds; who saves many faults in a row is told of the last


class OwnerNotices:
    """Say once why the knowledge stays as it is, and seldom enough to be read."""

    def __init__(
        self, *, find_bot: Callable[[], CareerBot | None], pause_between_notices: float = pause_between_notices
    ) -> None:
        """Speak through the bot that `find_bot` returns: another one may take its place."""
        self._find_bot = find_bot
        self._pause = pause_between_notices
        self._refusal: Kept | None = None  # as things stand
        self._told: Kept | None = None
        self._telling: asyncio.Task[None] | None = None

    def note(self, outcome: Outcome) -> None:
        """Take in what became of an edit."""
        if not isinstance(outcome, Kept):
            self._refusal = self._told = None
            return
        self._refusal = outcome
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        while self._refusal is not None and self._refusal != self._told:
            self._told = self._refusal
            try:
                await self._send(self._refusal)
            except Exception as error:  # noqa: BLE001 - whatever it is: the log says why the edit isn't served
                logger.warning("The bot's owner can't be told of the refused edit: %s.", type(error).__name__)
            await asyncio.sleep(self._pause)

    async def _send(self, refusal: Kept) -> None:
        bot = self._find_bot()
        if bot is None:
            raise ConnectionError
        channel = await bot.create_dm(discord.Object(await owner_of(bot)))
        await bot.delivery.say(
            channel,
            render_refused_edit(refusal),
            embeds=True,
            nonce=discord.utils.time_snowflake(discord.utils.utcnow()),
        )


async def owner_of(bot: CareerBot) -> int:
    """Return the id of the person whom the application belongs to; of a team, the team's owner."""
    application = await bot.application_info()
    if application.team is not None and application.team.owner_id is not None:
        return application.team.owner_id
    return application.owner.id


async def is_owner(bot: CareerBot, person_id: int) -> bool:
    """Tell whether the application belongs to a person, as Discord has it now; of a team, who may develop it too."""
    application = await bot.application_info()
    if application.team is None:
        return person_id == application.owner.id
    trusted = (discord.TeamMemberRole.admin, discord.TeamMemberRole.developer)
    return person_id == application.team.owner_id or any(
        member.id == person_id
        and member.role in trusted
        and member.membership_state is discord.TeamMembershipState.accepted
        for member in application.team.members
    )
