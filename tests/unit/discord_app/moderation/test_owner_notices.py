"""To whom the application belongs, and what that person is told of edits that aren't served, and how often."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, cast

import discord
import pytest
from discord.http import Route

from bot.authoring.comparison import ContentChanges
from bot.authoring.watching import Kept, Served, Unchanged
from bot.discord_app.moderation.edits import render_reload
from bot.discord_app.moderation.manage import is_owner
from bot.discord_app.moderation.owner_notices import OwnerNotices, owner_of
from bot.knowledge.faults import Fault
from fake_discord import FakeDiscord, Member, Team, TeamMember

if TYPE_CHECKING:
    from bot.discord_app.client import CareerBot

PAUSE = 0.3  # seconds


class LoggedIn(discord.Client):
    """As much of the bot as speaks to its owner: discord.py, logged in but not connected."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.none())

    def serves(self, _server_id: int | None) -> bool:
        return True


@pytest.fixture
async def bot(fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CareerBot]:
    monkeypatch.setattr(Route, "BASE", fake.api_url)
    async with LoggedIn() as client:
        await client.login(fake.token)
        yield cast("CareerBot", client)


def belongs_to(fake: FakeDiscord, owner: Member, *members: TeamMember) -> None:
    fake.team = Team(fake.snowflakes.next(), "keepers", owner.user, list(members))


async def test_of_many_faults_the_owner_reads_the_first_and_later_the_last(fake: FakeDiscord, bot: CareerBot) -> None:
    notices = OwnerNotices(bot, pause_between_notices=PAUSE)
    dm = fake.stranger.dm

    notices.note(Kept("The lens is dirty."))
    first = await fake.next_message(dm)
    notices.note(Kept("The lens is dirty."))
    notices.note(Kept("The lamp is out."))
    notices.note(Kept("The log is lost."))
    second = await fake.next_message(dm)

    assert "the lens is dirty." in first.content
    assert "the log is lost." in second.content
    earlier, later = fake.requests_to("POST /channels/{channel_id}/messages")
    assert later.at - earlier.at >= PAUSE
    assert dm.history() == [first, second]


async def test_what_is_mended_during_the_pause_is_not_told(fake: FakeDiscord, bot: CareerBot) -> None:
    notices = OwnerNotices(bot, pause_between_notices=PAUSE)
    dm = fake.stranger.dm

    notices.note(Kept("The lens is dirty."))
    first = await fake.next_message(dm)
    notices.note(Kept("The lamp is out."))
    notices.note(Unchanged("1"))
    notices.note(Kept("The log is lost."))
    second = await fake.next_message(dm)

    assert "the log is lost." in second.content
    assert dm.history() == [first, second]


async def test_an_application_belongs_to_a_person(fake: FakeDiscord, bot: CareerBot) -> None:
    assert await owner_of(bot) == fake.stranger.id
    assert await is_owner(bot, fake.stranger.id)
    assert not await is_owner(bot, fake.add_stranger("eve").id)


async def test_or_to_a_team_whose_owner_is_told_of_edits(fake: FakeDiscord, bot: CareerBot) -> None:
    lea, dev = fake.add_stranger("lea"), fake.add_stranger("dev")
    belongs_to(fake, lea, TeamMember(dev.user, "admin"))
    OwnerNotices(bot).note(Kept("The lens is dirty."))

    assert "the lens is dirty." in (await fake.next_message(lea.dm)).content
    assert await owner_of(bot) == lea.id
    assert await is_owner(bot, lea.id)


@pytest.mark.parametrize(
    ("role", "accepted", "may"),
    [("admin", True, True), ("developer", True, True), ("read_only", True, False), ("admin", False, False)],
)
async def test_who_may_develop_a_teams_application_counts_as_its_owner(
    fake: FakeDiscord, bot: CareerBot, role: str, *, accepted: bool, may: bool
) -> None:
    dev = fake.add_stranger("dev")
    belongs_to(fake, fake.add_stranger("lea"), TeamMember(dev.user, role, accepted))

    assert await is_owner(bot, dev.id) == may
    assert not await is_owner(bot, fake.stranger.id)


def test_who_has_an_edit_served_that_breaks_an_example_is_told_which() -> None:
    broken = Fault("faq.yaml", 17, '"who is on watch" should be answered with night-shift.', "Add phrasings like it.")
    page = render_reload(Served("1", ContentChanges((), (), ()), (broken,)))

    assert "Some examples fail:" in page.content
    assert "faq.yaml:17" in page.content
    assert "Examples" not in render_reload(Served("1", ContentChanges((), (), ()))).content
