"""Keep what a moderator has been shown and may yet post."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.discord_app.page import Page
from bot.storage.job_posts import JobPostOptions

PREVIEW_LIFETIME = 15 * 60.0  # seconds; as long as Discord lets the bot change what it showed
MAX_PREVIEWS = 200


@dataclass(frozen=True, slots=True)
class Preview:
    """A job description as one moderator has seen it.

    `page` is what will be posted in the channel, `options` and `version` are what it was made of.
    `held_manage_messages` says whether its owner had that permission, or may use the command because the server
    granted it.
    """

    owner_id: int
    channel_id: int
    page: Page
    options: JobPostOptions
    version: str
    held_manage_messages: bool


class Previews:
    """The previews of the last 15 minutes, by a short id; when there are too many, the oldest are forgotten."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic, capacity: int = MAX_PREVIEWS) -> None:
        self._now = now
        self._capacity = capacity
        self._kept: OrderedDict[str, tuple[float, Preview]] = OrderedDict()

    def keep(self, preview: Preview) -> str:
        """Keep a preview and return its id."""
        self._forget_old()
        while len(self._kept) >= self._capacity:
            self._kept.popitem(last=False)
        id_ = secrets.token_urlsafe(9)
        self._kept[id_] = (self._now() + PREVIEW_LIFETIME, preview)
        return id_

    def find(self, id_: str) -> Preview | None:
        """Return a preview; None if it has been forgotten."""
        self._forget_old()
        _, preview = self._kept.get(id_, (0.0, None))
        return preview

    def forget(self, id_: str) -> None:
        """Forget a preview that has been posted or is no longer wanted."""
        self._kept.pop(id_, None)

    def _forget_old(self) -> None:
        while self._kept and next(iter(self._kept.values()))[0] <= self._now():
            self._kept.popitem(last=False)
