"""What custom_ids are made of: ids of Discord's, topics, and versions, in at most 100 characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_CUSTOM_ID = 100

ID = r"\d{1,20}"
TOPICS = r"(?P<topics>[^\s:]*)"
VERSION = r"(?P<version>\w{1,16})"
_VERSION_LENGTH = 16


def with_topics(head: str, topics: Iterable[str]) -> str:
    """Return a custom_id that names as many of the topics as fit."""
    custom_id, separator = head, ""
    for topic in topics:
        if len(custom_id) + len(separator) + len(topic) > MAX_CUSTOM_ID:
            break
        custom_id, separator = f"{custom_id}{separator}{topic}", ","
    return custom_id


def topics_in(match: re.Match[str]) -> tuple[str, ...]:
    """Return the topics that a custom_id names."""
    return tuple(filter(None, match["topics"].split(",")))


def join_ids(ids: Iterable[int]) -> str:
    """Join ids with commas."""
    return ",".join(map(str, ids))


def short_version(version: str) -> str:
    """Return as much of a version as a custom_id has room for."""
    return "".join(filter(str.isalnum, version))[:_VERSION_LENGTH]
