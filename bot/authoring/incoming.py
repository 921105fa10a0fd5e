"""Read a file that somebody hands in, whatever is in it."""

from __future__ import annotations

from typing import BinaryIO

MEBIBYTE = 1024 * 1024
_BINARY = {
    b"PK\x03\x04": "a spreadsheet, a document or another zip file",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Office document",
}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class UnusableFile(Exception):
    """Say what is wrong with a file that was handed in, and what to do."""


def read_text(file: BinaryIO, *, name: str, most: int) -> str:
    """Return a file's text, with Unix line breaks and without a byte order mark; read no more than `most` bytes.

    Raises:
        UnusableFile: It is larger or empty, isn't text or isn't UTF-8.
        OSError: It can't be read.
    """
    content = file.read(most + 1)
    if len(content) > most:
        raise UnusableFile(f"{name} is larger than {most // MEBIBYTE} MiB. Split it, or leave out what isn't needed.")
    for beginning, kind in _BINARY.items():
        if content.startswith(beginning):
            raise UnusableFile(f"{name} is {kind}, not text. Save it as CSV or Markdown.")
    if content.startswith(_UTF_16):
        raise UnusableFile(f"{name} is UTF-16. Save it as UTF-8.")
    if b"\x00" in content:
        raise UnusableFile(f"{name} is a binary file, not text.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnusableFile(f"{name} isn't UTF-8 (line {line}). Save it as UTF-8.") from None
    if not text.strip():
        raise UnusableFile(f"{name} is empty.")
    return text.replace("\r\n", "\n").replace("\r", "\n")
