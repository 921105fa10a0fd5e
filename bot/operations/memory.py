"""Keep the process small, and Python's collector out of the way of answers."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import linecache

GARBAGE_THRESHOLD = 2_000  # objects made and not yet freed, of which a question in flight has hundreds
TIME_BETWEEN_TRIMS = 60.0  # seconds
M_ARENA_MAX = -8  # as glibc calls it


def collect_less_often() -> None:
    """Let the collector run less often than Python's default has it."""
    gc.set_threshold(GARBAGE_THRESHOLD)


def share_between_threads() -> None:
    """Let any thread use what another one has freed, which saves 4 MB, and 8 MB with the encoders.

    By default, each thread takes memory from a place of its own, so that none waits for another. Few ever would: Python
    runs one at a time.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):  # no glibc here
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def hand_back() -> None:
    """Give the system what reading the knowledge and migrating the database needed for a moment.

    At rest, that is 94 MB with the encoders and 11 MB without. What is left stays for long, so the collector needn't
    look through it again and again, which takes 50 ms each time. It collects once more, because it goes by what was
    left then: from now on it also empties the lists of freed tuples, which would take megabytes.
    """
    linecache.clearcache()  # the sources of modules, read for their docstrings
    gc.collect()
    gc.freeze()
    gc.collect()
    _trim()


def hand_back_former() -> None:
    """Do the same after a reload, for the knowledge until then as well."""
    gc.unfreeze()
    hand_back()


async def trim_repeatedly() -> None:
    """Keep what busy times have needed for a moment from adding up."""
    while True:
        await asyncio.sleep(TIME_BETWEEN_TRIMS)
        _trim()


def _trim() -> None:
    """Give the system the memory that was freed, which takes about a millisecond."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # no glibc here
        ctypes.CDLL(None).malloc_trim(0)
