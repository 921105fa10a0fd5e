"""`tpm-bot phrasings`: let a language model write phrasings. The bot itself calls none."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot.commands.options import Knowledge, Reply, folder_to_edit, hand_out, name_of, same_again

app = typer.Typer(name="phrasings", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def phrasings() -> None:
    """Get phrasings from a language model, many at once."""


@app.command()
def prompt(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ENTRY", help="Ids. Without any, the first entries that have few phrasings."),
    ] = None,
    count: Annotated[int, typer.Option(min=5, max=100, help="How many phrasings to ask for, for each entry.")] = 40,
    per_request: Annotated[
        int, typer.Option("--entries-per-request", min=1, max=50, help="How many entries to ask for at once.")
    ] = 8,
    knowledge: Knowledge = None,
) -> None:
    """Print a request to paste into any language model."""
    from bot.authoring.phrasings.owners import own_ids
    from bot.authoring.phrasings.request import make_request
    from bot.authoring.requests import UnknownId
    from bot.bootstrap import build_encoders, folder_of
    from bot.knowledge.loading import load_with_documents
    from bot.settings import read_settings

    settings = read_settings()
    loaded, documents = load_with_documents(knowledge or folder_of(settings))
    try:
        request = make_request(
            loaded,
            build_encoders(settings),
            own=own_ids(documents),
            ids=ids or (),
            count=count,
            per_request=per_request,
        )
    except UnknownId as error:
        raise typer.BadParameter(str(error)) from None
    if request is None:
        print("Each entry has enough phrasings. Name entries to ask for more.", file=sys.stderr)
        return
    later = len(request.later)
    hand_out(
        request,
        asks_for=", ".join(request.asked),
        then=f"phrasings add{same_again(knowledge)}",
        left=f"{later} more {'entry has' if later == 1 else 'entries have'} few phrasings",
    )


@app.command()
def add(
    file: Reply,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and write nothing.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show everything that is left out.")] = False,
    knowledge: Knowledge = None,
) -> None:
    """Add the phrasings in a model's reply that are new and don't belong to another entry."""
    from bot.bootstrap import build_encoders
    from bot.settings import read_settings
    from bot.terminal.phrasings_report import add_and_report

    settings = read_settings()
    folder, encoders = folder_to_edit(knowledge, settings), build_encoders(settings)
    add_and_report(folder, file, name=name_of(file), encoders=encoders, dry_run=dry_run, everything=everything)
