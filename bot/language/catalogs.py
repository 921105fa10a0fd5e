"""The bot's own words in other languages, one gettext catalog each."""

from __future__ import annotations

import logging
import struct
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from bot.language.languages import TRANSLATED, Language

logger = logging.getLogger(__name__)

CATALOGS = files("bot.language") / "catalogs"


@cache
def catalog_of(language: Language) -> NullTranslations:
    """Return the words of a language. What a catalog lacks stays English, and so does all if it can't be read."""
    if language not in TRANSLATED:
        return NullTranslations()
    try:
        with (CATALOGS / language.replace("-", "_") / "LC_MESSAGES" / "bot.mo").open("rb") as file:
            return GNUTranslations(file)
    except (OSError, LookupError, UnicodeError, ValueError, struct.error) as error:
        logger.warning("Can't read the catalog for %s, so I speak English instead: %s", language, error)
        return NullTranslations()
