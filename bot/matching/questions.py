"""Find the questions in a message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from bot.matching.text import clean, sentences, words

MAX_QUESTIONS = 6  # that are looked at in one message
MAX_SENTENCES = 8  # of a message that is read as a whole: the last ones
SHORTEST_QUESTION = 3  # words on either side of an «and» that parts two questions

_QUESTION_WORDS = (
    "what|which|who|whom|whose|when|where|why|how|is|are|am|was|were|do|does|did|can|could|should|would|will|shall|"
    "may|must|has|have|had|isn't|aren't|don't|doesn't|can't|couldn't|shouldn't|wouldn't|won't|whats|hows|whos|any|anyone"
)
# Atomic (?>…): what leads in is read in one way only, or a row of digits would take for ever.
_LEAD_IN = (
    r"(?>(?:(?:so|ok|okay|and|but|also|plus|then|well|hi|hey|hello|like|basically|anyway|please|pls|just|second|secondly|"
    r"first|finally|or|btw|oh|lol|honestly|now)\b|@\w+|[-\s\d.)•*(,:])*)"
)
_REQUESTS = (
    r"(?:tell|explain|describe|show|send|post|share|list|give|compare|define)\s+(?:me|us|the|a|an|your|what|how|why)|"
    r"let me know|i wonder|looking for"
)
_OPENING = rf"(?:(?:at|in|to|with|for|from|on|by|of|about|if so|if not|if yes|then)\s+)?(?:{_QUESTION_WORDS})"
_DIRECT = re.compile(rf"^{_LEAD_IN}(?:{_OPENING}|{_REQUESTS})\b", re.IGNORECASE)
_INDIRECT = re.compile(
    r"\b(?:wonder(?:ing|ed)?|curious|tell me|explain|describe|any(?:one|body)? (?:idea|know|tips)|not sure|unsure|"
    r"figure out|find out|(?:want|like|love|need|keen) to (?:know|hear|understand|learn)|clarify|no (?:idea|clue)|"
    r"(?:my|a|one|the|quick|main|real|other|second|next) questions?\b|looking for|show me|send me|give me|"
    r"can (?:someone|anyone|you)|could (?:someone|anyone|you)|do(?:es)? (?:anyone|somebody|someone)|"
    r"help me|confused|what's the deal)\b",
    re.IGNORECASE,
)
_NEXT_QUESTION = re.compile(
    rf"(?:,|\s)\s*(?:and|plus|also|\+|&|as well as)\s+(?:also\s+|then\s+)?(?=(?:{_OPENING}|{_REQUESTS})\b)|"
    rf",\s*(?=(?:what|which|who|where|why|how)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a message, cleaned.

    `is_explicit` tells a sentence that asks from one that only might.
    """

    text: str
    is_explicit: bool


@dataclass(frozen=True, slots=True)
class Message:
    """The questions of a message, in their order, and the message as a whole, cleaned.

    The sentences around a question often say what it is about ("I have no degree. Would that be a problem?").
    """

    questions: tuple[Question, ...]
    whole: str


def read_message(message: str) -> Message:
    """Find the questions in a message.

    Of a message of several sentences those that ask count; if none asks, each sentence may be a question. A sentence
    with two questions in it is parted.
    """
    found = sentences(clean(message))
    parts = [part for sentence in found for part in _parted(sentence)]
    whole = " ".join(found[-MAX_SENTENCES:])
    if len(parts) == 1:
        return Message((Question(parts[0], is_explicit=True),), whole)
    asking = [part for part in parts if _asks(part)]
    return Message(tuple(Question(part, bool(asking)) for part in (asking or parts)[-MAX_QUESTIONS:]), whole)


def _asks(sentence: str) -> bool:
    return sentence.endswith("?") or bool(_DIRECT.search(sentence) or _INDIRECT.search(sentence))


def _parted(sentence: str) -> list[str]:
    """Part «what is it and how do I apply?» into two, if both sides can stand alone."""
    parts: list[str] = []
    start = 0
    for match in islice(_NEXT_QUESTION.finditer(sentence), 2 * MAX_QUESTIONS):
        before, after = sentence[start : match.start()], sentence[match.end() :]
        if _asks(before) and min(len(words(before)), len(words(after))) >= SHORTEST_QUESTION:
            parts.append(before.strip())
            start = match.end()
    return [*parts, sentence[start:].strip()]
