"""Claims to test with, and what of them is in the database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.storage.claims import Claims
from bot.storage.claims_table import Claim
from bot.storage.database import Database
from bot.storage.resolutions import QuestionSource
from bot.storage.schema import claims as table
from bot.storage.write_behind import Pace

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=365)
CLAIM = Claim(message_id=2**63 - 1, channel_id=70, server_id=7, source=QuestionSource.mention, claimed_at=NOON)
QUICK = Pace(interval=0.01, max_pause=0.05)
PATIENCE = 60.0  # that no busy machine exhausts


def numbered(number: int, **changes: Any) -> Claim:
    return replace(CLAIM, message_id=number, **changes)


async def rows(database: Database) -> dict[tuple[int, str], str | None]:
    """Return the resolutions of all claims that are in the database."""
    async with database.reading() as connection:
        found = (await connection.execute(select(table).order_by(table.c.message_id))).all()
    return {(row.message_id, row.face): row.fate for row in found}


def claims_of(database: Database, **arguments: Any) -> Claims:
    return Claims(database=database, **{"pace": QUICK, "now": lambda: NOON, **arguments})


async def written(claims: Claims) -> None:
    async with asyncio.timeout(PATIENCE):
        while claims.waiting:  # noqa: ASYNC110 - what is waited for is in the database
            await asyncio.sleep(0.01)
