"""Make ids for new entries out of their questions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

import yaml

from bot.knowledge.file_format import MAX_ID_LENGTH
from bot.matching.lexicon import is_function_word
from bot.matching.text import clean, words

_WORDS = 4
_ROOM_FOR_NUMBER = 3  # characters
_MARKS = re.compile(r"[\u0300-\u036f']")  # accents, once they are letters of their own, and apostrophes


def id_for(question: str, taken: Container[str] = ()) -> str:
    """Return an id made of the words that carry a question's subject, and that isn't taken."""
    spelled = [slug(word) for word in words(clean(question))]
    telling = [word for word in spelled if not is_function_word(word)]
    return unique_id(slug(" ".join([*filter(None, telling or spelled)][:_WORDS])), taken)


def unique_id(wanted: str, taken: Container[str]) -> str:
    """Return an id that YAML reads as text and that isn't taken: the one wanted, or one that begins like it."""
    stem = wanted if is_text(wanted) else f"{wanted}-question".lstrip("-")
    id_, number = stem, 1
    while id_ in taken:
        number += 1
        id_ = f"{stem}-{number}"
    return id_


def slug(text: str) -> str:
    """Return the words of a text in the form of an id: without accents and with hyphens between them.

    It may be empty, since an id has only Latin letters and digits.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    room = MAX_ID_LENGTH - _ROOM_FOR_NUMBER
    return found if len(found) <= room else found[: room + 1].rpartition("-")[0] or found[:room]


def is_text(word: str) -> bool:
    """Return whether YAML reads an unquoted word as text; it reads `no`, `2026` and an empty one as something else."""
    tag: str = yaml.resolver.Resolver().resolve(yaml.ScalarNode, word, (True, False))  # type: ignore[no-untyped-call]
    return tag == "tag:yaml.org,2002:str"
