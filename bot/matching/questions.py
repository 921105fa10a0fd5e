"""Find the questions in a message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, islice

from bot.matching.manners import Manners, Told
from bot.matching.text import clean, sentences, words

MAX_QUESTIONS = 6  # answered per message: the last ones
MAX_ASKED = 1000  # characters in the questions of a message, unless the last one alone is longer
MAX_SENTENCES = 8  # read when a message is read as a whole: the last ones
SHORTEST_QUESTION = 3  # words on either side of an "and" that separates two questions

_QUESTION_WORDS = (
    "what|which|who|whom|whose|when|where|why|how|is|are|am|was|were|do|does|did|can|could|should|would|will|shall|"
    "may|must|has|have|had|isn't|aren't|don't|doesn't|can't|couldn't|shouldn't|wouldn't|won't|whats|hows|whos|any|anyone"
)
# Atomic (?>…): a lead-in can match only one way, or a long run of digits would backtrack forever.
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
    """One question in a message, cleaned.

    `is_explicit` is false for a sentence that may only be meant as a question.
    """

    text: str
    is_explicit: bool


@dataclass(frozen=True, slots=True)
class Message:
    """The questions of a message in order, and the whole message, cleaned.

    The sentences around a question often say what it is about ("I have no degree. Would that be a problem?"). `manners`
    are the kinds of the sentences that ask nothing ("Hi! Thanks.").
    """

    questions: tuple[Question, ...]
    whole: str
    manners: tuple[str, ...] = ()


def read_message(message: str, manners: Manners | None = None) -> Message:
    """Find the questions in a message, and the manners if it is told how to recognize them.

    In a message of several sentences, the ones that ask count. If none asks, each may be a question. A sentence with
    two questions is split.
    """
    found = sentences(clean(message))
    split = [part for sentence in found for part in _split(sentence)]
    told = [manners.read(part) if manners else Told(None, part) for part in split]
    parts = [each.text for each in told if each.kind is None]
    asking = [part for part in parts if _asks(part)]
    is_explicit = bool(asking) or len(parts) == 1
    questions = tuple(Question(part, is_explicit) for part in _last(asking or parts))
    return Message(questions, " ".join(found[-MAX_SENTENCES:]), tuple(each.kind for each in told if each.kind))


def _last(questions: list[str]) -> list[str]:
    """Return as many of the last questions as are answered."""
    lengths = accumulate(map(len, reversed(questions[-MAX_QUESTIONS:])))
    count = sum(length <= MAX_ASKED for length in lengths)
    return questions[-max(1, count) :]


def _asks(sentence: str) -> bool:
    return sentence.endswith("?") or bool(_DIRECT.search(sentence) or _INDIRECT.search(sentence))


def _split(sentence: str) -> list[str]:
    """Split "what is it and how do I apply?" in two if both sides can stand alone."""
    parts: list[str] = []
    start = 0
    for match in islice(_NEXT_QUESTION.finditer(sentence), 2 * MAX_QUESTIONS):
        before, after = sentence[start : match.start()], sentence[match.end() :]
        if _asks(before) and min(len(words(before)), len(words(after))) >= SHORTEST_QUESTION:
            parts.append(before.strip())
            start = match.end()
    return [*parts, sentence[start:].strip()]
