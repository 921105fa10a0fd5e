"""Give each message that asks something exactly one reply."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import discord

from bot.discord_app.in_flight import InFlight
from bot.discord_app.sender import NotAllowed, resolution_of
from bot.operations.logs import question_logged
from bot.operations.metrics import Metrics
from bot.storage.claims import Claims
from bot.storage.claims_table import Claim
from bot.storage.resolutions import QuestionSource, Resolution

logger = logging.getLogger(__name__)


async def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a question, and what to do once that is settled."""

    resolution: Resolution
    afterwards: Callable[[], Awaitable[None]] = _nothing


Attempt = Callable[[], Awaitable[Done]]
"""Answers a question and returns what became of it; raises what kept it from being answered."""


class Delivery:
    """Take each question from claim to resolution.

    Args:
        claims: who answers which question.
        in_flight: knows what is being answered.
        metrics: counts what became of each question.
    """

    def __init__(self, *, claims: Claims, in_flight: InFlight, metrics: Metrics) -> None:
        self._claims = claims
        self._in_flight = in_flight
        self._metrics = metrics

    async def once(self, claim: Claim, answer: Attempt, *, is_missed: bool = False) -> bool:
        """Answer a question unless it has been claimed before; return whether this is the first claim.

        A missed question counts as asked when its message was written, any other as asked now.
        """
        with question_logged(claim.message_id):
            if (is_missed and await self._claims.is_on_record(claim)) or not self._claims.claim(claim):
                return False
            if not self._in_flight.is_full:  # otherwise it is taken up later
                with self._in_flight.doing(claim.key):
                    await self._settle(claim, answer, _asked_at(claim) if is_missed else time.monotonic())
            return True

    async def again(self, claim: Claim, answer: Attempt) -> None:
        """Answer a question that was claimed but not settled."""
        if claim.key in self._in_flight:
            return
        with question_logged(claim.message_id), self._in_flight.doing(claim.key):
            await self._settle(claim, answer, _asked_at(claim))

    @contextmanager
    def settling_faults(self, claim: Claim) -> Iterator[None]:
        """Settle a question as a fault if the block raises, so that it holds up no other."""
        try:
            yield
        except Exception:
            with question_logged(claim.message_id):
                logger.exception("A fault of the bot's own kept it from answering %s.", _named(claim))
            self.close(claim, Resolution.closed_fault)

    def close(self, claim: Claim, resolution: Resolution) -> None:
        """Settle a question without answering it, unless it is settled already."""
        if self._claims.is_settled(claim):
            return
        with question_logged(claim.message_id):
            self._claims.settle(claim, resolution)
            self._metrics.question_settled(claim.source, resolution)
            logger.info("Question settled.", extra={"face": claim.source.value, "fate": resolution.value})

    async def _settle(self, claim: Claim, answer: Attempt, begun: float) -> None:
        error: Exception | None = None
        try:
            done = await answer()
        except Exception as raised:  # noqa: BLE001 - whatever it is, the question is settled or taken up again
            error, resolution = raised, resolution_of(raised)
            if resolution is None:
                _log(claim, error, None, time.monotonic() - begun)
                return
            done = Done(resolution)
        seconds = time.monotonic() - begun
        _log(claim, error, done.resolution, seconds)
        self._claims.settle(claim, done.resolution)
        self._metrics.question_settled(claim.source, done.resolution)
        if done.resolution is Resolution.answered:
            self._metrics.reply_arrived(claim.source, seconds)
        await done.afterwards()


def _asked_at(claim: Claim) -> float:
    """Return when the message with a question was made, as `time.monotonic` would have told it."""
    age = datetime.now(UTC) - discord.utils.snowflake_time(claim.message_id)
    return time.monotonic() - max(0.0, age.total_seconds())  # the clock here may be behind Discord's


def source_of(message: discord.Message) -> QuestionSource:
    """Return where a message's question comes from."""
    return QuestionSource.mention if message.guild else QuestionSource.direct


def claim_on(message: discord.Message) -> Claim:
    """Return the claim on a message's question."""
    return Claim(
        message_id=message.id,
        channel_id=message.channel.id,
        server_id=message.guild.id if message.guild else None,
        source=source_of(message),
        claimed_at=datetime.now(UTC),
    )


def claim_on_post(thread: discord.Thread) -> Claim:
    """Return the claim on what the title of a forum post asks."""
    return Claim(
        message_id=thread.id,
        channel_id=thread.id,
        server_id=thread.guild.id,
        source=QuestionSource.post,
        claimed_at=datetime.now(UTC),
    )


def _log(claim: Claim, error: Exception | None, resolution: Resolution | None, seconds: float) -> None:
    """Write the one line that each question gets."""
    what = _named(claim)
    extra = {"face": claim.source.value, "seconds": round(seconds, 4)} | (
        {"fate": resolution.value} if resolution else {}
    )
    match error:
        case None:
            logger.info("Question settled.", extra=extra)
        case _ if resolution is Resolution.closed_fault:
            logger.error("A fault of the bot's own kept it from answering %s.", what, exc_info=error, extra=extra)
        case NotAllowed():
            logger.warning("Can't answer %s: %s.", what, error, extra=extra)
        case discord.HTTPException():
            logger.warning("Can't answer %s: Discord says %s/%s.", what, error.status, error.code, extra=extra)
        case _:
            logger.warning("Can't answer %s yet: %s.", what, type(error).__name__, extra=extra)


def _named(claim: Claim) -> str:
    """Name a question for the log."""
    what = "post" if claim.source is QuestionSource.post else "message"
    return f"{what} {claim.message_id} in channel {claim.channel_id}"
