"""What maintainers use: `tpm-bot check`, `diff`, `new`, `unanswered`, `taught`, and `schemas`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.commands.options import CALLED_WRONGLY, FAULT_FOUND, KnowledgeFolder

app = typer.Typer(rich_markup_mode=None)


@app.command()
def check(
    directory: KnowledgeFolder = None,
    format_: Annotated[
        Literal["text", "json", "github"],
        typer.Option("--format", help="For people, for programs, or as pull request annotations."),
    ] = "text",
    everything: Annotated[
        bool, typer.Option("--all", help="Show everything, not only the worst of each kind.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
) -> None:
    """Check the knowledge, and say what to do next."""
    from datetime import date

    from bot.bootstrap import build_encoders, folder_of
    from bot.settings import read_settings
    from bot.terminal.check_report import check_and_report

    settings = read_settings()
    folder = directory or folder_of(settings)
    encoders = build_encoders(settings)
    today = date.today()  # noqa: DTZ011 - the day where the maintainer is
    if not check_and_report(
        folder, today=today, format_=format_, everything=everything, strict=strict, encoders=encoders
    ):
        raise typer.Exit(FAULT_FOUND)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A knowledge folder.")],
    new: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The same folder, edited.")],
    questions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Labeled questions to ask both, in addition to the examples."),
    ] = None,
    format_: Annotated[Literal["text", "json"], typer.Option("--format", help="For people, or for programs.")] = "text",
    strict: Annotated[bool, typer.Option("--strict", help="Fail if a question is answered worse than before.")] = False,
) -> None:
    """Show which entries and outcomes an edit changes."""
    from bot.bootstrap import build_encoders
    from bot.settings import read_settings
    from bot.terminal.comparison_report import compare_and_report

    encoders = build_encoders(read_settings())
    if not compare_and_report(old, new, questions, format_=format_, strict=strict, encoders=encoders):
        raise typer.Exit(FAULT_FOUND)


@app.command()
def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is empty or doesn't exist yet.")],
    interactive: Annotated[
        bool, typer.Option("--interactive", "-i", help="Ask for a name and the first question and answer.")
    ] = False,
) -> None:
    """Create a small, commented knowledge folder to start from."""
    import shlex

    from bot.authoring.starter import create_knowledge, refuse_taken
    from bot.terminal.interview import ask_for_start

    refuse_taken(directory)
    try:
        start = ask_for_start() if interactive else None
    except typer.Abort:
        print()  # ends the line of the question
        print("tpm-bot: The questions weren't all answered, so no folder was made.", file=sys.stderr)
        raise typer.Exit(CALLED_WRONGLY) from None
    create_knowledge(directory, start=start)
    folder = shlex.quote(str(directory))
    print(f"{directory} is ready. Open {directory / 'faq.yaml'} and follow its comments. To try it:")
    print(f"  tpm-bot check {folder}\n  tpm-bot chat {folder}")


@app.command()
@app.command("gaps", hidden=True)  # its former name
def unanswered(
    days: Annotated[int, typer.Option(min=1, max=30, help="How far to look back.")] = 30,
    yaml: Annotated[bool, typer.Option("--yaml", help="Print YAML to paste into the knowledge files.")] = False,
) -> None:
    """Show unanswered questions in groups, with what came closest."""
    from bot.bootstrap import build_encoders, database_address, folder_of
    from bot.settings import read_settings
    from bot.terminal.unanswered_report import report_unanswered

    settings = read_settings()
    address = database_address(settings)
    report_unanswered(folder_of(settings), address, days=days, yaml=yaml, encoders=build_encoders(settings))


@app.command()
def taught(
    yaml: Annotated[bool, typer.Option("--yaml", help="Print YAML to paste into the knowledge files.")] = False,
    server: Annotated[int | None, typer.Option(metavar="ID", help="Only what this server was taught.")] = None,
) -> None:
    """Show what moderators taught on Discord."""
    from bot.bootstrap import database_address, folder_of
    from bot.settings import read_settings
    from bot.terminal.taught_report import report_taught

    settings = read_settings()
    report_taught(folder_of(settings), database_address(settings), server=server, yaml=yaml)


@app.command()
def schemas(directory: Annotated[Path, typer.Argument(help="The folder to write to.")]) -> None:
    """Write JSON Schemas of the knowledge files, for editors."""
    from bot.knowledge.schemas import write_schemas

    write_schemas(directory)
