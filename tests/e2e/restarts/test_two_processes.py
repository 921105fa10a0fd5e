"""Two processes with one token: both get every command and click, and nobody notices."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from faults.asking import CALLBACK, EDIT, SEND, requests_for

from bot.knowledge.loading import SHIPPED_KNOWLEDGE
from bot_process import BotProcess, answering
from discords import stop_cleanly
from fake_discord import Channel, FakeDiscord, Guild, Interaction, Member, Message, Permission, ResponseKind, Slow
from fake_discord.faults import Action

ROUNDS = 6
EXPIRED = "This preview has expired. Please use `/jd` again."


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_text_channel("jobs")


@pytest.fixture
def moderator(guild: Guild) -> Member:
    return guild.add_member("max", guild.add_role("mods", Permission.MANAGE_MESSAGES))


@asynccontextmanager
async def two_processes(
    directory: Path, fake: FakeDiscord, *, knowledge: Path = SHIPPED_KNOWLEDGE
) -> AsyncIterator[tuple[BotProcess, BotProcess]]:
    """Start two bots, the second with this knowledge, and stop them; neither may have logged an error."""
    for name in ("first", "second"):
        (directory / name).mkdir()
    async with (
        answering(directory / "first", fake) as first,
        answering(directory / "second", fake, KNOWLEDGE_DIR=str(knowledge)) as second,
    ):
        for bot in (first, second):
            await bot.logged("Ready as")
        yield first, second
        await fake.settled()
        for bot in (first, second):
            await stop_cleanly(bot)


async def requested(interaction: Interaction, name: str, *, times: int) -> None:
    """Wait until Discord has answered a request for an interaction, from both processes together so many times."""

    def answered() -> bool:
        requests = [request for request in requests_for(interaction) if request.name == name]
        return len([request for request in requests if request.status]) == times

    await interaction.fake.wait_for(answered, timeout=20, what=f"{name}, {times} times")


async def previewed(moderator: Member, channel: Channel, **options: str) -> Message:
    """Return a preview that both processes know of."""
    command = await moderator.slash(channel, "jd", **options)
    await requested(command, CALLBACK, times=2)
    return await command.answer()


@pytest.mark.parametrize(
    ("pattern", "delay"),
    [("none", Slow(0)), (CALLBACK, Slow(0.2)), (SEND, Slow(0.5))],
    ids=["at once", "slow answers", "slow posts"],
)
async def test_of_a_job_description_there_is_one_post_and_the_moderator_sees_no_failure(
    fake: FakeDiscord, moderator: Member, channel: Channel, tmp_path: Path, pattern: str, delay: Action
) -> None:
    async with two_processes(tmp_path, fake):
        fake.faults.on(pattern, delay)
        for count in range(1, ROUNDS + 1):
            preview = await previewed(moderator, channel, company=f"Acme {count}", leave_out="requirements")
            assert preview.labels == ["Post", "Cancel"]

            click = await moderator.clicks(preview, "Post")
            await requested(click, EDIT, times=2)

            posts = channel.history()
            assert len(posts) == count
            assert f"Company: Acme {count}\n" in posts[-1].cards[0].text
            assert preview.said.startswith("Posted: ")
            assert preview.said.endswith(f"/{channel.id}/{posts[-1].id}")
            assert (await click.response()).kind is ResponseKind.DEFERRED_UPDATE
            assert click.followups == []
        assert len(fake.requests_to(SEND)) == 2 * ROUNDS


async def test_a_click_that_follows_cancel_posts_nothing(
    fake: FakeDiscord, moderator: Member, channel: Channel, tmp_path: Path
) -> None:
    async with two_processes(tmp_path, fake):
        for _ in range(ROUNDS):
            preview = await previewed(moderator, channel)

            cancel, post = await asyncio.gather(moderator.clicks(preview, "Cancel"), moderator.clicks(preview, "Post"))
            for click in (cancel, post):
                await requested(click, CALLBACK, times=2)

            assert preview.said == "Canceled. I didn't post anything."
            assert (await post.answer()).said in {EXPIRED, "I'm already on it. One moment, please."}
        assert channel.history() == []


async def test_while_one_process_has_newer_knowledge_the_moderator_is_told_what_was_posted(
    fake: FakeDiscord, moderator: Member, channel: Channel, tmp_path: Path
) -> None:
    newer = Path(shutil.copytree(SHIPPED_KNOWLEDGE, tmp_path / "newer"))
    role = newer / "role.yaml"
    role.write_text(role.read_text(encoding="utf-8").replace("is a product manager", "is a manager"), encoding="utf-8")

    async with two_processes(tmp_path, fake, knowledge=newer):
        for count in range(1, ROUNDS + 1):
            preview = await previewed(moderator, channel, company=f"Acme {count}")
            shown = list(preview.cards)

            click = await moderator.clicks(preview, "Post")
            await requested(click, CALLBACK, times=2)
            await requested(click, EDIT, times=1)

            assert [post.cards for post in channel.history()[count - 1 :]] == [shown]
            assert preview.said.startswith("Posted: ")
            assert preview.buttons == []
