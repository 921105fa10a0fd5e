"""Rows for every table, and what is in all tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, Integer, LargeBinary, String, Table, select

from bot.storage.database import Database
from bot.storage.schema import Instant, metadata


def an_example(table: Table, number: int) -> dict[str, Any]:
    """Return a row with a value in each column, or with none where that's allowed, in every third row."""
    examples: tuple[tuple[type, Callable[[], object]], ...] = (
        (Boolean, lambda: number % 2 == 0),
        (Instant, lambda: datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)),
        (Date, lambda: date(2024, 2, 29)),
        (Float, lambda: 0.1 + number),
        (LargeBinary, lambda: bytes(range(256))),
        (JSON, lambda: ["ü", 2**63 - 1 - number]),
        (String, lambda: f"„{number}“ 🙂\n'"[:30]),
        (Integer, lambda: number),
    )
    row = {}
    for column in table.columns:
        is_empty = column.nullable and number % 3 == 0
        row[column.name] = (
            None if is_empty else next(make() for kind, make in examples if isinstance(column.type, kind))
        )
    return row


async def fill(address: str, *, rows: int = 7) -> None:
    """Put rows into every table; into the first of them many, and one into those that take no more."""
    async with Database.open(address) as database, database.writing() as connection:
        for table in metadata.sorted_tables:
            count = 1 if table.c[0].name == "id" else rows
            await connection.execute(table.insert(), [an_example(table, number) for number in range(1, count + 1)])


async def content(address: str) -> dict[str, list[str]]:
    async with Database.open(address) as database, database.reading() as connection:
        found = {}
        for table in metadata.sorted_tables:
            rows = (await connection.execute(select(table))).all()
            found[table.name] = sorted(map(repr, rows))
        return found
