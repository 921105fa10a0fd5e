"""A process that votes until it is killed, and prints the number of each vote once it is acknowledged."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from itertools import count

from bot.storage.database import Database
from bot.storage.votes import Vote, Votes

at_once = 20


async def vote_without_end(address: str) -> None:
    numbers = count(int(sys.argv[2]))

    async def vote(votes: Votes) -> None:
        for number in numbers:
            await votes.cast(
                Vote(
                    message_id=number,
                    server_id=7,
                    topics=("coding",),
                    voter=f"{number:064}",
                    helpful=True,
                    cast_at=datetime.now(UTC),
                )
            )
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()

    async with Database.open(address) as database:
        votes = Votes(database=database)
        await asyncio.gather(*(vote(votes) for _ in range(at_once)))


if __name__ == "__main__":
    asyncio.run(vote_without_end(sys.argv[1]))
