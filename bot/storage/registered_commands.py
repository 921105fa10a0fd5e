"""Which commands Discord was told about, so that one process does that, and only after a change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from sqlalchemy import or_, select, update

from bot.storage.database import Database
from bot.storage.schema import registered_commands

TIME_TO_REGISTER = timedelta(minutes=1)  # after that, whoever was doing it is taken to have died


class Turn(Enum):
    """What there is to do about an application's commands."""

    own = auto()
    """The caller is to tell Discord."""
    others = auto()
    """Another process is telling it."""
    none = auto()
    """Discord knows."""


class RegisteredCommands:
    """What Discord was told, by application: the same database may see a bot with another token."""

    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def claim(self, application_id: int, digest: str) -> Turn:
        """Claim telling Discord of the commands with a digest, unless it knows them.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        now, table = datetime.now(UTC), registered_commands
        is_new = or_(table.c.digest.is_(None), table.c.digest != digest)
        is_free = or_(table.c.claimed_until.is_(None), table.c.claimed_until <= now)
        of_application = table.c.application_id == application_id
        make = self._database.insert_into(table).values(application_id=application_id).on_conflict_do_nothing()
        claim = update(table).where(of_application, is_new, is_free).values(claimed_until=now + TIME_TO_REGISTER)
        async with self._database.writing() as connection:
            await connection.execute(make)
            if (await connection.execute(claim)).rowcount:
                return Turn.own
            known = (await connection.execute(select(table.c.digest).where(of_application))).scalar_one()
        return Turn.none if known == digest else Turn.others

    async def record(self, application_id: int, *, digest: str, at_discord: str) -> None:
        """Store what Discord was told, and what it made of that.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._set(application_id, digest=digest, at_discord=at_discord, claimed_until=None)

    async def release(self, application_id: int) -> None:
        """Let others try: Discord didn't take the commands, or has lost them.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._set(application_id, digest=None, at_discord=None, claimed_until=None)

    async def at_discord(self, application_id: int) -> str | None:
        """Return the digest of what Discord made of the commands.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        table = registered_commands
        found = await self._database.rows(select(table.c.at_discord).where(table.c.application_id == application_id))
        return found[0].at_discord if found else None

    async def _set(self, application_id: int, **values: str | None) -> None:
        table = registered_commands
        await self._database.execute(update(table).where(table.c.application_id == application_id).values(**values))
