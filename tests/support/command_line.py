"""The commands of tpm-bot as people run them: each in a process with a clean environment, or all in this one."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.cli import main


async def tpm_bot(directory: Path, *arguments: str, typed: str = "", **settings: str) -> tuple[int | None, str, str]:
    """Run a command on a knowledge folder, and return its exit code and what it printed."""
    environment = {"PATH": os.environ["PATH"], "ENCODER": "off", "KNOWLEDGE_DIR": str(directory), **settings}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(typed.encode())
    return process.returncode, out.decode(), err.decode()


class Result(NamedTuple):
    exit_code: object
    out: str
    err: str


class CommandLine:
    """`tpm-bot` in this process, with its settings and in its folder."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture

    def __call__(self, *arguments: str) -> Result:
        self._capture.readouterr()
        with pytest.raises(SystemExit) as end:
            main(arguments)
        out, err = self._capture.readouterr()
        assert "Traceback" not in err
        return Result(end.value.code or 0, out, err)
