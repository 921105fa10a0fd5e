"""A bot that belongs to a team: who is told of a broken edit, and who reloads the knowledge."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.maintainers.lighthouses import by_command
from fake_discord import Channel, FakeDiscord, Guild, Member, Permission, Team, TeamMember


@pytest.fixture
def lea(fake: FakeDiscord, guild: Guild) -> Member:
    """The owner of the team that the application belongs to."""
    person = guild.add_member("lea", guild.add_role("leads", Permission.MANAGE_MESSAGES))
    fake.team = Team(fake.snowflakes.next(), "keepers", person.user)
    return person


@pytest.mark.usefixtures("bot")
async def test_the_owner_of_the_team_is_told_of_a_broken_edit(
    fake: FakeDiscord, lea: Member, knowledge_dir: Path
) -> None:
    (knowledge_dir / "faq.yaml").write_text("entries: [", encoding="utf-8")
    notice = await fake.next_message(lea.dm)

    assert "faq.yaml:" in notice.said
    assert fake.stranger.dm.history() == []


@pytest.mark.usefixtures("bot")
async def test_who_develops_the_application_reloads_and_who_only_reads_does_not(
    fake: FakeDiscord, lea: Member, guild: Guild, channel: Channel
) -> None:
    dev, reader = guild.add_member("dev", *lea.roles), guild.add_member("rea", *lea.roles)
    assert fake.team is not None
    fake.team.members += [TeamMember(dev.user), TeamMember(reader.user, "read_only")]

    said = {person: (await by_command(person, channel, "manage reload")).said for person in (lea, dev, reader)}

    assert said[lea].startswith("Nothing has changed")
    assert said[dev].startswith("Nothing has changed")
    assert said[reader].startswith("Only this bot's owner can reload")
