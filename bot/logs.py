"""Log lines for people or for machines."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Literal

_FORGING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # begins a line, steers a terminal, is no text
_HEALS_ITSELF = "Attempting a reconnect for shard ID %s in %.2fs"
_SAID_BETTER = {"Failed to connect for shard_id: %s. Retrying..."}  # bot.discord_app.client says it with the pause
# Below these, libraries log what people write and what is stored of it, or what concerns nobody.
_LEAST_LEVELS = {
    "discord": logging.INFO,
    "aiosqlite": logging.INFO,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    "watchfiles": logging.WARNING,
}
_NO_VOICE = "voice will NOT be supported"  # nor is it wanted


def configure_logging(level: str, log_format: Literal["text", "json"]) -> None:
    """Write the program's log to standard error, one line each except for the traceback of a fault."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLine() if log_format == "json" else _TextLine())
    handler.addFilter(_is_worth_a_line)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for library, least in _LEAST_LEVELS.items():
        logging.getLogger(library).setLevel(max(least, root.level))


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Keep discord.py's noise out; a connection that is being restored is a warning with a reason, no traceback."""
    if record.msg == _HEALS_ITSELF and record.exc_info and record.exc_info[0]:
        record.msg = f"{record.msg} ({record.exc_info[0].__name__})"
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    message = str(record.msg)
    return message not in _SAID_BETTER and not message.endswith(_NO_VOICE)


class _TextLine(logging.Formatter):
    """A line that begins with the time; those of a traceback are indented, so that no text can pass for a line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage()
        record.asctime = self.formatTime(record)
        lines = [self.formatMessage(record)]
        if record.exc_info:
            lines += [f"    {line}" for line in self.formatException(record.exc_info).split("\n")]
        return "\n".join(_FORGING.sub(_escaped, line) for line in lines)


class _JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _escaped(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()
