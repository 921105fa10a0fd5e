"""Where a text may be cut: not within what people see as one character."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_HALF_WIDTH_VOICING = "\uff9e\uff9f"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)  # of flags such as Scotland's
_LETTERS_OF_FLAGS = range(0x1F1E6, 0x1F200)
_LEADING_JAMO = range(0x1100, 0x1160)
_FOLLOWING_JAMO = range(0x1160, 0x1200)


def last_end(text: str, limit: int) -> int:
    """Return the last place to cut a text at, of those up to a limit; the limit itself if there is none but the start.

    This is the part of Unicode's rules (UAX #29) that matters for what people write.
    """
    return next((end for end in range(limit, 0, -1) if not _joins(text, end)), limit)


def _joins(text: str, at: int) -> bool:
    """Return whether the characters before and after a place belong together."""
    if at >= len(text):
        return False
    before, after = text[at - 1], text[at]
    if _extends(after) or before == _JOINER:
        return True
    if ord(after) in _FOLLOWING_JAMO:
        return ord(before) in _LEADING_JAMO or ord(before) in _FOLLOWING_JAMO
    if ord(after) in _LETTERS_OF_FLAGS:
        letters = len(text[:at]) - len(text[:at].rstrip("".join(map(chr, _LETTERS_OF_FLAGS))))
        return letters % 2 == 1
    return False


def _extends(character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.category(character).startswith("M")
        or character == _JOINER
        or character in _HALF_WIDTH_VOICING
        or code in _SKIN_TONES
        or code in _TAGS
    )
