"""How moderators teach the bot in these tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from e2e.database import rows
from fake_discord import Channel, Interaction, Member, Message, ResponseKind

MODERATORS_PATIENCE = 3.0  # seconds, for the first response on a busy machine
FERRY = "When does the ferry to the island leave?"
NINE = "At **nine**, from the pier."
NOT_SURE = "I don't know the answer"


async def opened(interaction: Interaction) -> dict[str, Any]:
    """Wait for a form and return what its fields are filled in with, by their ids."""
    response = await interaction.response()
    assert response.kind is ResponseKind.MODAL, interaction.shown and interaction.shown.said
    assert response.after < MODERATORS_PATIENCE
    assert response.modal
    fields = [part["component"] for part in response.modal["components"]]
    return {field["custom_id"]: _prefilled(field) for field in fields}


def offered(interaction: Interaction) -> list[str]:
    """Return which entries a form offers."""
    assert interaction.modal
    return [option["label"] for option in interaction.modal["components"][0]["component"]["options"]]


async def right_clicks(person: Member, message: Message) -> Interaction:
    """Choose "Add to FAQ" in a message's menu and wait for the form."""
    interaction = await person.message_command(message.channel, "Add to FAQ", message)
    await opened(interaction)
    return interaction


async def submits(person: Member, form: Interaction, **fields: str) -> Message:
    """Submit a form and return what that is answered with, which nobody else sees."""
    await opened(form)
    submission = await person.submits_modal(form, **fields)
    response = await submission.response()
    assert response.after < MODERATORS_PATIENCE
    answer = await submission.answer()
    assert answer.ephemeral_for == person.id
    return answer


async def drafts(person: Member, message: Message, question: str = FERRY, answer: str = NINE, **fields: str) -> Message:
    """Fill in the form for a message and return the preview."""
    form = await right_clicks(person, message)
    return await submits(person, form, question=question, answer=answer, **fields)


async def clicks(person: Member, message: Message, button: str) -> Message:
    """Click a button and return what that is answered with."""
    click = await person.clicks(message, button)
    assert (await click.response()).after < MODERATORS_PATIENCE
    return await click.answer()


async def teaches(
    person: Member, message: Message, question: str = FERRY, answer: str = NINE, **fields: str
) -> Message:
    """Teach the bot something."""
    saved = await clicks(person, await drafts(person, message, question, answer, **fields), "Save")
    assert saved.said.startswith("Saved"), saved.said
    return saved


async def taught(person: Member, channel: Channel) -> Message:
    """Return what `/manage taught` shows."""
    return await (await person.slash(channel, "manage taught")).answer()


async def shown_first(person: Member, channel: Channel) -> Message:
    """Choose the first item in the list."""
    listed = await taught(person, channel)
    [menu] = listed.selects
    return await (await person.selects(listed, menu["custom_id"], menu["options"][0]["value"])).answer()


def stored(directory: Path) -> list[tuple[str, str, str | None]]:
    """Return what is stored as taught."""
    return rows(directory, "SELECT entry_id, question, answer FROM taught ORDER BY item_id")


def stored_drafts(directory: Path) -> int:
    [(count,)] = rows(directory, "SELECT count(*) FROM drafts")
    return int(count)


def _prefilled(field: dict[str, Any]) -> str:
    if field["type"] == 3:  # a text menu
        return next((option["label"] for option in field["options"] if option.get("default")), "")
    return field.get("value") or ""
