"""What the buttons below an answer do."""

from __future__ import annotations

from typing import Any

import pytest

from bot.knowledge.loading import load_knowledge
from e2e.questions import CODING, DEGREE, suggestion, titles, topics
from fake_discord import Channel, FakeDiscord, Guild, Member, ResponseKind

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


def row(custom_id: str, label: str) -> list[dict[str, Any]]:
    """Return the components of a message with one button."""
    return [{"type": 1, "components": [{"type": 2, "style": 2, "custom_id": custom_id, "label": label}]}]


async def test_a_related_topic_is_answered_for_the_eyes_of_whoever_clicks(
    fake: FakeDiscord, guild: Guild, mia: Member, channel: Channel
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, CODING))

    click = await guild.add_member("max").clicks(answer, DEGREE)

    assert (await click.response()).ephemeral
    assert titles(await click.answer()) == [DEGREE]
    assert titles(answer) == [CODING]


async def test_a_suggestion_that_is_clicked_turns_into_the_answer_in_place(
    fake: FakeDiscord, mia: Member, channel: Channel
) -> None:
    suggested = await suggestion(fake, mia, channel)
    chosen = topics(suggested)[0]

    click = await mia.clicks(suggested, chosen)

    assert (await click.response()).kind is ResponseKind.UPDATE
    assert suggested.said == ""
    assert titles(suggested) == [chosen]
    assert "Did you mean" not in suggested.text
    [entry] = [entry for entry in load_knowledge().entries if entry.question == chosen]
    assert len(topics(suggested)) == len(entry.related)


@pytest.mark.parametrize("custom_id", ["topic:phlogiston", "suggestion:phlogiston", "topic:UNHEARD_OF!"])
async def test_an_old_button_whose_topic_is_gone_says_so_to_whoever_clicks(
    fake: FakeDiscord, mia: Member, channel: Channel, custom_id: str
) -> None:
    old = fake.seed(channel, fake.bot, "an old message", components=row(custom_id, "What is phlogiston?"), ago=1e6)

    click = await mia.clicks(old, "What is phlogiston?")

    assert (await click.response()).ephemeral
    assert (await click.answer()).said == "I no longer have an answer for that. Use `/faq` to see what I can answer."
    assert old.said == "an old message"


async def test_a_picked_topic_that_is_gone_says_so(fake: FakeDiscord, mia: Member, channel: Channel) -> None:
    options = [{"label": "What is phlogiston?", "value": "phlogiston"}]
    menu = [{"type": 1, "components": [{"type": 3, "custom_id": "topics:0", "options": options}]}]
    old = fake.seed(channel, fake.bot, components=menu)

    picked = await mia.selects(old, "topics:0", "phlogiston")

    assert (await picked.answer()).said.startswith("I no longer have an answer for that.")


@pytest.mark.parametrize(
    "custom_id", ["of-an-older-version:1", "topic:lifecycle"], ids=["unknown", "on another message"]
)
async def test_a_button_that_nobody_knows_says_so(
    fake: FakeDiscord, mia: Member, channel: Channel, custom_id: str
) -> None:
    answer = await fake.reply_to(await mia.asks(channel, DEGREE))

    said = await (await mia.forges_click(answer, custom_id)).answer()

    assert said.said.startswith("I don't know this button anymore.")
