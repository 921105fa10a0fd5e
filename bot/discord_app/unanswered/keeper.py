"""What is kept of a question that was asked in vain, and of whom: the one place that decides it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.answering import Outcome
from bot.discord_app.privacy.redaction import KeyedHash, redact
from bot.storage.errors import StorageUnavailable
from bot.storage.secret import SecretKey
from bot.storage.unanswered import Reason, UnansweredQuestion, UnansweredQuestions

logger = logging.getLogger(__name__)

_PURPOSE = "asker"
PAUSE_BETWEEN_PURGES = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class RawQuestion:
    """A message with a question, as it was written.

    Attributes:
        server_id: None in a direct message.
        message_id: of the message whose deletion takes the question back; of the bot's, if the asker's is none.
        names: by which the asker goes: the user name, the display name, the nickname.
    """

    text: str
    message_id: int
    channel_id: int
    server_id: int | None
    asker_id: int
    names: tuple[str, ...]


class QuestionKeeper:
    """Keep redacted questions for those who can write the answers, unless the operator wants none kept."""

    def __init__(
        self,
        *,
        questions: UnansweredQuestions,
        secret: SecretKey,
        keeps_text: bool,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._questions = questions
        self._secret = secret
        self._keeps_text = keeps_text
        self._clock = clock

    @property
    def keeps_text(self) -> bool:
        """Whether anything of a question is kept."""
        return self._keeps_text

    def admits(self, asked: RawQuestion) -> bool:
        """Tell whether a question may be kept: in no direct message, and only if the operator wants any kept."""
        return self._keeps_text and asked.server_id is not None

    async def keep(self, asked: RawQuestion, reason: Reason, outcome: Outcome) -> None:
        """Keep a question, if it may be; a database that is away is logged and no error, for the answer is given."""
        text = redact(asked.text, names=asked.names)
        if asked.server_id is None or not self.admits(asked) or not text:
            return
        try:
            question = UnansweredQuestion(
                message_id=asked.message_id,
                server_id=asked.server_id,
                channel_id=asked.channel_id,
                asker=await self._hash_of(asked.asker_id),
                text=text,
                reason=reason,
                nearest=nearest_to(outcome),
                asked_at=self._clock(),
            )
            await self._questions.remember(question)
        except StorageUnavailable as error:
            logger.warning("An unanswered question could not be kept. %s", error)

    async def forget_messages(self, message_ids: Iterable[int], *, reason: Reason | None = None) -> None:
        """Forget the questions of messages that were deleted, answered after all, or dismissed.

        With a reason, only those that are kept for it.

        Raises:
            TracesLeft: They are forgotten, though not all traces could be erased yet.
            StorageUnavailable: The database can't be used now.
        """
        await self._questions.forget_messages(tuple(message_ids), reason=reason)

    async def forget_channels(self, channel_ids: Iterable[int]) -> None:
        """Forget the questions of channels and threads that were deleted.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        await self._questions.forget_channels(tuple(channel_ids))

    async def forget_asker(self, asker_id: int) -> int:
        """Forget all that a person asked, and return how much was kept of it.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return await self._questions.forget_asker(await self._hash_of(asker_id))

    async def keep_to_the_deadline(self) -> None:
        """Forget what is old, hour by hour, until cancelled; all of it, if nothing is to be kept."""
        while True:
            try:
                if self._keeps_text:
                    await self._questions.forget_expired(self._clock())
                else:
                    await self._questions.forget_all()
            except StorageUnavailable as error:
                logger.warning("Old questions can't be deleted yet. %s", error)
            await asyncio.sleep(PAUSE_BETWEEN_PURGES)

    async def _hash_of(self, asker_id: int) -> str:
        return KeyedHash(await self._secret.read()).of(asker_id, _PURPOSE)


def nearest_to(outcome: Outcome) -> str | None:
    """Return the id of the entry that is the likeliest for any of a message's questions."""
    best = [decision.ranking.best for decision in outcome.decisions]
    return max(best, key=lambda candidate: candidate.confidence).entry_id if best else None
