"""Whose phrasings a folder holds: of a server's folder, not those of the shared knowledge around it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.knowledge.yaml_document import Document

_GROUPS = (("role.yaml", "sections"), ("faq.yaml", "entries"), ("faq.yaml", "off_topic"))


def own_ids(documents: Mapping[str, Document]) -> frozenset[str]:
    """Return the ids of the entries and off-topic subjects in a folder's own files."""
    return frozenset().union(*(ids_below(documents[file], group) for file, group in _GROUPS))


def ids_below(document: Document, group: str) -> frozenset[str]:
    """Return the ids below one of a file's top keys."""
    below = document.data.get(group) if isinstance(document.data, dict) else None
    return frozenset(below or ())
