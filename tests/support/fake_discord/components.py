"""What messages are made of besides their content, and their flags."""

from __future__ import annotations

import enum
from typing import Any

Json = dict[str, Any]


class Flag(enum.IntFlag):
    """Message flags."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


class Card:
    """A container: a heading, text, a small last line, links and an image, as far as it has them."""

    def __init__(self, container: Json) -> None:
        parts = walk(container["components"])
        texts = [part["content"] for part in parts if part.get("type") == 10]
        self.source = texts.pop() if texts and texts[-1].startswith("-# ") else ""
        first, _, rest = "\n".join(texts).partition("\n")
        has_heading = first.startswith("### ")
        self.title = first.removeprefix("### ") if has_heading else ""
        self.text = rest if has_heading else "\n".join(texts)
        self.links = [part for part in parts if part.get("type") == 2]
        items = [item for part in parts if part.get("type") == 12 for item in part["items"]]
        self.images = [{"url": item["media"]["url"], "description": item.get("description")} for item in items]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Card) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Card {self.title!r}: {self.text[:80]!r}>"


def walk(components: list[Json]) -> list[Json]:
    """Return components and all that lies inside them, depth first."""
    found: list[Json] = []
    for component in components:
        found.append(component)
        found += walk(component.get("components") or [])
        for key in ("accessory", "component"):
            if component.get(key):
                found += walk([component[key]])
    return found
