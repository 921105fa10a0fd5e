"""`tpm-bot import`: make a knowledge folder from questions and answers that are there already."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import FAULT_FOUND

app = typer.Typer(rich_markup_mode=None)


@app.command("import")
def import_(
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(metavar="FILE", help="Markdown, CSV, TSV or JSON; - is standard input.")
    ],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is empty or doesn't exist yet.")],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the bot answers questions about. Without it, the title.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="The language it's in, such as de. Without it, English.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show everything that was changed or left out.")] = False,
) -> None:
    """Make a knowledge folder from a FAQ, and check it."""
    from datetime import date
    from typing import cast, get_args

    from bot.bootstrap import build_encoders
    from bot.knowledge.file_format import LanguageCode
    from bot.settings import read_settings
    from bot.terminal.import_report import import_and_report

    if language not in {None, *get_args(LanguageCode)}:
        raise typer.BadParameter(f"Use one of {', '.join(get_args(LanguageCode))}.", param_hint="--language")
    settings = read_settings()
    passed = import_and_report(
        file,
        directory,
        source="Standard input" if file.name == "<stdin>" else Path(file.name).name,
        name=name,
        language=cast("LanguageCode | None", language),
        everything=everything,
        today=date.today(),  # noqa: DTZ011 - the day where the maintainer is
        encoders=build_encoders(settings),
    )
    if not passed:
        raise typer.Exit(FAULT_FOUND)
