"""Which failures of a request are temporary, and how it is retried."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeVar

import aiohttp
import discord
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_before_delay, wait_random_exponential

from bot.operations.metrics import RetryReason

T = TypeVar("T")
Attempt = Callable[[], Awaitable[T]]

MAX_PAUSE = 8.0  # seconds between two attempts, unless Discord asks for more


def passing_failure(error: BaseException | None) -> RetryReason | None:
    """Return the kind of failure if it is temporary, None if somebody has to fix it."""
    match error:
        case discord.GatewayNotFound():
            return passing_failure(error.__cause__)
        case discord.HTTPException(status=HTTPStatus.TOO_MANY_REQUESTS):
            return RetryReason.blocked
        case discord.HTTPException(status=status):
            return RetryReason.server_error if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
        case TimeoutError():
            return RetryReason.timeout
        case OSError() | aiohttp.ClientError():
            return RetryReason.connection
    return None


def retry_after(error: BaseException | None) -> float:
    """Return how many seconds Discord asks to wait, 0 if it doesn't say."""
    asked = error.response.headers.get("Retry-After", "") if isinstance(error, discord.HTTPException) else ""
    try:
        return max(0.0, float(asked))
    except ValueError:  # a date, which Discord doesn't send
        return 0.0


class Retrying:
    """Retry a call after temporary failures, with growing, jittered pauses.

    Args:
        deadline: seconds after the first attempt from which no new one starts.
        first_pause: the longest pause before the second attempt, in seconds.
        note: told the reason before each retry.
    """

    def __init__(self, *, deadline: float, first_pause: float, note: Callable[[RetryReason], None]) -> None:
        self._deadline = deadline
        self._chance = wait_random_exponential(multiplier=first_pause, max=MAX_PAUSE)
        self._note = note

    async def __call__(self, attempt: Attempt[T]) -> T:
        """Return what an attempt returns; raise what the last one raised."""
        begun = time.monotonic()
        try:
            return await attempt()  # as a rule that is all, and tenacity costs a tenth of a request
        except Exception as error:
            if passing_failure(error) is None:
                raise
            failed: list[Exception] = [error]

        async def next_attempt() -> T:
            if failed:
                raise failed.pop()
            return await attempt()

        return await self._again(left=self._deadline - (time.monotonic() - begun))(next_attempt)

    def _again(self, *, left: float) -> AsyncRetrying:
        return AsyncRetrying(
            retry=retry_if_exception(lambda error: passing_failure(error) is not None),
            stop=stop_before_delay(left),
            wait=self._pause,
            before_sleep=self._tell,
            reraise=True,
        )

    def _pause(self, state: RetryCallState) -> float:
        return max(self._chance(state), retry_after(_error_of(state)))

    def _tell(self, state: RetryCallState) -> None:
        if (reason := passing_failure(_error_of(state))) is not None:
            self._note(reason)


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
