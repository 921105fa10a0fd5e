"""Which failures of a request pass, and how it is tried again."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import aiohttp
import discord
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_delay, wait_random_exponential

from bot.metrics import RetryReason

longest_pause = 8.0  # seconds between two attempts, unless Discord asks for more


def passing_failure(error: BaseException | None) -> RetryReason | None:
    """Return what kind of failure this is, if time heals it; None if somebody has to."""
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
    """Return for how many seconds Discord asks to wait: 0 if it says nothing of it."""
    asked = error.response.headers.get("Retry-After", "") if isinstance(error, discord.HTTPException) else ""
    try:
        return max(0.0, float(asked))
    except ValueError:  # a date, which Discord doesn't send
        return 0.0


def retrying(*, deadline: float, first_pause: float, note: Callable[[RetryReason], None]) -> AsyncRetrying:
    """Return what tries a call again while its failures pass, with pauses that grow and have some chance in them.

    Args:
        deadline: seconds after which no further attempt begins.
        first_pause: seconds at most before the second attempt.
        note: told why before the call is tried again.
    """
    chance = wait_random_exponential(multiplier=first_pause, max=longest_pause)

    def pause(state: RetryCallState) -> float:
        return max(chance(state), retry_after(_error_of(state)))

    def tell(state: RetryCallState) -> None:
        if (reason := passing_failure(_error_of(state))) is not None:
            note(reason)

    return AsyncRetrying(
        retry=retry_if_exception(lambda error: passing_failure(error) is not None),
        stop=stop_after_delay(deadline),
        wait=pause,
        before_sleep=tell,
        reraise=True,
    )


def _error_of(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None
