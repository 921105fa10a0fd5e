"""Questions and outcomes as JSON Lines, for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.answering import Answering
from bot.knowledge.model import Entry
from bot.language.languages import Language
from bot.outcomes import Answered, Outcome, Social, Suggested, Unanswered

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line without a question. Lines count from 1."""

    number: int
    problem: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.problem}"


def answer_lines(
    answering: Answering, lines: Iterable[bytes], *, language: Language | None = None
) -> Iterator[str | BadLine]:
    """Yield a line of JSON for each line with a `text`, in order, and say what is wrong with the others.

    Blank lines count and have no answer. Each answer is in the language of its question, or in the one given.
    """
    for number, line in enumerate(lines, start=1):
        content = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
        if not content.strip():
            continue
        try:
            text = _text_of(content)
        except ValueError as error:
            yield BadLine(number, str(error))
        else:
            # In ASCII, every text survives any terminal, also half a surrogate pair, which no encoding can write.
            yield json.dumps(as_record(text, answering.answer(text, language=language)))


def as_record(text: str, outcome: Outcome) -> dict[str, object]:
    """Return an outcome as JSON holds it; `images` and `links` are there only if the answers have some."""
    record: dict[str, object] = {
        "text": text,
        "language": outcome.language,
        "outcome": type(outcome).__name__.lower(),
        "entries": [],
        "suggestions": [],
        "off_topic": None,
        "confidence": round(outcome.confidence, 4),
    }
    match outcome:
        case Answered():
            record["entries"] = [answer.entry.id for answer in outcome.answers]
            record["suggestions"] = [entry.id for entry in outcome.suggestions]
            record["off_topic"] = outcome.declined[0].id if outcome.declined else None
            record |= _shown_with(answer.entry for answer in outcome.answers)
        case Suggested():
            record["suggestions"] = [entry.id for entry in outcome.entries]
        case Unanswered():
            record["off_topic"] = outcome.off_topic.id if outcome.off_topic else None
        case Social():
            record["kind"] = outcome.kind
    return record


def _shown_with(entries: Iterable[Entry]) -> dict[str, object]:
    images, links = list[dict[str, str]](), list[dict[str, str]]()
    for entry in entries:
        if entry.image:
            images.append({"entry": entry.id, "alt": entry.image.alt, "location": entry.image.location})
        links += ({"entry": entry.id, "label": link.label, "url": link.url} for link in entry.links)
    return {key: found for key, found in (("images", images), ("links", links)) if found}


def _text_of(line: bytes) -> str:
    try:
        record: Any = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("This is not UTF-8. Save the file with that encoding.") from None
    except (ValueError, RecursionError):
        raise ValueError('This is not JSON. Write one object a line, such as {"text": "What is a TPM?"}.') from None
    match record:
        case {"text": str(text)}:
            return text
        case {"text": _}:
            raise ValueError('The "text" is not text. Put it in quotes.')
        case dict():
            raise ValueError('There is no "text". Add the question as one, such as {"text": "What is a TPM?"}.')
        case _:
            raise ValueError('This is not a JSON object. Write one, such as {"text": "What is a TPM?"}.')
