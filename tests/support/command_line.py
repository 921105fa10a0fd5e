"""The commands of tpm-bot as a maintainer runs them: each a process with a clean environment."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path


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
