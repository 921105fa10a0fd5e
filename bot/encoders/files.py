"""The files of models, which come in Python packages."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path


class UnusableEncoder(Exception):
    """Say why an encoder can't be used, and what to do."""


def package_file(encoder: str, package: str, name: str) -> Path:
    """Return a file of an installed package.

    Raises:
        UnusableEncoder: It isn't installed.
    """
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise UnusableEncoder(f"the encoder {encoder} needs the package {package}, which isn't installed")
    return Path(found.submodule_search_locations[0]) / name


def check_file(encoder: str, path: Path, sha256: str) -> None:
    """Check a file against its SHA-256.

    Raises:
        UnusableEncoder: It differs, or it can't be read.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnusableEncoder(f"the encoder {encoder} can't read {path}: {error.strerror}") from None
    if digest != sha256:
        raise UnusableEncoder(
            f"the encoder {encoder} needs another version of {path}: its SHA-256 is {digest}, not {sha256}"
        )
