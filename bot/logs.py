"""Log lines for people or for machines."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Literal

_QUIET = {"Failed to connect for shard_id: %s. Retrying...", "Attempting a reconnect for shard ID %s in %.2fs"}


def configure_logging(level: str, log_format: Literal["text", "json"]) -> None:
    """Write the program's log to standard error, one line each except for the traceback of a fault."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLine() if log_format == "json" else _TextLine())
    handler.addFilter(_without_connection_traceback)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("discord").setLevel(max(logging.INFO, root.level))


def _without_connection_traceback(record: logging.LogRecord) -> bool:
    """Take the traceback from discord.py's lines about a lost connection: a line is enough for what heals itself."""
    if record.msg in _QUIET and record.exc_info and record.exc_info[0]:
        record.msg = f"{record.msg} ({record.exc_info[0].__name__})"
        record.exc_info = None
    return True


class _TextLine(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the base class names it
        return super().formatMessage(record).replace("\n", "\\n").replace("\r", "\\r").replace("\x1b", "\\x1b")


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
