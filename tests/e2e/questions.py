"""What people ask in these tests, and what the shipped knowledge calls it."""

from __future__ import annotations

from fake_discord import Channel, FakeDiscord, Member, Message

DISCORDS_PATIENCE = 3.0  # seconds, for the first response to an interaction
CODING = "Does a TPM need to code?"
DEGREE = "Does a TPM need a degree?"
MANAGEMENT = "Is Technical Product Manager a management position?"

VAGUE = ("team work", "tech people", "engineer skills", "does it matter", "what about people", "roadmap engineer")


def titles(message: Message) -> list[str]:
    """Return the questions that a message answers."""
    return [card.title for card in message.cards]


def topics(message: Message) -> list[str]:
    """Return the topics that buttons below a message lead to."""
    links = [button for button in message.buttons if button.get("custom_id", "").startswith(("topic:", "suggestion:"))]
    return [button["label"] for button in links]


async def suggestion(fake: FakeDiscord, member: Member, channel: Channel) -> Message:
    """Ask vaguely until the bot is unsure, and return what it suggests.

    Where it stops being sure moves with the knowledge, so one question wouldn't do.
    """
    for question in VAGUE:
        answer = await fake.reply_to(await member.asks(channel, question))
        if "Did you mean" in answer.said:
            return answer
    raise AssertionError("the bot is sure about each of these: make VAGUE vaguer")
