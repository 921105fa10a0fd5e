"""What the bot replies to a question, and what it points to where it has no answer."""

from __future__ import annotations

from typing import Any

import discord

from bot.discord_app.asking.answers import render_refusal, small_remark
from bot.discord_app.asking.buttons import AllTopicsButton, SuggestionButton, TopicButton, render_answers
from bot.discord_app.handoff.button import AskHumanButton, button_for
from bot.discord_app.page import MAX_CONTENT, MAX_LABEL, Page, Reaction, Reply, shorten
from bot.discord_app.permissions import channel_to_point_to
from bot.knowledge.model import OffTopic
from bot.language.speech import _
from bot.outcomes import Answered, Outcome, Social, Suggested, Unanswered
from bot.storage.servers import ServerSettingsStore


def render(outcome: Outcome, *, help_channel: int | None = None, human: AskHumanButton | None = None) -> Reply:
    """Return the reply to a question, whose language is being spoken.

    Without an answer, it points to the help channel and offers to ask a human.
    """
    ask_human = (human,) if human else ()
    match outcome:
        case Answered():
            return render_answers(outcome)
        case Suggested():
            buttons = (
                SuggestionButton(entry.id, shorten(entry.question, MAX_LABEL), language=outcome.language)
                for entry in outcome.entries
            )
            asked_back = _("I'm not sure what you mean. Did you mean one of these?")
            return Page(content=_with_remark(asked_back, outcome), items=(*buttons, *ask_human))
        case Social(reaction=str(emoji)) | Unanswered(off_topic=OffTopic(reaction=str(emoji))):
            return Reaction(emoji)
        case Social(reply=text):
            related = (TopicButton(entry.id, shorten(entry.question, MAX_LABEL)) for entry in outcome.offers)
            return Page(content=shorten(text, MAX_CONTENT), items=tuple(related))
        case Unanswered():
            is_question = outcome.off_topic or outcome.decisions
            items = (AllTopicsButton(), *(ask_human if is_question else ()))
            return Page(content=_with_remark(_refusal(outcome, help_channel), outcome), items=items)


def reply_for(
    where: discord.Message | discord.Interaction[Any], outcome: Outcome, servers: ServerSettingsStore
) -> Reply:
    """Return the reply to a question, with what its server points to where there is no answer."""
    if isinstance(outcome, Answered):
        return render_answers(outcome)
    return render(outcome, help_channel=_help_channel_for(where, servers), human=button_for(where, servers))


def _with_remark(text: str, outcome: Outcome) -> str:
    return "\n".join(filter(None, [text, small_remark(outcome)]))


def _help_channel_for(where: discord.Message | discord.Interaction[Any], servers: ServerSettingsStore) -> int | None:
    """Return the help channel of a server, unless it's deleted, its asker can't see it, or is already there."""
    chosen = servers.of(where.guild.id).help_channel if where.guild else None
    channel = channel_to_point_to(where, chosen)
    is_there = chosen in {getattr(where.channel, "id", None), getattr(where.channel, "parent_id", None)}
    return channel.id if channel and not is_there else None


def _refusal(outcome: Unanswered, help_channel: int | None) -> str:
    if outcome.off_topic:
        return render_refusal(outcome.off_topic)
    if not outcome.decisions:
        return _("I don't see a question there.")
    if help_channel:
        return _("I don't know the answer to that. Try <#{channel}>.", channel=help_channel)
    return _("I don't know the answer to that.")
