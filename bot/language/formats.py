"""Lists, shares, and numbers as the language that is being spoken writes them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from bot.language.speech import _, spoken

_NO_SPACE_AFTER = ("\u3002", "\uff01", "\uff1f")  # Japanese marks, which bring it along
_ROUNDING = 1e-9  # 0.29 * 100 is less than 29


def sentences(*texts: str) -> str:
    """Return sentences one after the other; those that are empty are left out."""
    said = list(filter(None, texts))
    spaces = ("" if text.endswith(_NO_SPACE_AFTER) else " " for text in said[:-1])
    return "".join(part for pair in zip(said, [*spaces, ""], strict=True) for part in pair)


def listing(items: Sequence[str]) -> str:
    """Return all of some items as a list in a sentence, such as `a, b, and c`."""
    return format_list(items, locale=_locale())


def series(items: Iterable[str]) -> str:
    """Return items that stand alone, such as `a, b, c` after a colon."""
    return _(", ").join(items)


def in_quotes(text: str) -> str:
    """Return a text between quotation marks."""
    return _("“{text}”", text=text)


def percentage(share: float) -> str:
    """Return a share in percent, rounded down so that only 1 is 100%."""
    return format_percent(math.floor(share * 100 + _ROUNDING) / 100, locale=_locale())


def fraction(share: float) -> str:
    """Return a share as a number with two decimals."""
    return format_decimal(share, "0.00", locale=_locale())


def number(amount: int) -> str:
    """Return a number with its thousands grouped."""
    return format_decimal(amount, locale=_locale())


def _locale() -> Locale:
    return Locale.parse(spoken(), sep="-")
