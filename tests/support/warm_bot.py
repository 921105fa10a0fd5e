"""A process that has imported what `tpm-bot run` imports, and is forked by `warm_start` for each start of the bot."""

from __future__ import annotations

import gc
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from typing import Any

import alembic.command  # noqa: F401
import one_thread  # noqa: F401 - before numpy
import sqlalchemy.dialects.sqlite.aiosqlite  # noqa: F401

import bot.bootstrap
import bot.cli
import bot.discord_app.client
import bot.discord_app.connection
import bot.discord_app.moderation.owner_notices
import bot.operations.endpoints
import bot.operations.monitoring
import bot.settings
import bot.storage.purging  # noqa: F401
from bot.knowledge.loading import SHIPPED_KNOWLEDGE, load_knowledge
from bot.knowledge.model import KnowledgeBase
from bot.language.latin import LatinLanguages
from bot.matching.learned import Learned
from bot.matching.lexicon import Lexicon

REQUESTS = 3  # the file descriptor they come by
MAX_REQUEST = 65_536  # bytes


def serve(requests: socket.socket) -> dict[str, Any]:
    """Fork for each request, and return it in the new process. End once no more requests can come.

    A request comes with two file descriptors: the new process's standard error, and where to write its id and its exit
    code, a line each.
    """
    woken, waking = socket.socketpair()
    for end in (woken, waking):
        end.setblocking(False)  # noqa: FBT003
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests
    signal.set_wakeup_fd(waking.fileno())
    told: dict[int, int] = {}  # where to write what becomes of a process, by its id
    with selectors.DefaultSelector() as selector:
        selector.register(requests, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if woken in ready:
                woken.recv(1024)
                tell_of_ended(told)
            if requests not in ready:
                continue
            request, descriptors, *_ = socket.recv_fds(requests, MAX_REQUEST, 2)
            if not request:
                sys.exit()
            stderr, status = descriptors
            if pid := os.fork():
                os.write(status, f"{pid}\n".encode())
                os.close(stderr)
                told[pid] = status
                continue
            break
    signal.set_wakeup_fd(-1)
    os.dup2(stderr, sys.stderr.fileno())
    for descriptor in (stderr, status, *told.values()):
        os.close(descriptor)
    for end in (requests, woken, waking):
        end.close()
    received: dict[str, Any] = json.loads(request)
    return received


def tell_of_ended(told: dict[int, int]) -> None:
    """Write the exit codes of the processes that have ended."""
    while told:
        pid, result = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        status = told.pop(pid)
        os.write(status, f"{os.waitstatus_to_exitcode(result)}\n".encode())
        os.close(status)


def become(request: dict[str, Any]) -> None:
    """Give the process the folder, the environment, the arguments and the signals of a fresh one."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # What it was opened on can be rewound; this can't.
    sys.stderr = os.fdopen(sys.stderr.fileno(), "w", buffering=1, errors="backslashreplace", closefd=False)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.argv[1:] = request["arguments"]


def learn_ahead() -> None:
    """Learn the shipped phrasings and the languages, which would take longer than the rest of most starts."""
    LatinLanguages().prepare()
    shipped = load_knowledge(SHIPPED_KNOWLEDGE)
    learned, learn = Learned.of(shipped), Learned.of

    def of(knowledge: KnowledgeBase, lexicon: Lexicon | None = None) -> Learned:
        return learned if knowledge.version == shipped.version else learn(knowledge, lexicon)

    Learned.of = of  # type: ignore[method-assign]


def main() -> None:
    """Be forked, and be the bot in each new process."""
    learn_ahead()
    gc.freeze()  # a collection would copy every page that the processes share
    become(serve(socket.socket(fileno=REQUESTS)))
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
