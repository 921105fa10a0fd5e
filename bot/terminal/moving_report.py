"""Copy, back up, and restore the database, and say what was done."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.storage import backups
from bot.storage.moving import copy_database
from bot.terminal.check_report import count_of
from bot.terminal.database import explaining_database
from bot.terminal.outcomes import open_console
from bot.terminal.paragraphs import print_paragraph


def copy_and_report(source: str, target: str) -> None:
    """Copy a database to another, and print how many rows each table has.

    Raises:
        DatabaseRefused: One of the two can't be used.
        DamageFound: The copy isn't like the original.
    """
    with explaining_database():
        counts = asyncio.run(copy_database(source, target))
    console = open_console()
    width = max(map(len, counts))
    for table, count in counts.items():
        if count:
            console.print(f"  {table:<{width}}  {count:>9,}")
    total = count_of(sum(counts.values()), "row")
    print_paragraph(console, f"Copied {total}, and read them back: counts and checksums are the same.", hanging="")
    print_paragraph(console, "Now set DATABASE_URL to the new database, and start the bot.", hanging="")


def back_up_and_report(address: str, file: Path) -> None:
    """Back up the database to a file.

    Raises:
        DatabaseRefused: It can't be done.
        DamageFound: The database is damaged.
    """
    with explaining_database():
        backups.back_up(address, file)
    size = file.stat().st_size / 1_000_000
    said = f"{file} is complete ({size:.1f} MB). Keep it private: it holds the key for hashing people's ids."
    print_paragraph(open_console(), said, hanging="")


def restore_and_report(file: Path, address: str, *, replace: bool) -> None:
    """Put a backup in the place of the database.

    Raises:
        DatabaseRefused: It can't be done.
        DamageFound: The backup is damaged.
    """
    with explaining_database():
        backups.restore(file, address, replace=replace)
    print_paragraph(open_console(), f"{file} is restored. Start the bot.", hanging="")
