"""Decide what is kept of an unanswered question, and about whom."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.discord_app.privacy.redaction import redact
from bot.outcomes import Outcome
from bot.storage.errors import StorageUnavailable
from bot.storage.secret import SecretKey
from bot.storage.unanswered import KEPT_FOR, Reason, UnansweredQuestion, UnansweredQuestions

logger = logging.getLogger(__name__)

_PURPOSE = "asker"


@dataclass(frozen=True, slots=True)
class RawQuestion:
    """A question as it was written.

    Attributes:
        server_id: None in a DM.
        message_id: of the message whose deletion deletes the question: the asker's, or the bot's reply to a command.
        names: the asker's user name, display name, and nickname.
        asked_at: with its time zone.
    """

    text: str
    message_id: int
    channel_id: int
    server_id: int | None
    asker_id: int
    names: tuple[str, ...]
    asked_at: datetime


class QuestionKeeper:
    """Keep redacted questions for the people who write answers, unless the operator turned that off.

    Attributes:
        questions: those that are kept.
        keeps_text: whether questions are kept at all.
    """

    def __init__(
        self,
        *,
        questions: UnansweredQuestions,
        secret: SecretKey,
        keeps_text: bool,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.questions = questions
        self._secret = secret
        self.keeps_text = keeps_text
        self._clock = clock

    def admits(self, asked: RawQuestion) -> bool:
        """Return whether a question may be kept: never from a DM, and only if the operator keeps questions."""
        return self.keeps_text and asked.server_id is not None

    async def keep(self, asked: RawQuestion, reason: Reason, outcome: Outcome) -> None:
        """Keep a question if allowed. Log storage failures; the reply was already sent."""
        text = redact(asked.text, names=asked.names)
        is_expired = asked.asked_at <= self._clock() - KEPT_FOR
        if asked.server_id is None or not self.admits(asked) or not text or is_expired:
            return
        try:
            question = UnansweredQuestion(
                message_id=asked.message_id,
                server_id=asked.server_id,
                channel_id=asked.channel_id,
                asker=await self._secret.hash_of(asked.asker_id, _PURPOSE),
                text=text,
                reason=reason,
                nearest=nearest_to(outcome),
                asked_at=asked.asked_at,
            )
            await self.questions.remember(question)
        except StorageUnavailable as error:
            logger.warning("Can't keep an unanswered question. %s", error)

    async def forget_asker(self, asker_id: int) -> int:
        """Forget everything a person asked, and return the number of questions.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return await self.questions.forget_asker(await self._secret.hash_of(asker_id, _PURPOSE), self._clock())

    async def forget_expired(self, now: datetime) -> None:
        """Forget expired questions, or all if none are to be kept.

        Raises:
            TracesLeft: They are forgotten, but traces on disk remain for now.
            StorageUnavailable: The database can't be used now.
        """
        if self.keeps_text:
            await self.questions.forget_expired(now)
        else:
            await self.questions.forget_all()


def nearest_to(outcome: Outcome) -> str | None:
    """Return the id of the entry closest to any of a message's questions."""
    best = [decision.ranking.best for decision in outcome.decisions]
    return max(best, key=lambda candidate: candidate.confidence).entry_id if best else None
