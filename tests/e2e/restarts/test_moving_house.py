"""The database is backed up while the bot runs, and restored or copied while it doesn't."""

from __future__ import annotations

from pathlib import Path

from command_line import tpm_bot

from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from bot_process import answering
from discords import stop_cleanly
from e2e.database import eventually, file_of, votes
from e2e.questions import CODING
from fake_discord import FakeDiscord, Guild


async def test_votes_cast_before_a_backup_are_there_after_restoring_it_and_after_a_move(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia = guild.add_member("mia")
    first, second = guild.add_text_channel("general"), guild.add_text_channel("careers")
    old, new, backup = tmp_path / "old", tmp_path / "new", tmp_path / "backup.db"
    address = f"sqlite:///{file_of(old)}"
    for folder in (old, new):
        folder.mkdir()

    async def storage(*arguments: str) -> tuple[int | None, str, str]:
        return await tpm_bot(SHIPPED_KNOWLEDGE, "storage", *arguments, DATABASE_URL=address)

    async with answering(old, fake) as bot:
        kept = await fake.reply_to(await mia.asks(first, CODING))
        await (await mia.clicks(kept, "👍")).answer()
        await eventually(lambda: len(votes(old, kept.id)), 1, "votes")

        code, _, problem = await storage("backup", str(backup))
        assert (code, problem) == (0, "")

        lost = await fake.reply_to(await mia.asks(second, CODING))
        await (await mia.clicks(lost, "👍")).answer()
        await eventually(lambda: len(votes(old, lost.id)), 1, "votes")

        code, _, problem = await storage("restore", "--replace", str(backup))
        assert (code, "Stop it first" in problem) == (2, True)
        code, _, problem = await storage("copy", address, f"sqlite:///{file_of(new)}")
        assert (code, "Stop it first" in problem) == (2, True)
        await fake.settled()
        await stop_cleanly(bot)

    code, _, problem = await storage("restore", "--replace", str(backup))
    assert (code, problem) == (0, "")
    assert (len(votes(old, kept.id)), len(votes(old, lost.id))) == (1, 0)

    code, _, problem = await storage("copy", address, f"sqlite:///{file_of(new)}")
    assert (code, problem) == (0, "")
    async with answering(new, fake) as bot:
        await (await mia.clicks(lost, "👍")).answer()
        await eventually(lambda: (len(votes(new, kept.id)), len(votes(new, lost.id))), (1, 1), "votes")
        await fake.settled()
        await stop_cleanly(bot)
