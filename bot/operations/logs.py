"""Log lines for people or for machines."""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

# Begins a line, steers a terminal, turns the direction of what follows, is no text.
_FORGING = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_EXTRA_FIELDS = ("face", "fate", "topics", "seconds", "attempts")  # whatever else a record has stays out of the log
_HEALS_ITSELF = "Attempting a reconnect for shard ID %s in %.2fs"
_SUGGESTIONS_LOST = "Ignoring exception in autocomplete for %r (Guild: %s, User: %s)"
_SAID_BETTER = {"Failed to connect for shard_id: %s. Retrying..."}  # bot.discord_app.client says it with the pause
# Below these, libraries log what people write and what is stored of it, or what concerns nobody.
_LEAST_LEVELS = {
    "discord": logging.INFO,
    "aiosqlite": logging.INFO,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
}
_MOST_ERRORS = 10  # of those that led to one another
_HIDDEN = "[token]"  # stands where a secret would
_SHORTEST_SECRET = 8  # characters; a shorter one stands in many words, and guards nothing
_NO_VOICE = "voice will NOT be supported"  # nor is it wanted

_QUESTION_ID: ContextVar[int | None] = ContextVar("question_id", default=None)


@contextmanager
def question_logged(question_id: int) -> Iterator[None]:
    """Mark each line logged in the block, and in tasks begun there, with the id of the question it is about."""
    token = _QUESTION_ID.set(question_id)
    try:
        yield
    finally:
        _QUESTION_ID.reset(token)


def configure_logging(level: str, log_format: Literal["text", "json"], *, secrets: Collection[str] = ()) -> None:
    """Write the program's log to standard error, one line each except for the traceback of a fault.

    Where one of the secrets would stand in it, `[token]` does. Records may carry, as `extra`, what `_EXTRA_FIELDS`
    names.
    """
    handler = _Handler()
    handler.setFormatter(_JsonLine(secrets) if log_format == "json" else _TextLine(secrets))
    handler.addFilter(_put_plainly)
    handler.addFilter(_is_worth_a_line)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for library, least in _LEAST_LEVELS.items():
        logging.getLogger(library).setLevel(max(least, root.level))


def _put_plainly(record: logging.LogRecord) -> bool:
    """Make a warning with a reason, without a traceback, of what heals itself or comes too late; let all pass."""
    if record.msg == _HEALS_ITSELF and record.exc_info and record.exc_info[0]:
        record.msg = f"{record.msg} ({record.exc_info[0].__name__})"
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    if record.msg == _SUGGESTIONS_LOST and record.exc_info and record.exc_info[0]:
        record.msg = f"Nothing could be suggested to somebody who types ({record.exc_info[0].__name__})."
        record.args, record.exc_info = None, None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    if record.name == "asyncio" and record.exc_info:
        record.msg = str(record.msg).partition("\n")[0]  # below stands the error's text
    return True


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Keep discord.py's noise out."""
    message = str(record.msg)
    return message not in _SAID_BETTER and not message.endswith(_NO_VOICE)


class _Handler(logging.StreamHandler[Any]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name for it
        """Lose a line that can't be written: the library would print it as it is, with all that was to be kept out."""


class _Line(logging.Formatter):
    """What lines for people and for machines have in common."""

    def __init__(self, secrets: Collection[str]) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if len(secret) >= _SHORTEST_SECRET]

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text

    def _traceback(self, record: logging.LogRecord) -> str | None:
        error = record.exc_info[1] if record.exc_info else None
        return None if error is None else self._without_secrets("\n".join(_traceback(error)))

    def _message(self, record: logging.LogRecord) -> str:
        try:
            return self._without_secrets(record.getMessage())
        except Exception as error:  # noqa: BLE001 - of any kind, for any object may be put into a message
            return f"A message can't be put together ({type(error).__name__}) at {record.module}:{record.lineno}."

    def _extra(self, record: logging.LogRecord) -> dict[str, Any]:
        present = {name: getattr(record, name) for name in _EXTRA_FIELDS if hasattr(record, name)}
        return {name: self._plain(value) for name, value in present.items()}

    def _plain(self, value: object) -> object:
        match value:
            case bool() | int() | None:
                return value
            case float():
                return round(value, 4)
            case tuple() | list():
                return [self._plain(each) for each in value]
        return self._without_secrets(str(value))


class _TextLine(_Line):
    """A line that begins with the time; those of a traceback are indented, so that no text can pass for a line."""

    def format(self, record: logging.LogRecord) -> str:
        question = _QUESTION_ID.get()
        about = f"[{question}] " if question is not None else ""
        extra = "".join(f" {name}={_word(value)}" for name, value in self._extra(record).items())
        origin = f"{self.formatTime(record)} {record.levelname:<7} {record.name}:"
        lines = [f"{origin} {about}{self._message(record)}{extra}"]
        if traceback := self._traceback(record):
            lines += [f"    {line}" for line in traceback.split("\n")]
        return "\n".join(_FORGING.sub(_escaped, line) for line in lines)


class _JsonLine(_Line):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record),
            **self._extra(record),
        }
        if (question := _QUESTION_ID.get()) is not None:
            line["question"] = str(question)  # no number: it is too big for one in JavaScript
        if traceback := self._traceback(record):
            line["traceback"] = traceback
        return json.dumps(line)


def _traceback(error: BaseException, depth: int = 0) -> Iterator[str]:
    """Yield the lines that tell where an error arose, the first of those that led to it first.

    Of its text only what the system says stays: what a key or a value was may be what people wrote.
    """
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and depth < _MOST_ERRORS:
        yield from _traceback(before, depth + 1)
        yield "which led to:"
    yield "Traceback (most recent call last):"
    for entry in traceback.format_tb(error.__traceback__):
        yield from entry.rstrip("\n").split("\n")
    says = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    yield f"{type(error).__module__}.{type(error).__qualname__}{says}".removeprefix("builtins.")


def _word(value: object) -> str:
    """Return a value as text without spaces of its own, lest it pass for two."""
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if re.fullmatch(r"[\w.,:-]+", text) else json.dumps(text)


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()
