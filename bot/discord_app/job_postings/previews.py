"""Remember previews until they are posted or expire."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.bounded import BoundedMap
from bot.discord_app.page import Page
from bot.storage.job_posts import JobPostOptions

PREVIEW_LIFETIME = 15 * 60.0  # seconds; as long as the bot can edit the response that shows it
MAX_PREVIEWS = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """A job description as a moderator saw it.

    `page` is what will be posted. `options` and `version` are what it was made from. `had_it` is as in
    `missing_to_moderate`.
    """

    owner_id: int
    channel_id: int
    page: Page
    options: JobPostOptions
    version: str
    had_it: bool


class Previews:
    """Previews of the last 15 minutes by a short id. Beyond the capacity, the oldest are forgotten."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic, capacity: int = MAX_PREVIEWS) -> None:
        self._now = now
        self._kept: BoundedMap[str, tuple[float, Preview]] = BoundedMap(capacity)

    def keep(self, preview: Preview) -> str:
        """Remember a preview and return its id."""
        id_ = secrets.token_urlsafe(9)
        self._kept[id_] = (self._now() + PREVIEW_LIFETIME, preview)
        return id_

    def find(self, id_: str) -> Preview | None:
        """Return a preview, or None if it was forgotten."""
        expires_at, preview = self._kept.get(id_, (0.0, None))
        return preview if expires_at > self._now() else None

    def forget(self, id_: str) -> None:
        """Forget a preview that was posted or canceled."""
        self._kept.pop(id_, None)
