"""How answers look, as embeds and in plain text."""

from __future__ import annotations

from collections.abc import Sequence

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
    render_attribution,
    shorten,
)
from bot.knowledge.model import OffTopic


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
    )


def render_refusal(subject: OffTopic) -> str:
    """Return what to say about an off-topic subject."""
    return subject.reply or f"I don't have anything on {subject.name}."


def _embeds(answers: Sequence[Answer]) -> tuple[discord.Embed, ...]:
    """Return an embed for each answer. If they don't fit into one message, cut the longest."""
    bare = [_embed_without_text(answer) for answer in answers]
    room = MAX_EMBEDS_TOGETHER - sum(map(len, bare))
    shares = _fair_shares([len(answer.entry.answer) for answer in answers], room)
    for embed, answer, share in zip(bare, answers, shares, strict=True):
        embed.description = shorten(answer.entry.answer, min(share, MAX_EMBED_DESCRIPTION))
    return tuple(bare)


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
    if answer.source is None:
        return text
    section = f" ({answer.entry.source_section})" if answer.entry.source_section else ""
    return f"{text}\n-# Source: {render_attribution(answer.source)}{section}"
