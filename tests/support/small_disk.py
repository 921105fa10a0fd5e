"""A disk that is really full: a small one of its own, in memory, where this machine lets the tests mount one."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_AS_ROOT = () if os.geteuid() == 0 else ("sudo", "-n")
_BLOCK = b"\0" * 4096


class SmallDisk:
    """A folder with so little room that a test can take it all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room."""
        with self._ballast.open("ab", buffering=0) as ballast, suppress(OSError):
            while True:
                ballast.write(_BLOCK)

    def make_room(self) -> None:
        """Give back what `fill` took."""
        self._ballast.unlink()


@contextmanager
def small_disk(*, megabytes: int) -> Iterator[SmallDisk | None]:
    """Mount a small disk that everybody may use; None if this machine doesn't let us."""
    with tempfile.TemporaryDirectory(prefix="disk") as folder:
        if not _runs("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "tmpfs", folder):
            yield None
            return
        try:
            yield SmallDisk(Path(folder))
        finally:
            assert _runs("umount", "--lazy", folder)


def _runs(program: str, *arguments: str) -> bool:
    command = [*_AS_ROOT, program, *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - of our own
    except FileNotFoundError:
        return False
