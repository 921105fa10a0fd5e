"""What several commands share: options, exit codes, and which folder they mean."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.authoring.requests import Request
    from bot.settings import Settings

FAULT_FOUND = 1
CALLED_WRONGLY = 2

KnowledgeFolder = Annotated[
    Path | None,
    typer.Argument(
        metavar="DIR", exists=True, file_okay=False, help="The knowledge folder. Without it, KNOWLEDGE_DIR."
    ),
]
Knowledge = Annotated[
    Path | None,
    typer.Option(
        "--knowledge",
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="The knowledge folder. Without it, KNOWLEDGE_DIR.",
    ),
]
Reply = Annotated[typer.FileBinaryRead, typer.Argument(metavar="FILE", help="The reply; - is standard input.")]


def settings_for(directory: Path | None) -> Settings:
    """Return the settings, with another knowledge folder if one is given."""
    from bot.settings import read_settings

    settings = read_settings()
    return settings.model_copy(update={"knowledge_dir": directory}) if directory else settings


def folder_to_edit(knowledge: Path | None, settings: Settings) -> Path:
    """Return the folder that is named; the one that ships with the bot is edited only if it's named.

    Raises:
        ConfigurationError: No folder is named.
    """
    from bot.settings import ConfigurationError

    if (folder := knowledge or settings.knowledge_dir) is None:
        raise ConfigurationError("Which knowledge? Set KNOWLEDGE_DIR, or pass --knowledge.")
    return folder


def same_again(knowledge: Path | None) -> str:
    """Return what makes the next command use the same folder: the option, if this command had it."""
    return f" --knowledge {shlex.quote(str(knowledge))}" if knowledge else ""


def hand_out(request: Request, *, asks_for: str, then: str, left: str) -> None:
    """Print a request for a model, and on standard error what to do next; `left` says what to ask for after that."""
    print(request.text, end="")
    sys.stdout.flush()
    print(f"\nThis asks for {asks_for}. Save the reply in a file, then: tpm-bot {then} FILE", file=sys.stderr)
    if request.later:
        print(f"{left}. Then ask again.", file=sys.stderr)


def name_of(reply: typer.FileBinaryRead) -> str:
    """Return what messages call a file that was handed in."""
    return "The reply" if reply.name == "<stdin>" else reply.name
