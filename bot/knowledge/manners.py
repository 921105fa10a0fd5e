"""What the bot says to messages that ask nothing about the knowledge: greetings, thanks, questions about itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import IO, Any

import yaml

from bot.knowledge.model import KnowledgeBase
from bot.language.speech import _

MANNERS_FILE = files("bot.knowledge") / "manners.yaml"
MORE = "more"  # the kind that asks for more on what was just answered
VARIANTS = ("without_source", "with_related", "without_related")
ELLIPSIS = "…"  # after the beginning of a phrasing
MAX_EMOJI = 8  # characters, of which an emoji may have several
PLACEHOLDERS = ("{name}", "{about}", "{source}")

_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
_SPACES = re.compile(" {2,}")  # left by a placeholder that stands for nothing


@dataclass(frozen=True, slots=True)
class Manner:
    """A kind of message, how to recognize it, and the reply.

    A message is of this kind if it is one of the phrasings with nothing but words of `beside` around it, or if it
    begins with one of `openings` and doesn't ask anything.
    """

    kind: str
    phrasings: tuple[str, ...]
    openings: tuple[str, ...]
    beside: str
    reply: str
    variants: Mapping[str, str]
    """Other replies, for special cases: `without_source`, and those of `MORE`."""


@cache
def manners() -> Mapping[str, Manner]:
    """Return what the bot recognizes, by kind. The first kind goes first where a message is of several."""
    content = _content()
    return {
        kind: Manner(
            kind=kind,
            phrasings=tuple(text for text in part["phrasings"] if not text.endswith(ELLIPSIS)),
            openings=tuple(text.removesuffix(ELLIPSIS) for text in part["phrasings"] if text.endswith(ELLIPSIS)),
            beside=f"{content['beside']} {part.get('beside', '')}",
            reply=part["reply"],
            variants={key: part[key] for key in VARIANTS if key in part},
        )
        for kind, part in content["kinds"].items()
    }


@cache
def asking_words() -> frozenset[str]:
    """Return the words after which what looks like manners may be a question."""
    return frozenset(_content()["asking"].split())


@cache
def _content() -> Any:
    return yaml.load(MANNERS_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def reply_of(knowledge: KnowledgeBase, kind: str, variant: str | None = None) -> str:
    """Return what to say to a message of a kind, in Discord's Markdown: the community's own reply if it has one.

    With a `variant`, it is the reply for that special case. The bot's own replies are in the language being spoken.
    """
    manner, source = manners()[kind], knowledge.source
    own = None if variant else knowledge.manners.get(kind)
    template = own or (manner.variants[variant] if variant else manner.reply)
    if source is None and "{source}" in template:
        own, template = None, manner.variants.get("without_source", manner.reply)
    facts = {"name": knowledge.name, "about": knowledge.about or "", "source": source.linked if source else ""}
    if own is None:
        filled = _(template, **facts)
    else:
        filled = _PLACEHOLDER.sub(lambda match: facts.get(match[0][1:-1], match[0]), own)
    return _SPACES.sub(" ", filled).strip()


def extract_replies(
    file: IO[bytes], *_beside: object, **_options: object
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Yield the replies to translate, in the form in which Babel wants them."""
    for part in yaml.load(file, Loader=yaml.CSafeLoader)["kinds"].values():
        yield from ((1, None, part[key], []) for key in ("reply", *VARIANTS) if key in part)


def is_emoji(text: str) -> bool:
    """Return whether a reply is nothing but an emoji."""
    has_symbol = any(unicodedata.category(character) == "So" for character in text)
    return has_symbol and len(text) <= MAX_EMOJI and not any(map(str.isalnum, text))


def unknown_placeholders(reply: str) -> tuple[str, ...]:
    """Return what a reply has in braces that stands for nothing."""
    return tuple(name for name in _PLACEHOLDER.findall(reply) if name not in PLACEHOLDERS)
