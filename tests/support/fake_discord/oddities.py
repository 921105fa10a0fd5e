"""What Discord has been seen, or may be expected, to spell otherwise than it documents: each by its name.

A channel, a message, an account and the interactions take them as `oddities`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .components import Json

_MISSING = object()
_VOICE_MESSAGE = 1 << 13


class Oddity:
    """Fields that are spelled otherwise."""

    def __init__(self, **fields: Any) -> None:
        self._fields = fields

    def spelled(self, spelt: Json) -> Json:
        """Return a copy that has the oddity."""
        return {name: value for name, value in (spelt | self._fields).items() if value is not _MISSING}


def odd(spelt: Json, oddities: Iterable[Oddity]) -> Json:
    """Return what was spelled with its oddities."""
    for oddity in oddities:
        spelt = oddity.spelled(spelt)
    return spelt


# Of channels
NULL_OVERWRITES = Oddity(permission_overwrites=None)
NULL_TAGS = Oddity(available_tags=None)
WITHOUT_BITRATE = Oddity(bitrate=_MISSING)
WITHOUT_MESSAGE_COUNT = Oddity(message_count=_MISSING)

# Of messages
POLL_WITHOUT_END = Oddity(
    poll={
        "question": {"text": "Tea?"},
        "answers": [{"answer_id": 1, "poll_media": {"text": "Yes"}}],
        "expiry": None,
        "allow_multiselect": False,
        "layout_type": 1,
    }
)
BROKEN_VOICE_MESSAGE = Oddity(
    flags=_VOICE_MESSAGE,
    attachments=[
        {
            "id": "1",
            "filename": "voice-message.ogg",
            "content_type": "audio/ogg",
            "size": 1024,
            "url": "https://cdn.example.org/voice-message.ogg",
            "proxy_url": "https://media.example.org/voice-message.ogg",
            "duration_secs": 2.5,
            "waveform": "abc",  # base64 has four characters, or none
        }
    ],
)
NULL_AUTHOR = Oddity(author=None)
NULL_COMPONENT = Oddity(components=[None])
NUMBER_FOR_CONTENT = Oddity(content=7)

# Of accounts
WITHOUT_DISCRIMINATOR = Oddity(discriminator=_MISSING)

# Of interactions
NULL_CHANNEL = Oddity(channel=None)
