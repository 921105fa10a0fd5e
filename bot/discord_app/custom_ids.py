"""What custom_ids are made of: ids of Discord's, topics, and versions, in at most 100 characters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.language.languages import Language

MAX_CUSTOM_ID = 100

ID = r"\d{1,20}"
LANGUAGE = r"(?:(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)~)?"
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


def in_language(head: str, topics: str, language: Language | None) -> str:
    """Return a custom_id that names topics, and in which language to show them if there is room for that."""
    custom_id = f"{head}{language}~{topics}"
    return custom_id if language and len(custom_id) <= MAX_CUSTOM_ID else f"{head}{topics}"


def language_in(match: re.Match[str]) -> Language | None:
    """Return the language that a custom_id names; those of earlier versions name none."""
    return Language(match["language"]) if match["language"] else None


def topics_in(match: re.Match[str]) -> tuple[str, ...]:
    """Return the topics that a custom_id names."""
    return tuple(filter(None, match["topics"].split(",")))


def short_version(version: str) -> str:
    """Return as much of a version as a custom_id has room for."""
    return "".join(filter(str.isalnum, version))[:_VERSION_LENGTH]
