"""Add the usable translations in a model's reply to a knowledge folder, in one step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.authoring.edits import Edits, NothingAdded, edited, try_out
from bot.authoring.findings import quoted
from bot.authoring.links import malformed_links
from bot.authoring.translations.reply import Reply, read_reply
from bot.authoring.translations.standings import standing_of
from bot.authoring.translations.writing import Parts, new_file, with_parts
from bot.authoring.yaml_writing import Value
from bot.knowledge.loading import load_with_documents
from bot.knowledge.originals import Key, Match, State, each_of
from bot.knowledge.translation_format import Text, TranslatedPart
from bot.knowledge.translations import translation_name
from bot.language.languages import Language

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]]+")
_AFTER_ADDRESS = ".,;:!?\"'*_"
_WITH_ANSWERS = ("entries", "sections")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written.

    Attributes:
        added: what wasn't translated before.
        renewed: what had another translation.
        unchanged: what is translated already.
        refused: why others aren't written.
        edits: what the file holds now, and what it would hold; none if nothing is new.
    """

    added: tuple[Key, ...]
    renewed: tuple[Key, ...]
    unchanged: tuple[Key, ...]
    refused: Mapping[Key, str]
    reply: Reply
    edits: Edits


def plan_additions(folder: Path, language: Language, reply_text: str, *, replace: bool = False) -> Plan:
    """Read a reply and decide what of it to write; write nothing. With `replace`, also what is translated already.

    Raises:
        NothingAdded: The reply has no translations for this folder, or its file would have faults with them.
        KnowledgeError: The folder has faults already.
    """
    knowledge, documents = load_with_documents(folder)
    standing = standing_of(documents, language)
    reply = read_reply(reply_text, [match.original for match in standing.matches])
    if not (reply.parts or reply.unreadable):
        raise NothingAdded(_why_nothing(reply))
    refused = {key: f"{fault.problem} {fault.remedy}" for key, fault in reply.unreadable.items()}
    unchanged: list[Key] = []
    wanted: dict[Key, Match] = {}
    for before in standing.matches:
        key = before.original.key
        if (part := reply.parts.get(key)) is None:
            continue
        now = Match(before.original, part)
        if before.state is State.TRANSLATED and (not replace or now.texts == before.texts):
            unchanged.append(key)
        elif reason := _reason_against(now):
            refused[key] = reason
        else:
            wanted[key] = before
    parts = {key: _written(reply.parts[key], before) for key, before in wanted.items()}
    edits = _edits(folder, language, parts)
    try_out(folder, edits, knowledge)
    return Plan(
        added=tuple(key for key, before in wanted.items() if before.state is State.MISSING),
        renewed=tuple(key for key, before in wanted.items() if before.state is not State.MISSING),
        unchanged=tuple(unchanged),
        refused=refused,
        reply=reply,
        edits=edits,
    )


def _why_nothing(reply: Reply) -> str:
    if reply.unknown:
        named = ", ".join([*reply.unknown][:3])
        closest = "".join(f" Does {id_} mean {near}?" for id_, near in [*reply.unknown.items()][:1] if near)
        return f"This folder has nothing to translate called {named}.{closest}"
    if reply.cut_off_at:
        return f"The reply is cut off at {reply.cut_off_at}, before anything is complete. Ask for fewer texts at once."
    return "No translations found. The reply needs the form that `tpm-bot translations prompt` asks for."


def _reason_against(match: Match) -> str:
    """Return why a translation isn't written; nothing if it is."""
    original, texts = match.original.texts, match.texts
    if match.state is State.OUTDATED:
        return "The original has changed since you printed the request. Print it again."
    if match.lacking:
        return f"It has no {' and no '.join(match.lacking)}, but the original does."
    if match.unneeded:
        return f"The original has no {' and no '.join(match.unneeded)}."
    if match.original.key.group in _WITH_ANSWERS and texts == original:
        return "It's the same as the original."
    for text in _all(texts):
        for link in malformed_links(text):
            return f"The link {quoted(link.written)} {link.problem}."
    here, there = _addresses(texts), _addresses(original)
    if differing := sorted(here ^ there):
        return f"The address {differing[0]} {'was made up' if differing[0] in here else 'is missing'}."
    return ""


def _addresses(texts: Mapping[str, Text]) -> set[str]:
    return {found.rstrip(_AFTER_ADDRESS) for text in _all(texts) for found in _ADDRESS.findall(text)}


def _all(texts: Mapping[str, Text]) -> Iterator[str]:
    for value in texts.values():
        yield from each_of(value)


def _written(part: TranslatedPart, before: Match) -> Mapping[str, Value]:
    """Return what to write: the translation, and all phrasings, which a request doesn't ask for."""
    texts = Match(before.original, part).texts
    phrasings = dict.fromkeys(text for each in (before.part, part) if each for text in each.own_phrasings)
    more = {"phrasings": tuple(phrasings)} if phrasings else {}
    return {"of": before.original.version, **texts, **more}


def _edits(folder: Path, language: Language, parts: Parts) -> Edits:
    path = folder / translation_name(language)
    if not parts:
        return {}
    if path.exists():
        return {path: edited(path, partial(with_parts, parts=parts))}
    return {path: (None, new_file(language, parts).encode())}
