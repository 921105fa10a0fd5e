"""Start the bot in a fraction of a second: fork it from a process that has imported everything.

Imports are more than half of what a start costs, and the tests start the bot hundreds of times. All else is as in a
fresh process: the folder, the environment, the standard streams, the signals, and the way it ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import warm_bot

_STDIN, _STDOUT = 0, 1


class WarmProcess:
    """A process that was forked, with what the tests use of `asyncio.subprocess.Process`."""

    def __init__(self, *, pid: int, stderr: asyncio.StreamReader, status: asyncio.StreamReader) -> None:
        self.pid = pid
        self.stderr = stderr
        self.returncode: int | None = None
        self._ended = asyncio.ensure_future(self._end(status))

    async def wait(self) -> int:
        """Wait for its end, and return its exit code: negative if a signal ended it."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    async def _end(self, status: asyncio.StreamReader) -> int:
        self.returncode = int(await status.readline())
        await status.read()  # to its end: asyncio complains of a pipe that is open when the loop ends
        return self.returncode


class WarmStarts:
    """Forks the bot from a process that is started when it is first needed, and ends with this one."""

    def __init__(self) -> None:
        self._requests: socket.socket | None = None

    async def start(self, *arguments: str, cwd: Path, env: dict[str, str]) -> WarmProcess:
        """Start `python -m bot` with these arguments."""
        if self._requests is None:
            self._requests = _start_warm_bot()
        stderr, childs_stderr = os.pipe()
        status, childs_status = os.pipe()
        request = json.dumps({"arguments": arguments, "cwd": str(cwd), "env": env}).encode()
        socket.send_fds(self._requests, [request], [childs_stderr, childs_status])
        os.close(childs_stderr)
        os.close(childs_status)
        statuses = await _reader(status)
        pid = int(await statuses.readline())
        return WarmProcess(pid=pid, stderr=await _reader(stderr), status=statuses)


def _start_warm_bot() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        os.posix_spawn(
            sys.executable,
            [sys.executable, warm_bot.__file__],
            {"PATH": os.environ["PATH"]},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, _STDIN, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, _STDOUT, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, theirs.fileno(), warm_bot.REQUESTS),
            ],
        )
    return ours


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    pipe = os.fdopen(descriptor, "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader
