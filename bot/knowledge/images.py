"""Read the image files that answers show, and find what is wrong with them."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from bot.knowledge.faults import Fault, shown
from bot.knowledge.file_content import MAX_FILE_SIZE, content_of, stamp_of
from bot.knowledge.file_format import HTTPS_PATTERN, IMAGE_PATTERN
from bot.knowledge.model import ImageFile
from bot.knowledge.references import Group
from bot.knowledge.yaml_document import Document

# Discord takes 10 MiB, but an answer may have three images, which have to get there within seconds.
MAX_IMAGE_SIZE = MAX_FILE_SIZE
MAX_IMAGES_SIZE = 20 * 1024 * 1024  # bytes; they stay in memory, since an answer must not change while it's edited

_TYPES = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "jpg": re.compile(rb"\xff\xd8\xff"),
    "gif": re.compile(rb"GIF8[79]a"),
    "webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}


@dataclass(frozen=True, slots=True)
class Images:
    """The image files of a folder by their paths in it, and what is wrong with the others that it names.

    `stamps` tell whether one of these files was written since.
    """

    files: Mapping[str, ImageFile]
    stamps: Mapping[Path, object]
    faults: tuple[Fault, ...]

    @property
    def digest(self) -> str:
        """Something that changes whenever one of the files does; nothing if there are none."""
        return "".join(hashlib.sha256(self.files[name].content).hexdigest() for name in sorted(self.files))


def read_images(directory: Path, documents: Mapping[str, Document]) -> Images:
    """Read each image file that the documents of a folder name, once."""
    files: dict[str, ImageFile] = {}
    stamps: dict[Path, object] = {}
    faults: list[Fault] = []
    for group, id_, part in _answers(documents):
        faults += _alt_faults(group, id_, part)
        place = _path_in(part)
        if place is None or directory / place in stamps:
            continue
        stamp = stamps[directory / place] = stamp_of(directory / place)
        room = MAX_IMAGES_SIZE - sum(len(each.content) for each in files.values())
        try:
            files[place] = replace(_read(directory, place, room=room), stamp=stamp)
        except _Unusable as error:
            faults.append(group.fault((id_, "image"), error.problem, error.remedy))
    return Images(files, stamps, tuple(faults))


class _Unusable(Exception):
    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def _answers(documents: Mapping[str, Document]) -> Iterator[tuple[Group, str, dict[str, Any]]]:
    """Yield everything with an answer in the documents that can be read."""
    for file, key in (("role.yaml", "sections"), ("faq.yaml", "entries")):
        if file in documents:
            group = Group(documents[file], key)
            yield from ((group, id_, part) for id_, part in group.parts.items() if isinstance(part, dict))


def _alt_faults(group: Group, id_: str, part: dict[str, Any]) -> Iterator[Fault]:
    if part.get("image") and "alt" not in part:
        problem = "The image has no alt text."
        yield group.fault((id_, "image"), problem, "Add what it shows, such as alt: A map of the bakery.")
    if part.get("alt") and "image" not in part:
        problem = "There's alt text but no image."
        yield group.fault((id_, "alt"), problem, "Add the image or remove this line.")


def _path_in(part: dict[str, Any]) -> str | None:
    """Return the path of an image; None for an address, and for what is neither and has a fault already."""
    place = part.get("image")
    if not isinstance(place, str) or re.match(HTTPS_PATTERN, place) or not re.match(IMAGE_PATTERN, place):
        return None
    return place


def _read(directory: Path, place: str, *, room: int) -> ImageFile:
    path, name = directory / place, shown(place)
    try:
        if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(directory)):
            problem = f"The image {name} is outside its folder."
            raise _Unusable(problem, "Copy it into the folder, and write its path from there.")
        content = content_of(path)
    except FileNotFoundError:
        problem = f"There's no image {name} in this folder."
        raise _Unusable(problem, f"Put it there, or fix its path.{_closest(path)}") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        problem = f"The image {name} can't be read: {getattr(error, 'strerror', None) or error}."
        raise _Unusable(problem, "Make sure it's a file the bot can read.") from None
    if len(content) > MAX_IMAGE_SIZE:
        problem = f"The image {name} is larger than 1 MiB."
        raise _Unusable(problem, "Make it smaller, or show it from an https address.")
    if len(content) > room:
        problem = f"With {name}, the images of this folder are larger than 20 MiB."
        raise _Unusable(problem, "Make some of them smaller, or show them from https addresses.")
    extension = next((extension for extension, start in _TYPES.items() if start.match(content)), None)
    if extension is None:
        problem = f"The file {name} isn't a PNG, JPEG, GIF, or WebP image."
        raise _Unusable(problem, "Save it as one of these, whatever its name ends in.")
    return ImageFile(path, extension, content)


def _closest(path: Path) -> str:
    """Return the name in the same folder that may be meant."""
    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return ""
    return "".join(f" The closest name there is {shown(near)}." for near in get_close_matches(path.name, names, 1))
