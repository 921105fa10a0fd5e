"""Read a knowledge file as text, whatever is in it."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from bot.knowledge.faults import Fault, UnreadableError, shown

MAX_FILE_SIZE = 1024 * 1024  # bytes
MAX_PATH = 500  # characters of a path that a message quotes

LINE_BREAK = re.compile(r"\r\n?|\n")

Stamps = tuple[object, ...]

# What YAML refuses, and what it takes for a line break or the start of a file, though no editor does.
_INVISIBLE = re.compile("[^\t\r\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]")


def read_file(path: Path) -> bytes:
    """Return the content of a file.

    Raises:
        UnreadableError: It is missing, too large, not a regular file, a link out of its folder, or can't be opened.
    """
    _refuse_link_out_of_folder(path)
    try:
        content = content_of(path)
    except FileNotFoundError:
        raise UnreadableError(Fault(path.name, 1, "The file is missing.", _missing_remedy(path))) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        reason = getattr(error, "strerror", None) or str(error)
        remedy = f"Make sure {path} is a file the bot can read."
        raise UnreadableError(Fault(path.name, 1, f"The file can't be read: {reason}.", remedy)) from None
    if len(content) > MAX_FILE_SIZE:
        raise UnreadableError(Fault(path.name, 1, "The file is larger than 1 MiB.", "Shorten it."))
    return content


def is_absent(path: Path) -> bool:
    """Return whether there is no file here, not even under a name that is likely meant to be this one."""
    try:
        path.lstat()
    except FileNotFoundError:
        return not _lookalikes(path)
    except (OSError, ValueError):
        return False  # opening the file reports why
    return False


def content_of(path: Path) -> bytes:
    """Return the content of a regular file, up to one byte over the limit; never wait for a pipe or a device.

    Raises:
        OSError: It can't be opened or isn't a regular file.
    """
    with open(path, "rb", opener=_open_nonblocking) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it isn't a regular file")
        return file.read(MAX_FILE_SIZE + 1)


def stamps_of(folder: Path, names: Iterable[str]) -> Stamps:
    """Return something that differs once one of a folder's files has been written, replaced or removed."""
    return tuple(stamp_of(folder / name) for name in names)


def stamp_of(path: Path) -> object:
    """Return something that differs once a file has been written, replaced or removed."""
    try:
        file = os.stat(path)  # noqa: PTH116 - where links lead to
    except OSError as error:
        return error.errno
    except ValueError:  # a path with a null character
        return None
    return (file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns, file.st_ctime_ns)


def decoded(content: bytes, file: str) -> str:
    """Return a file's content as text.

    Raises:
        UnreadableError: It isn't UTF-8, or contains invisible characters.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len((content[: error.start] + b"?").splitlines())
        raise UnreadableError(Fault(file, line, "The file isn't UTF-8.", "Save it as UTF-8.")) from None
    faults = [
        Fault(file, number, f"There's an invisible character (U+{ord(match.group()):04X}) on this line.", "Delete it.")
        for number, line in enumerate(LINE_BREAK.split(text), start=1)
        if (match := _INVISIBLE.search(line))
    ]
    if faults:
        raise UnreadableError(*faults)
    return text


def without_invisible(text: str) -> str:
    """Return text that no file is refused for: with spaces in place of invisible characters."""
    return _INVISIBLE.sub(" ", text)


def _open_nonblocking(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # missing on Windows, which has no such pipes


def _missing_remedy(path: Path) -> str:
    """Say what to do about a missing file."""
    similar = _lookalikes(path)
    return f"Rename {similar[0]} to {path.name}." if similar else f"Put it in {path.parent}."


def _lookalikes(path: Path) -> list[str]:
    """Return the names in the same folder that are likely meant to be this one."""
    lookalikes = {path.name.casefold(), f"{path.stem}.yml", f"{path.stem}.yml.txt", f"{path.name}.txt"}
    try:
        return sorted(each.name for each in path.parent.iterdir() if each.name.casefold() in lookalikes)
    except OSError:
        return []


def _refuse_link_out_of_folder(path: Path) -> None:
    """Allow links within the folder, such as the ones Kubernetes makes, and none that lead outside."""
    try:
        if not path.is_symlink():
            return
        target, folder = Path(os.path.realpath(path)), Path(os.path.realpath(path.parent))
    except (OSError, ValueError):
        return  # opening the file reports why
    if not target.is_relative_to(folder):
        problem = f"The file is a symbolic link to something outside its folder: {shown(str(target), MAX_PATH)}."
        remedy = "Replace the link with a copy of the file."
        raise UnreadableError(Fault(path.name, 1, problem, remedy))
