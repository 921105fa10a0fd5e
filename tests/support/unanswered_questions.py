"""Unanswered questions, and what a maintainer makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.authoring.pasting import Stub
from bot.knowledge.loading import load_knowledge
from bot.knowledge.model import KnowledgeBase
from bot.storage.unanswered import Reason, UnansweredQuestion

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
HOLIDAYS = ("How many holidays are there?", "how many holidays?", "many holidays are there")
UNSURE = ("does a keeper work at night", "what are a keeper's duties", "when do keepers sleep?")
CLOSED = (*UNSURE, *HOLIDAYS, "Is rust allowed here?")


def asked(*texts: str, reason: Reason = Reason.refused) -> list[UnansweredQuestion]:
    return [
        UnansweredQuestion(number, 7, 70, "a" * 64, text, reason, None, NOON + timedelta(minutes=number))
        for number, text in enumerate(texts, start=1)
    ]


def paste(folder: Path, found: Sequence[Stub], *, write: bool = True) -> KnowledgeBase:
    """Paste stubs one after the other, as told, write what is to be written, and load the folder."""
    for stub in found:
        file = folder / stub.file
        lines = file.read_text(encoding="utf-8").split("\n")
        assert lines[stub.line - 1].strip() == stub.below
        text = stub.text.replace('"TODO: ', '"') if write else stub.text
        lines[stub.line : stub.line] = text.rstrip("\n").split("\n")
        file.write_text("\n".join(lines), encoding="utf-8")
    return load_knowledge(folder)


def without(found: Sequence[Stub], below: str) -> list[Stub]:
    return [stub for stub in found if stub.below != below]
