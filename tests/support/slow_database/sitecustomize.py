"""Make SQLite take as long for each transaction as the file `seconds` beside the database says, if it's there.

Python imports this as it starts, in a process that finds it by PYTHONPATH.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_connect = sqlite3.connect


def _connect_late(database: str, *arguments: Any, **options: Any) -> sqlite3.Connection:
    connection: sqlite3.Connection = _connect(database, *arguments, **options)
    seconds = Path(database).with_name("seconds")

    def wait(statement: str) -> None:
        if statement.startswith("BEGIN"):
            with suppress(FileNotFoundError):
                time.sleep(float(seconds.read_text(encoding="ascii")))

    connection.set_trace_callback(wait)
    return connection


sqlite3.connect = _connect_late  # type: ignore[assignment]
