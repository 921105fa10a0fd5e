"""Another community's start: a small knowledge folder with comments, schemas, examples and a check for GitHub."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

from bot.knowledge.file_format import write_schemas

_TEMPLATE = Path(__file__).parent / "template"
# A folder's name with a dot in front doesn't travel everywhere, so the workflow gets its place only here.
_PLACES = {
    "faq.yaml": "faq.yaml",
    "role.yaml": "role.yaml",
    "phrasings.yaml": "phrasings.yaml",
    "README.md": "README.md",
    "check.yaml": ".github/workflows/check.yaml",
}


class FolderTaken(Exception):
    """Say why a folder can't be made there, and what to do."""


def create_knowledge(directory: Path, *, today: date) -> None:
    """Make a knowledge folder, all of it or nothing; its answers are `reviewed` today.

    Raises:
        FolderTaken: Something is there already, or it is the folder one stands in.
        OSError: It can't be written.
    """
    target = Path(os.path.realpath(directory))  # unlike Path.resolve, it takes links that lead in circles
    _refuse_taken(target, directory)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as workplace:
        finished = Path(workplace) / "knowledge"  # not the workplace itself, which nobody else may read
        _write(finished, today)
        try:
            _put(finished, target)
        except OSError:
            _refuse_taken(target, directory)  # something came in between
            raise


def _refuse_taken(target: Path, named: Path) -> None:
    if target == Path.cwd():
        raise FolderTaken(f"{named} is the folder you are in. Name one that doesn't exist yet, such as ./knowledge.")
    if target.is_dir():
        if any(target.iterdir()):
            raise FolderTaken(f"The folder {named} isn't empty. Name another, or empty it yourself.")
    elif target.exists():
        raise FolderTaken(f"{named} is a file. Name a folder that doesn't exist yet.")


def _write(folder: Path, today: date) -> None:
    for name, place in _PLACES.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        content = (_TEMPLATE / name).read_text(encoding="utf-8")
        path.write_text(content.replace("reviewed: TODAY", f"reviewed: {today}"), encoding="utf-8", newline="\n")
    write_schemas(folder / "schemas")


def _put(finished: Path, target: Path) -> None:
    """Rename the folder; where the system puts none in the place of an empty one, take that away first."""
    try:
        finished.rename(target)
    except FileExistsError:
        target.rmdir()
        finished.rename(target)
