"""Read a knowledge file as text: the file as a whole, whatever is written in it."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from bot.knowledge.faults import Fault, UnreadableError, shown

MAX_FILE_SIZE = 1024 * 1024  # bytes
MAX_PATH = 500  # characters of a path that a message names

LINE_BREAK = re.compile(r"\r\n?|\n")
# What YAML refuses, and what it takes for a line break or the start of a file though no editor does.
_INVISIBLE = re.compile("[^\t\r\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]")


def read_file(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        UnreadableError: It is missing, can't be opened, is too large, no ordinary file, or a link out of its folder.
    """
    _refuse_link_out_of_folder(path)
    try:
        content = content_of(path)
    except FileNotFoundError:
        raise UnreadableError(Fault(path.name, 1, "The file is missing.", _where_it_may_be(path))) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = getattr(error, "strerror", None) or str(error)
        remedy = f"Check that {path} is a file that the bot may read."
        raise UnreadableError(Fault(path.name, 1, f"The file can't be read: {reason}.", remedy)) from None
    if len(content) > MAX_FILE_SIZE:
        raise UnreadableError(Fault(path.name, 1, "The file is larger than 1 MiB.", "Shorten it."))
    return content


def content_of(path: Path) -> bytes:
    """Return what an ordinary file holds, up to one byte more than is allowed; never wait for a pipe or a device.

    Raises:
        OSError: It can't be opened or is no ordinary file.
    """
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        return file.read(MAX_FILE_SIZE + 1)


def decoded(content: bytes, file: str) -> str:
    """Return a file's content as text.

    Raises:
        UnreadableError: It isn't UTF-8, or contains invisible characters.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len((content[: error.start] + b"?").splitlines())
        raise UnreadableError(Fault(file, line, "The file is not UTF-8.", "Save it with the encoding UTF-8.")) from None
    faults = [
        Fault(file, number, f"There is an invisible character (U+{ord(match.group()):04X}) in this line.", "Delete it.")
        for number, line in enumerate(LINE_BREAK.split(text), start=1)
        if (match := _INVISIBLE.search(line))
    ]
    if faults:
        raise UnreadableError(*faults)
    return text


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # Windows has no such pipes


def _where_it_may_be(path: Path) -> str:
    """Return what to do about a missing file: often it is there, by another name."""
    mistaken = {path.name.casefold(), f"{path.stem}.yml", f"{path.stem}.yml.txt", f"{path.name}.txt"}
    try:
        named_alike = sorted(each.name for each in path.parent.iterdir() if each.name.casefold() in mistaken)
    except OSError:
        named_alike = []
    if named_alike:
        return f"There is {named_alike[0]}: rename it to {path.name}."
    return f"Put it into {path.parent}."


def _refuse_link_out_of_folder(path: Path) -> None:
    """Let links lead anywhere inside the folder, as Kubernetes makes them, but not to what lies outside."""
    try:
        if not path.is_symlink():
            return
        target, folder = Path(os.path.realpath(path)), Path(os.path.realpath(path.parent))
    except (OSError, ValueError):
        return  # opening it will say why
    if not target.is_relative_to(folder):
        problem = f"The file is a symbolic link out of its folder, to {shown(str(target), MAX_PATH)}."
        remedy = "Put a copy of the file there instead of the link."
        raise UnreadableError(Fault(path.name, 1, problem, remedy))
