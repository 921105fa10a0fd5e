"""Another community's start: a small knowledge folder with comments, schemas, and a check for GitHub."""

from __future__ import annotations

import os
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path
from string import Template

from bot.authoring.ids import id_for
from bot.authoring.yaml_writing import quoted
from bot.knowledge.schemas import write_schemas

_TEMPLATE = Path(__file__).parent / "template"
# A folder's name with a dot in front doesn't travel everywhere, so the workflow gets its place only here.
_PLACES = {"README.md": "README.md", "check.yaml": ".github/workflows/check.yaml"}


class FolderTaken(Exception):
    """Say why a folder can't be made there, and what to do."""


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """What a maintainer already knows: the knowledge's name, a sentence about it, and its first entry."""

    name: str
    about: str | None
    question: str
    answer: str


def create_knowledge(directory: Path, *, start: StartingPoint | None = None) -> None:
    """Make a knowledge folder, all of it or nothing: from a starting point, or else with an example to edit.

    Raises:
        FolderTaken: Something is there already, or it is the folder one stands in.
        OSError: It can't be written.
    """
    make_folder(directory, _faq(directory, start))


def make_folder(directory: Path, faq: str) -> None:
    """Make a knowledge folder with this faq.yaml and what belongs to any folder, all of it or nothing.

    Raises:
        FolderTaken: Something is there already, or it is the folder one stands in.
        OSError: It can't be written.
    """
    refuse_taken(directory)
    target = _real(directory)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as workplace:
        finished = Path(workplace) / "knowledge"  # not the workplace itself, which nobody else may read
        _write(finished, faq)
        try:
            _put(finished, target)
        except OSError:
            refuse_taken(directory)  # something came in between
            raise


def refuse_taken(directory: Path) -> None:
    """Refuse a place where no folder can be made.

    Raises:
        FolderTaken: Something is there already, or it is the folder one stands in.
    """
    target = _real(directory)
    if target == Path.cwd():
        raise FolderTaken(
            f"{directory} is the folder you are in. Name one that doesn't exist yet, such as ./knowledge."
        )
    if target.is_dir():
        if any(target.iterdir()):
            raise FolderTaken(f"The folder {directory} isn't empty. Name another, or empty it yourself.")
    elif target.exists():
        raise FolderTaken(f"{directory} is a file. Name a folder that doesn't exist yet.")


def _real(directory: Path) -> Path:
    return Path(os.path.realpath(directory))  # unlike Path.resolve, it takes links that lead in circles


def _faq(directory: Path, start: StartingPoint | None) -> str:
    """Return the content of faq.yaml, whose comments name the folder."""
    values = {"folder": shlex.quote(str(directory)) if str(directory).isprintable() else "."}
    if start:
        values |= {
            "name": f"name: {quoted(start.name)}",
            "about": f"about: {quoted(start.about)}" if start.about else "# about: ...",
            "id": id_for(start.question),
            "question": f"question: {quoted(start.question)}",
            "answer": f"answer: {quoted(start.answer)}",
            "phrasing": quoted(start.question),
        }
    template = (_TEMPLATE / ("own.yaml" if start else "faq.yaml")).read_text(encoding="utf-8")
    return Template(template).safe_substitute(values)  # which leaves $schema alone


def _write(folder: Path, faq: str) -> None:
    texts = {place: (_TEMPLATE / name).read_text(encoding="utf-8") for name, place in _PLACES.items()}
    for place, text in {**texts, "faq.yaml": faq}.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    write_schemas(folder / "schemas")


def _put(finished: Path, target: Path) -> None:
    """Rename the folder; where the system puts none in the place of an empty one, take that away first."""
    try:
        finished.rename(target)
    except FileExistsError:
        target.rmdir()
        finished.rename(target)
