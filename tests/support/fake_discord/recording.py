"""What the fake Discord saw: every request, every broken rule, and a way to wait for more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .errors import Fault

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request, under the name of a part of its form."""

    part: str
    name: str
    content: bytes = field(repr=False)


@dataclass(slots=True, eq=False)
class Request:
    """One request as it came in, and how it was answered.

    `route` has its parameters by name ("/channels/{channel_id}/messages"), `path` as sent.
    `status` is 0 until there is an answer, and stays so if the connection was cut instead.
    """

    at: float
    method: str
    route: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None
    files: tuple[Upload, ...] = ()
    status: int = 0
    response: Any = None

    @property
    def name(self) -> str:
        """The method and the route, as in "POST /channels/{channel_id}/messages"."""
        return f"{self.method} {self.route}"


@dataclass(frozen=True, slots=True)
class Violation:
    """A request that Discord would have refused for its form, and why."""

    request: Request
    faults: tuple[Fault, ...] = field(default=())

    def __str__(self) -> str:
        return "\n  ".join([f"{self.request.method} {self.request.path}", *map(str, self.faults)])


class Bell:
    """Wake whoever waits for something to become true.

    `ring` costs nothing while nobody waits.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Let every waiter look again."""
        for event in self._waiting:
            event.set()

    async def until(self, look: Callable[[], T | None], *, timeout: float, what: str) -> T:
        """Return what `look` returns once that is true; it is called whenever anything happened.

        Raises AssertionError, naming `what`, when `timeout` seconds have passed.
        """
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(timeout):
                while not (found := look()):
                    event.clear()
                    await event.wait()
                return found
        except TimeoutError:
            raise AssertionError(f"waited {timeout:g} s in vain for {what}") from None
        finally:
            self._waiting.discard(event)
