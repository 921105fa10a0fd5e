"""The buttons that moderators are shown: below previews, offered answers, and what was asked in vain."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.moderation.maintainer_pages import dismiss_label

_PREVIEW = r"(?P<preview>[\w-]{1,20})"
_BUTTONS_IN_A_ROW = 5

POST_TEMPLATE = f"jd-post:{_PREVIEW}"
CANCEL_TEMPLATE = f"jd-cancel:{_PREVIEW}"
REFRESH_TEMPLATE = r"jd-refresh:(?P<owner>\d{1,20}):(?P<held>[01]):(?P<version>\w{1,16})"
POINT_TEMPLATE = r"^point:(?P<message>\d{1,20}):(?P<author>\d{1,20}):(?P<held>[01]):(?P<topic>\S{1,50})$"
DISMISS_TEMPLATE = r"^gap-dismiss:(?P<held>[01]):(?P<newest>\d{1,20})$"


def preview_buttons(preview_id: str) -> tuple[discord.ui.Button[Any], ...]:
    """Return the buttons that post what a preview shows, and that forget it."""
    post_id, cancel_id = f"jd-post:{preview_id}", f"jd-cancel:{preview_id}"
    return (
        discord.ui.Button(label="Post", custom_id=post_id, style=discord.ButtonStyle.success),
        discord.ui.Button(label="Cancel", custom_id=cancel_id),
    )


def refresh_button(owner_id: int, *, held: bool, version: str) -> discord.ui.Button[Any]:
    """Return the button that brings posts up to date; `held` as in `missing_to_moderate`, the version as shortened."""
    custom_id = f"jd-refresh:{owner_id}:{held:d}:{version}"
    return discord.ui.Button(label="Bring up to date", custom_id=custom_id, style=discord.ButtonStyle.success)


def shortened(version: str) -> str:
    """Return as much of a version of the knowledge as a custom_id has room for."""
    return "".join(filter(str.isalnum, version))[:16]


def point_button(label: str, topic_id: str, *, message_id: int, author_id: int, held: bool) -> discord.ui.Button[Any]:
    """Return the button that posts an answer to somebody's message; `held` as in `missing_to_moderate`."""
    custom_id = f"point:{message_id}:{author_id}:{held:d}:{topic_id}"
    return discord.ui.Button(label=label, custom_id=custom_id, style=discord.ButtonStyle.primary)


def dismiss_button(number: int, newest_id: int, *, held: bool) -> discord.ui.Button[Any]:
    """Return the button that deletes a group of questions, by the newest shown; `held` as in `missing_to_moderate`."""
    custom_id = f"gap-dismiss:{held:d}:{newest_id}"
    row = max(number - 1, 0) // _BUTTONS_IN_A_ROW
    return discord.ui.Button(label=dismiss_label(number), custom_id=custom_id, row=row)
