"""Edits to a knowledge folder's files, tried out before anything is written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bot.authoring.yaml_additions import CannotAdd
from bot.knowledge.file_content import decoded
from bot.knowledge.file_format import FORMATS, SERVER_FILE
from bot.knowledge.loading import KnowledgeError, load_with_documents
from bot.knowledge.model import KnowledgeBase
from bot.knowledge.server_folders import SERVERS
from bot.knowledge.translations import translation_names

Edits = Mapping[Path, tuple[bytes | None, bytes]]
"""What each file holds now, or None if there is none, and what it would hold."""

_BOM = b"\xef\xbb\xbf"


class NothingAdded(Exception):
    """Say why nothing can be taken from a reply, or why it can't be written, and what to do."""


def edited(path: Path, edit: Callable[[str], str]) -> tuple[bytes, bytes]:
    """Return what a file holds, and what it would hold after an edit of its text.

    Raises:
        NothingAdded: The file is written in a way that can't be edited without changing the rest.
    """
    before = path.read_bytes()
    try:
        after = edit(decoded(before, path.name))
    except CannotAdd:
        raise NothingAdded(
            f"{path} is written in a way that this command can't add to. Put each list item on its own line."
        ) from None
    return before, (_BOM if before.startswith(_BOM) else b"") + after.encode()


def try_out(folder: Path, edits: Edits, knowledge: KnowledgeBase) -> None:
    """Load a copy of a folder that holds `knowledge` with the edits, inside the shared one if it is a server's.

    Raises:
        NothingAdded: The result couldn't be used.
    """
    is_servers = (folder / SERVER_FILE).exists()
    with tempfile.TemporaryDirectory(prefix="tpm-bot-") as place:
        copy = Path(place, SERVERS, folder.resolve().name) if is_servers else Path(place)
        if is_servers:
            _copy(folder.resolve().parents[1], Path(place), knowledge.image_files)
        _copy(folder, copy, knowledge.image_files)
        for path, (_, content) in edits.items():
            file = copy / path.relative_to(folder)
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
        try:
            load_with_documents(copy)
        except KnowledgeError as error:
            first, *more = error.faults
            others = f" And {len(more)} more." if more else ""
            raise NothingAdded(f"Nothing was written, because the result couldn't be used. {first}{others}") from None


def _copy(folder: Path, to: Path, images: Iterable[Path]) -> None:
    """Copy the files of a folder, with those of the images that are in it."""
    files = (folder / name for name in (SERVER_FILE, *FORMATS, *translation_names(folder)))
    for file in (*files, *images):
        if file.is_relative_to(folder) and file.exists():
            target = to / file.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
