"""Count who finds an answer helpful, each person once and without knowing who."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, datetime

from bot.discord_app.recent import RecentIds
from bot.storage.errors import StorageUnavailable
from bot.storage.secret import SecretKey
from bot.storage.statistics import DIRECT_MESSAGES
from bot.storage.votes import Vote, Votes

_PURPOSE = "votes"


class Voting:
    """Cast votes, and forget them with the answer."""

    def __init__(self, *, secret: SecretKey, votes: Votes) -> None:
        self._secret = secret
        self._votes = votes
        self._gone = RecentIds()

    async def cast(
        self, *, message_id: int, server_id: int | None, topics: tuple[str, ...], person_id: int, helpful: bool
    ) -> bool:
        """Store a person's vote on the answer in a message, in place of their former one.

        Return False if the message has been deleted: no vote on it is left, though one on its entries may be.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        if message_id in self._gone:
            return False
        vote = Vote(
            message_id=message_id,
            server_id=server_id or DIRECT_MESSAGES,
            topics=topics,
            voter=await self._secret.hash_of(person_id, _PURPOSE),
            helpful=helpful,
            cast_at=datetime.now(UTC),
        )
        await self._votes.cast(vote)
        if message_id in self._gone:  # deleted while the vote was being stored
            await self._votes.forget_messages([message_id])
            return False
        return True

    async def forget_answers(self, message_ids: Collection[int]) -> None:
        """Delete the votes on messages that are gone. If the database is away they stay, without telling of anybody."""
        self._gone.add(message_ids)
        with suppress(StorageUnavailable):
            await self._votes.forget_messages(message_ids)

    async def is_voted_down(self, message_id: int) -> bool:
        """Return whether anybody finds an answer unhelpful, as the votes stand now.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return (await self._votes.tally(message_id)).unhelpful > 0

    async def forget_voter(self, person_id: int) -> int:
        """Delete a person's votes, and return how many they were.

        Raises:
            StorageUnavailable: The database can't be used now.
        """
        return await self._votes.forget_voter(await self._secret.hash_of(person_id, _PURPOSE))
