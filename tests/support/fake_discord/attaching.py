"""Files that come with messages: their limits, where they end up, and which of them embeds show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .components import Json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .checker import Checker, Path
    from .recording import Upload
    from .server import FakeDiscord

MAX_FILE = 10 * 1024 * 1024
_MAX_FILES = 10
_MAX_DESCRIPTION = 1024
_ATTACHMENT_KEYS = frozenset({"id", "filename", "description", "title", "is_spoiler"})
_IGNORED_KEYS = frozenset({"url", "proxy_url", "size", "spoiler"})  # which discord.py sends of files to keep
_PART = re.compile(r"files\[(\d)\]")
_REFERENCE = "attachment://"
_SHOWN_IN_EMBEDS = re.compile(r"[A-Za-z0-9_.-]+\.(?:png|jpe?g|gif|webp)")
_SCHEMES = ("http://", "https://")


def check_attachments(check: Checker, body: Json, path: Path, uploads: Sequence[Upload], kept: Iterable[Json]) -> None:
    """Check the files of a message, and what it says of them and of the `kept` ones that it has already."""
    kept = list(kept)
    check.length(list(uploads), (*path, "attachments"), _MAX_FILES)
    numbers = set()
    for upload in uploads:
        match = _PART.fullmatch(upload.part)
        if match is None:
            check.add((*path, upload.part), "UNKNOWN_KEY", "files are called files[n]")
        else:
            numbers.add(match[1])
        if not upload.content:
            check.add((*path, upload.part), "EMPTY_FILE", f"{upload.name} has no content")
    for index, attachment in enumerate(body.get("attachments") or []):
        where = (*path, "attachments", index)
        check.keys(attachment, where, _ATTACHMENT_KEYS | _IGNORED_KEYS)
        check.length(attachment.get("description"), (*where, "description"), _MAX_DESCRIPTION)
        if str(attachment.get("id")) not in {*numbers, *(each["id"] for each in kept)}:
            check.add((*where, "id"), "ATTACHMENT_NOT_FOUND", "no such file")
    _check_images(check, body, path, {*(upload.name for upload in uploads), *(each["filename"] for each in kept)})


def _check_images(check: Checker, body: Json, path: Path, names: set[str]) -> None:
    """Check the images of embeds. Discord doesn't refuse one that names no file, but nobody would see it."""
    for index, embed in enumerate(body.get("embeds") or []):
        where = (*path, "embeds", index, "image", "url")
        url = (embed.get("image") or {}).get("url")
        check.length(url, where, 2048, shortest=1)
        if not isinstance(url, str):
            continue
        name = url.removeprefix(_REFERENCE)
        if name == url:
            check_url(check, url, where)
        elif name not in names:
            check.add(where, "ATTACHMENT_NOT_FOUND", f"no file {name!r} comes with it")
        elif not _SHOWN_IN_EMBEDS.fullmatch(name):
            check.add(where, "ATTACHMENT_NOT_SHOWN", f"embeds don't show {name!r}")

    for path_of, url in _gallery_urls(body.get("components") or [], (*path, "components")):
        if not url.startswith(_REFERENCE):
            check_url(check, url, path_of)
        elif url.removeprefix(_REFERENCE) not in names:
            check.add(path_of, "ATTACHMENT_NOT_FOUND", f"no file {url!r} comes with it")


def _gallery_urls(components: Iterable[Json], path: Path) -> Iterator[tuple[Path, str]]:
    for index, part in enumerate(components):
        where = (*path, index)
        yield from _gallery_urls(part.get("components") or [], (*where, "components"))
        for item in part.get("items") or []:
            yield (*where, "items"), item["media"]["url"]


def check_url(check: Checker, url: Any, path: Path) -> None:
    """Check that Discord would take something for a web address."""
    if not isinstance(url, str):
        return
    if not url.startswith(_SCHEMES):
        check.add(path, "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https').")
    elif not re.fullmatch(r"https?://[^\s/?#]+\S*", url):
        check.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")


def attached(fake: FakeDiscord, uploads: Iterable[Upload], body: Json, before: Iterable[Json] = ()) -> list[Json]:
    """Return the files of a message: new ones and, of an edited one, those it keeps.

    An edit keeps all unless it lists attachments; then it keeps those listed.
    """
    listed = body.get("attachments")
    described = {str(each["id"]): each.get("description") for each in listed or []}
    files = [each for each in before if listed is None or each["id"] in described]
    for upload in uploads:
        match = _PART.fullmatch(upload.part)
        files.append(_stored(fake, upload, described.get(match[1]) if match else None))
    return files


def _stored(fake: FakeDiscord, upload: Upload, description: str | None) -> Json:
    id_ = str(fake.snowflakes.next())
    url = f"https://cdn.discordapp.com/attachments/1/{id_}/{upload.name}"
    fake.stored_files[url] = upload.content
    stored = {
        "id": id_,
        "filename": upload.name,
        "size": len(upload.content),
        "url": url,
        "proxy_url": url.replace("cdn.discordapp.com", "media.discordapp.net"),
    }
    return stored if description is None else stored | {"description": description}


def with_files(embeds: Iterable[Json], files: Sequence[Json]) -> list[Json]:
    """Return embeds that show files where they name them."""
    addresses = {f"{_REFERENCE}{each['filename']}": each["url"] for each in files}
    shown = []
    for embed in embeds:
        image = embed.get("image") or {}
        address = addresses.get(image.get("url", ""))
        shown.append(embed | {"image": image | {"url": address}} if address else embed)
    return shown


def with_files_in(components: Iterable[Json], files: Sequence[Json]) -> list[Json]:
    """Return components of which the galleries show files where they name them."""
    addresses = {f"{_REFERENCE}{each['filename']}": each["url"] for each in files}
    shown = []
    for part in components:
        items = [
            item | {"media": {"url": addresses.get(item["media"]["url"], item["media"]["url"])}}
            for item in part.get("items") or []
        ]
        inside = with_files_in(part.get("components") or [], files)
        shown.append(part | ({"items": items} if items else {}) | ({"components": inside} if inside else {}))
    return shown
