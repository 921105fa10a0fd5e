"""How answers look, as embeds and in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.answering import Answer, Answered
from bot.discord_app.page import (
    COLOR,
    MAX_CONTENT,
    MAX_EMBED_DESCRIPTION,
    MAX_EMBED_FIELD,
    MAX_EMBED_TITLE,
    MAX_EMBEDS_TOGETHER,
    Page,
    Picture,
    image_in_words,
    render_attribution,
    shorten,
)
from bot.knowledge.model import Entry, ImageFile, OffTopic


def describe_answers(outcome: Answered) -> Page:
    """Return the answers below a remark on the rest of the message, without buttons."""
    remarks = [render_refusal(subject) for subject in outcome.declined if subject.reaction is None]
    if outcome.suggestions:
        remarks.append("I'm not sure about the rest. Maybe one of these buttons helps.")
    remark = "\n".join(remarks)
    return Page(
        content=shorten(remark, MAX_CONTENT),
        embeds=_embeds(outcome.answers),
        plain="\n\n".join(filter(None, [remark, *map(_plain, outcome.answers)])),
        topics=tuple(answer.entry.id for answer in outcome.answers),
        pictures=tuple(picture for answer in outcome.answers if (picture := _picture_of(answer.entry))),
    )


def render_refusal(subject: OffTopic) -> str:
    """Return what to say about an off-topic subject."""
    return subject.reply or f"I don't have anything on {subject.name}."


def _embeds(answers: Sequence[Answer]) -> tuple[discord.Embed, ...]:
    """Return an embed for each answer. If they don't fit into one message, cut the longest."""
    bare = [_embed_without_text(answer) for answer in answers]
    images = [answer.entry.image for answer in answers if answer.entry.image]
    in_words = "".join("".join(image_in_words(image.alt)) for image in images)  # in case files aren't allowed
    room = MAX_EMBEDS_TOGETHER - sum(map(len, bare)) - len(in_words)
    shares = _fair_shares([len(answer.entry.answer) for answer in answers], room)
    for embed, answer, share in zip(bare, answers, shares, strict=True):
        embed.description = shorten(answer.entry.answer, min(share, MAX_EMBED_DESCRIPTION))
    return tuple(_with_image(embed, answer.entry) for embed, answer in zip(bare, answers, strict=True))


def _with_image(embed: discord.Embed, entry: Entry) -> discord.Embed:
    if entry.image is None:
        return embed
    picture = _picture_of(entry)
    content: Any = embed.to_dict()  # discord.py can't describe an embed's image
    image = {"url": picture.address if picture else entry.image.location, "description": entry.image.alt}
    return discord.Embed.from_dict({**content, "image": image})


def _picture_of(entry: Entry) -> Picture | None:
    """Return the file to send with an answer, under a name that Discord can show in embeds, whatever its own is."""
    if entry.image is None or not isinstance(entry.image.source, ImageFile):
        return None
    file = entry.image.source
    return Picture(f"{entry.id}.{file.extension}", entry.image.alt, file.content)


def _embed_without_text(answer: Answer) -> discord.Embed:
    embed = discord.Embed(title=shorten(answer.entry.question, MAX_EMBED_TITLE), colour=COLOR)
    if answer.source is None:
        return embed
    section = f"\n{answer.entry.source_section}" if answer.entry.source_section else ""
    source = render_attribution(answer.source, MAX_EMBED_FIELD - len(section))
    return embed.add_field(name="Source", value=source + section, inline=False)


def _fair_shares(lengths: Sequence[int], room: int) -> list[int]:
    """Return how long each text may be for all to fit: short texts leave their unused share to the long ones."""
    shares = [0] * len(lengths)
    by_length = sorted(range(len(lengths)), key=lengths.__getitem__)
    for done, index in enumerate(by_length):
        shares[index] = min(lengths[index], room // (len(lengths) - done))
        room -= shares[index]
    return shares


def _plain(answer: Answer) -> str:
    text = f"**{answer.entry.question}**\n{answer.entry.answer}"
    if image := answer.entry.image:
        address = "" if isinstance(image.source, ImageFile) else f" <{image.source}>"
        text += f"\n{': '.join(image_in_words(image.alt))}{address}"
    if answer.source is None:
        return text
    section = f" ({answer.entry.source_section})" if answer.entry.source_section else ""
    return f"{text}\n-# Source: {render_attribution(answer.source)}{section}"
