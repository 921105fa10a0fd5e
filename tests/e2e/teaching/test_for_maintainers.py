"""`tpm-bot taught` hands maintainers what moderators taught."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import tpm_bot

from e2e.database import file_of
from e2e.maintainers.lighthouses import NIGHT
from e2e.teaching.lessons import FERRY, NINE, teaches
from fake_discord import Guild, Member, Message

pytestmark = pytest.mark.usefixtures("bot")


async def test_what_was_taught_is_listed_and_printed_as_yaml(
    asked: Message, guild: Guild, knowledge_dir: Path, max_: Member, tmp_path: Path
) -> None:
    await teaches(max_, asked)
    await teaches(max_, asked, "are keepers nocturnal creatures", "", entry=NIGHT)
    address = f"sqlite:///{file_of(tmp_path)}"

    listed = await tpm_bot(knowledge_dir, "taught", DATABASE_URL=address)
    printed = await tpm_bot(knowledge_dir, "taught", "--yaml", "--server", str(guild.id), DATABASE_URL=address)
    other = await tpm_bot(knowledge_dir, "taught", "--server", "1", DATABASE_URL=address)

    assert listed[0] == printed[0] == 0, (listed, printed)
    assert f"Server {guild.id}\n  {FERRY}\n    a new entry, ferry-island-leave; by {max_.id} on " in listed[1]
    assert "2 questions taught. --yaml prints YAML to paste." in listed[1]
    assert f"  ferry-island-leave:\n    question: {FERRY}\n" in printed[1]
    assert NINE in printed[1]
    assert "faq.yaml below line" in printed[1]
    assert other[1] == "Nothing taught.\n"


async def test_without_a_database_it_says_what_to_do(knowledge_dir: Path, tmp_path: Path) -> None:
    code, out, err = await tpm_bot(knowledge_dir, "taught", DATABASE_URL=f"sqlite:///{tmp_path}/none.db")

    assert (code, out) == (2, "")
    assert err.startswith("tpm-bot: There's no database here yet.")
