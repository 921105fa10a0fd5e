"""The slash commands, as Discord offers them and as they answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.knowledge.loading import load_knowledge
from bot_process import BotProcess
from e2e.questions import CODING, DISCORDS_PATIENCE, MANAGEMENT, titles
from fake_discord import Channel, FakeDiscord, Lost, Member, ResponseKind, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


async def test_ask_answers_for_the_eyes_of_the_one_who_asks(mia: Member, channel: Channel) -> None:
    interaction = await mia.slash(channel, "ask", question="does a tpm code?")
    response = await interaction.response()

    assert response.kind is ResponseKind.MESSAGE
    assert response.ephemeral
    assert response.after < DISCORDS_PATIENCE
    assert titles(await interaction.answer()) == [CODING]


async def test_ask_works_in_a_direct_message(mia: Member) -> None:
    interaction = await mia.slash(mia.dm, "ask", question="does a tpm code?")

    assert titles(await interaction.answer()) == [CODING]


async def test_ask_says_so_when_it_does_not_know(mia: Member, channel: Channel) -> None:
    interaction = await mia.slash(channel, "ask", question="xqzt vlrm wpfk")

    assert (await interaction.answer()).said.startswith("I don't know the answer to that.")


async def test_thanks_by_command_are_answered_too(mia: Member, channel: Channel) -> None:
    interaction = await mia.slash(channel, "ask", question="thank you")

    assert (await interaction.answer()).said == "💙"


async def test_autocomplete_offers_all_topics_before_anything_is_typed(mia: Member, channel: Channel) -> None:
    choices = await (await mia.autocomplete(channel, "ask", question="")).choices()

    entries = load_knowledge().entries
    assert [(choice["name"], choice["value"]) for choice in choices] == [(e.question, e.id) for e in entries][:25]


async def test_autocomplete_ranks_the_topics_by_what_is_typed_with_the_ids_as_values(
    mia: Member, channel: Channel
) -> None:
    choices = await (await mia.autocomplete(channel, "ask", question="do i have to write progams")).choices()

    assert choices[0] == {"name": CODING, "value": "coding"}
    assert len(choices) <= 25


async def test_a_suggestion_that_is_picked_is_answered(mia: Member, channel: Channel) -> None:
    choices = await (await mia.autocomplete(channel, "ask", question="is it a manag")).choices()
    picked = next(choice for choice in choices if choice["name"] == MANAGEMENT)

    interaction = await mia.slash(channel, "ask", question=picked["value"])

    assert titles(await interaction.answer()) == [MANAGEMENT]


async def test_faq_lists_the_topics_and_shows_the_one_picked(mia: Member, channel: Channel) -> None:
    interaction = await mia.slash(channel, "faq")
    shown = await interaction.answer()

    assert (await interaction.response()).ephemeral
    [menu] = shown.selects
    entries = load_knowledge().entries
    assert [option["value"] for option in menu["options"]] == [entry.id for entry in entries]
    for entry in entries:
        assert entry.question in shown.cards[0].text

    picked = await mia.selects(shown, menu["custom_id"], "coding")

    assert (await picked.response()).ephemeral
    assert titles(await picked.answer()) == [CODING]


async def test_help_says_how_to_ask(mia: Member, channel: Channel) -> None:
    interaction = await mia.slash(channel, "help")

    assert (await interaction.response()).ephemeral
    shown = (await interaction.answer()).text
    for way in ("Mention me", "/ask", "/faq", "/jd"):
        assert way in shown


async def test_the_commands_ask_for_nothing_but_what_they_need(fake: FakeDiscord) -> None:
    commands = {command["name"]: command for command in fake.commands[None]}

    assert {"ask", "faq", "help"} <= set(commands)
    assert all(commands[name]["default_member_permissions"] is None for name in ("ask", "faq", "help"))


async def test_a_command_that_took_too_long_costs_one_line_of_log(
    fake: FakeDiscord, mia: Member, channel: Channel, bot: BotProcess
) -> None:
    fake.faults.on("POST /interactions/*", Status(404, 10062, "Unknown interaction"), times=1)

    interaction = await mia.slash(channel, "help")
    [line] = await bot.logged(str(interaction.id))

    assert "Discord says 404/10062" in line


async def test_a_command_answered_although_discord_said_otherwise_counts_as_answered(
    fake: FakeDiscord, mia: Member, channel: Channel, bot: BotProcess
) -> None:
    fake.faults.on("POST /interactions/*", Lost(Status(502)), times=1)

    interaction = await mia.slash(channel, "help")
    await fake.wait_for(lambda: interaction.refused == [40060], what="a second attempt")

    assert await fake.heard_before(await mia.asks(channel, CODING)) == [await interaction.answer()]
    assert str(interaction.id) not in bot.log


async def test_descriptions_of_commands_are_translated_and_their_names_are_not(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    await (await mia.slash(channel, "help")).answer()
    parts = [part for command in fake.commands[None] for part in parts_of(command)]

    assert {part["name"] for part in parts if not part["description"]} == {"Answer this", "Add to FAQ"}
    for part in parts:
        is_typed = bool(part["description"])
        said = part["description_localizations"] if is_typed else part["name_localizations"]
        assert set(said) == {"de", "es-419", "es-ES", "fr", "ja", "pt-BR"}
        assert said["es-419"] == said["es-ES"]
        assert not is_typed or not part.get("name_localizations")


def parts_of(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a command or an option with all that it has inside."""
    yield command
    for option in command.get("options", ()):
        yield from parts_of(option)
