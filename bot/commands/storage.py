"""`tpm-bot storage`: copy, back up, and restore the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(name="storage", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def storage() -> None:
    """Copy, back up, or restore the database."""


@app.command()
def copy(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="The database the bot used, such as sqlite:///data/bot.db.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="An empty one, such as postgresql://user:password@host/database.")
    ],
) -> None:
    """Copy everything to another database, all or nothing. Stop the bot first."""
    from bot.terminal.moving_report import copy_and_report

    copy_and_report(source, target)


@app.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that doesn't exist yet.")]) -> None:
    """Back up the SQLite database at DATABASE_URL. The bot may run."""
    from bot.terminal.moving_report import back_up_and_report

    back_up_and_report(_address(), file)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Let the backup take the place of the database that's there.")
    ] = False,
) -> None:
    """Restore a backup as the SQLite database at DATABASE_URL. Stop the bot first."""
    from bot.terminal.moving_report import restore_and_report

    restore_and_report(file, _address(), replace=replace)


def _address() -> str:
    from bot.bootstrap import database_address
    from bot.settings import read_settings

    return database_address(read_settings())
