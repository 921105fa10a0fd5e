"""Which failures of a request are temporary, and how it is retried."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import aiohttp
import discord

from bot.operations.metrics import RetryReason
from bot.retrying import Retrying

ERRORS = (discord.DiscordException, aiohttp.ClientError, OSError)  # of requests: Discord refuses, or can't be reached
MAX_PAUSE = 8.0  # seconds between two attempts, unless Discord asks for more
_INTERNAL_NETWORK_ERROR = 40333  # Discord's own, although its status is 403


def temporary_failure(error: BaseException | None) -> RetryReason | None:
    """Return the kind of failure if it is temporary, None if somebody has to fix it."""
    match error:
        case discord.GatewayNotFound():
            return temporary_failure(error.__cause__)
        case discord.HTTPException(status=HTTPStatus.TOO_MANY_REQUESTS):
            return RetryReason.blocked
        case discord.HTTPException(code=code) if code == _INTERNAL_NETWORK_ERROR:
            return RetryReason.server_error
        case discord.Forbidden() if is_page(error):
            return RetryReason.blocked
        case discord.HTTPException(status=status):
            return RetryReason.server_error if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
        case TimeoutError():
            return RetryReason.timeout
        case OSError() | aiohttp.ClientError():
            return RetryReason.connection
    return None


def is_page(error: discord.HTTPException) -> bool:
    """Return whether a refusal is text for people, so it came from something in front of Discord."""
    content_type: str = error.response.headers.get("Content-Type", "")
    return content_type.startswith("text/")


def is_temporary(error: BaseException) -> bool:
    """Return whether a failure is temporary."""
    return temporary_failure(error) is not None


def retry_after(error: BaseException | None) -> float:
    """Return how many seconds Discord asks to wait, 0 if it doesn't say."""
    asked = error.response.headers.get("Retry-After", "") if isinstance(error, discord.HTTPException) else ""
    try:
        return max(0.0, float(asked))
    except ValueError:  # a date, which Discord doesn't send
        return 0.0


def retrying_requests(*, deadline: float, first_pause: float, note: Callable[[RetryReason], None]) -> Retrying:
    """Return what retries requests for so many seconds, and notes the reason of each retry."""

    def tell(error: BaseException, _pause: float) -> None:
        if (reason := temporary_failure(error)) is not None:
            note(reason)

    return Retrying(
        passes=is_temporary,
        tell=tell,
        asks=retry_after,
        first_pause=first_pause,
        max_pause=MAX_PAUSE,
        deadline=deadline,
    )
