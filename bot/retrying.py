"""Try again what fails for a while: the one way for requests, the gateway, and the database."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_before_delay, stop_never

T = TypeVar("T")
Attempt = Callable[[], Awaitable[T]]

FIRST_PAUSE = 1.0  # seconds
MAX_PAUSE = 120.0  # seconds


class Retrying:
    """Retry a call after failures that may pass. Pauses double each time, with jitter.

    Args:
        passes: tells whether a failure may pass.
        tell: told of each failure that is retried, and of the pause after it, in seconds.
        asks: tells how many seconds a failure itself asks to wait.
        first_pause: seconds before the second attempt, at most.
        max_pause: seconds between two attempts, unless a failure asks for more.
        deadline: seconds after the first attempt from which no new one starts; without it, the retries never end.
    """

    def __init__(
        self,
        *,
        passes: Callable[[BaseException], bool],
        tell: Callable[[BaseException, float], None],
        asks: Callable[[BaseException], float] = lambda _: 0.0,
        first_pause: float = FIRST_PAUSE,
        max_pause: float = MAX_PAUSE,
        deadline: float | None = None,
    ) -> None:
        self._passes = passes
        self._tell = tell
        self._asks = asks
        self._first_pause = first_pause
        self._max_pause = max_pause
        self._deadline = deadline

    async def __call__(self, attempt: Attempt[T]) -> T:
        """Return what an attempt returns; raise what the last one raised."""
        begun = time.monotonic()
        try:
            return await attempt()  # as a rule that is all, and tenacity costs a tenth of a request
        except Exception as error:
            if not self._passes(error):
                raise
            failed: list[Exception] = [error]

        async def next_attempt() -> T:
            if failed:
                raise failed.pop()
            return await attempt()

        return await self._again(spent=time.monotonic() - begun)(next_attempt)

    def _again(self, *, spent: float) -> AsyncRetrying:
        return AsyncRetrying(
            retry=retry_if_exception(self._passes),
            stop=stop_never if self._deadline is None else stop_before_delay(self._deadline - spent),
            wait=self._pause,
            before_sleep=self._before_pause,
            reraise=True,
        )

    def _pause(self, state: RetryCallState) -> float:
        grown: float = min(self._first_pause * 2 ** (state.attempt_number - 1), self._max_pause)
        return max(grown * random.uniform(0.75, 1.0), self._asks(_error_of(state)))  # noqa: S311 - protects nothing

    def _before_pause(self, state: RetryCallState) -> None:
        self._tell(_error_of(state), state.upcoming_sleep)


def _error_of(state: RetryCallState) -> BaseException:
    error = state.outcome.exception() if state.outcome is not None else None
    if error is None:
        raise AssertionError("only failures are retried")
    return error
