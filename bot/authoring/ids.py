"""Make ids for new entries out of their questions."""

from __future__ import annotations

import re
from collections.abc import Container

import yaml

from bot.knowledge.file_format import MAX_ID_LENGTH
from bot.matching.lexicon import is_function_word
from bot.matching.text import clean, words

_WORDS = 4
_ROOM_FOR_NUMBER = 3  # characters


def id_for(question: str, taken: Container[str] = ()) -> str:
    """Return an id made of the words that carry a question's subject, and that isn't taken."""
    spelled = words(clean(question))
    content = [re.sub(r"[^a-z0-9]+", "", word) for word in spelled if not is_function_word(word)]
    stem = "-".join(list(filter(None, content))[:_WORDS])[: MAX_ID_LENGTH - _ROOM_FOR_NUMBER].strip("-")
    if not is_text(stem):
        stem = f"{stem}-question".lstrip("-")
    id_, number = stem, 1
    while id_ in taken:
        number += 1
        id_ = f"{stem}-{number}"
    return id_


def is_text(word: str) -> bool:
    """Tell whether YAML reads an unquoted word as text: not `no`, `2026` or nothing, say."""
    tag: str = yaml.resolver.Resolver().resolve(yaml.ScalarNode, word, (True, False))  # type: ignore[no-untyped-call]
    return tag == "tag:yaml.org,2002:str"
