"""The command line. What a command needs is imported when it runs, so that `ask` doesn't pay for Discord."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.asking import app as asking
from bot.commands.importing import app as importing
from bot.commands.maintaining import app as maintaining
from bot.commands.operating import app as operating
from bot.commands.options import CALLED_WRONGLY, FAULT_FOUND
from bot.commands.phrasings import app as phrasings
from bot.commands.storage import app as storage
from bot.commands.translations import app as translations


def _command_line(*groups: typer.Typer) -> typer.Typer:
    commands = typer.Typer(
        name="tpm-bot",
        no_args_is_help=True,
        rich_markup_mode=None,  # plain help comes at once, and reads as well
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for group in groups:
        commands.add_typer(group)
    return commands


app = _command_line(asking, maintaining, operating, importing, phrasings, storage, translations)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; end with 0 if it did its job, 1 if what it checked is at fault, 2 if the call is."""
    _settle_streams()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's other threads would only wait, and busily
    try:
        try:
            app(arguments, prog_name="tpm-bot")
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read along has had enough, such as `head`
        _drop_output()
        sys.exit(FAULT_FOUND)
    except Exception as error:  # noqa: BLE001 - raised again unless it can be explained
        explanation, code = _explanation(error)
        print(explanation, file=sys.stderr)
        if isinstance(error, OSError):
            _drop_output()
        sys.exit(code)


def _drop_output() -> None:
    """Let what could not be printed go, or Python would try again at its end and complain."""
    with contextlib.suppress(OSError):  # standard output that is no file has nothing left to print
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _settle_streams() -> None:
    """See to it that neither a closed stream nor a character that one lacks is a reason to fail."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open to the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _explanation(error: Exception) -> tuple[str, int]:
    """Return what a person can do about an error, and the exit code; raise it again if that is nothing."""
    from bot.authoring.edits import NothingAdded
    from bot.authoring.evaluation import EvaluationFileError
    from bot.authoring.importing.collected import NothingFound
    from bot.authoring.incoming import UnusableFile
    from bot.authoring.replacing import ChangedSinceRead
    from bot.authoring.starter import FolderTaken
    from bot.knowledge.loading import KnowledgeError
    from bot.settings import ConfigurationError
    from bot.terminal.database import DamageFound, DatabaseRefused

    match error:
        case ConfigurationError() | EvaluationFileError() | FolderTaken() | DatabaseRefused():
            return f"tpm-bot: {error}", CALLED_WRONGLY
        case UnusableFile() | NothingFound() | NothingAdded() | ChangedSinceRead() | DamageFound():
            return f"tpm-bot: {error}", FAULT_FOUND
        case KnowledgeError():
            told = f"tpm-bot: The knowledge in {error.directory} can't be used; the lines above say why."
            return f"{error}\n{told}", CALLED_WRONGLY
        case OSError():
            return f"tpm-bot: {error.strerror or error}: {error.filename or 'reading or printing'}.", CALLED_WRONGLY
        case _:
            raise error


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it so
    if wanted:
        from importlib.metadata import version

        print(f"tpm-bot {version('tpm-career-bot')}")
        raise typer.Exit


@app.callback()
def tpm_bot(
    *,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Answer a community's questions, on Discord and in the terminal."""
