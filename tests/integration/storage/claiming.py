"""A process that claims without end, settles every second claim, and prints the id of each once it is written."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from itertools import count

from bot.storage.claims import Claims
from bot.storage.claims_table import Claim
from bot.storage.database import Database
from bot.storage.resolutions import QuestionSource, Resolution


async def claim_without_end(address: str) -> None:
    async with Database.open(address) as database, Claims(database=database) as claims:
        for number in count(1):
            claim = Claim(
                message_id=number,
                channel_id=70,
                server_id=7,
                source=QuestionSource.mention,
                claimed_at=datetime.now(UTC),
            )
            assert claims.claim(claim)
            await claims.flush()
            if number % 2 == 0:
                claims.settle(claim, Resolution.answered)
                await claims.flush()
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(claim_without_end(sys.argv[1]))
