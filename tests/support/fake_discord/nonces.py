"""The nonces of the last few minutes, for `enforce_nonce`."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .clock import Clock
    from .world import Message

LIFETIME = 180.0


class Nonces:
    """Remember which message was sent with which nonce, for `LIFETIME` seconds.

    Of more than `keep` the oldest are forgotten sooner.
    """

    def __init__(self, clock: Clock, *, keep: int) -> None:
        self._clock = clock
        self._keep = keep
        self._sent: OrderedDict[str, tuple[float, Message]] = OrderedDict()

    def find(self, nonce: str | int) -> Message | None:
        """Return the message that was lately sent with a nonce."""
        self._forget_old()
        found = self._sent.get(str(nonce))
        return None if found is None else found[1]

    def remember(self, nonce: str | int, message: Message) -> None:
        """Note the nonce of a new message."""
        self._forget_old()
        self._sent[str(nonce)] = (self._clock.now(), message)
        self._sent.move_to_end(str(nonce))

    def _forget_old(self) -> None:
        oldest = self._clock.now() - LIFETIME
        while self._sent and (len(self._sent) > self._keep or next(iter(self._sent.values()))[0] < oldest):
            self._sent.popitem(last=False)
