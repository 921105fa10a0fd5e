"""Replace several files: all of them, or none."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

NEW_FILE_MODE = 0o644


class ChangedSinceRead(Exception):
    """Say which file isn't what it was when it was read."""


def replace_files(contents: Mapping[Path, tuple[bytes | None, bytes]]) -> None:
    """Write files, given what each held when it was read and what it should hold.

    Links are followed. None stands for a file that didn't exist. Each is replaced in one step, so nobody reads
    half of it. If that fails for one, those already replaced are restored.

    Raises:
        ChangedSinceRead: A file has changed since it was read. Nothing is written.
        OSError: A file can't be written.
    """
    with contextlib.ExitStack() as undo:
        ready = [(path, undo.enter_context(_beside(path, new)), old) for path, (old, new) in contents.items()]
        for path, _, old in ready:
            if (path.read_bytes() if path.exists() else None) != old:
                raise ChangedSinceRead(f"{path} has changed since. Nothing was written. Run the command again.")
        for path, written, old in ready:
            Path(written).replace(os.path.realpath(path))
            undo.callback(_put_back, path, old)
        undo.pop_all()


def _put_back(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


@contextlib.contextmanager
def _beside(path: Path, content: bytes) -> Iterator[str]:
    """Write a file in the same folder and with the same permissions, which is gone in the end unless it was moved."""
    target = Path(os.path.realpath(path))
    target.parent.mkdir(exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, file.name)
            else:
                Path(file.name).chmod(NEW_FILE_MODE)
            yield file.name
        finally:
            Path(file.name).unlink(missing_ok=True)
