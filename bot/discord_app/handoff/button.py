"""*Ask a human* below what didn't answer a question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

import discord
from discord.ext import commands

from bot.discord_app.asking.addressing import Asked, read_address
from bot.discord_app.clicks import Clickable, Feature, feature, once, reply_privately, responses_of
from bot.discord_app.custom_ids import ID
from bot.discord_app.forms import parts_in, texts_of
from bot.discord_app.handoff.handing_on import HandingOn
from bot.discord_app.handoff.replies import Replies
from bot.discord_app.handoff.texts import answered_in, quoted_in, render_not_yours, render_offered
from bot.discord_app.handoff.threads import HandedOn
from bot.discord_app.interactions import clicked_message
from bot.discord_app.page import LAST_ROW, render_unknown_button
from bot.discord_app.permissions import channel_to_point_to, may_replace
from bot.discord_app.sender import address
from bot.language.speech import _
from bot.storage.servers import ServerSettingsStore

_LARGEST_ID = 2**63 - 1


class Kind(StrEnum):
    """What a question's id is the id of."""

    message = "m"
    post = "p"
    command = "c"


@dataclass(frozen=True, slots=True)
class QuestionKey:
    """Which question it is, and whose.

    Attributes:
        question_id: of the message or forum post, or of the interaction with a command.
    """

    kind: Kind
    question_id: int
    asker_id: int


class AskHumanButton(
    Clickable[discord.ui.Button[Any]],
    template=rf"^ask-human:(?P<kind>[mpc]):(?P<server>{ID}):(?P<question>{ID}):(?P<asker>{ID})$",
):
    """Hand a question to the humans whom the server names: once, for the asker or a moderator."""

    def __init__(self, server_id: int, key: QuestionKey) -> None:
        self.server_id = server_id
        self.key = key
        custom_id = f"ask-human:{key.kind.value}:{server_id}:{key.question_id}:{key.asker_id}"
        super().__init__(discord.ui.Button(label=_("Ask a human"), emoji="🙋", custom_id=custom_id, row=LAST_ROW))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["server"]), QuestionKey(Kind(match["kind"]), int(match["question"]), int(match["asker"])))

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Open the thread, or say where it is."""
        if not self._belongs_to(interaction):
            await reply_privately(interaction, render_unknown_button())
            return
        if not may_replace(interaction, self.key.asker_id):
            await reply_privately(interaction, render_not_yours())
            return
        handing_on, what = feature(interaction, HandOffs).handing_on, self._read(interaction)
        await once(
            interaction,
            "ask-human",
            self.key.question_id,
            work=lambda: responses_of(interaction).acknowledged(interaction, handing_on.hand_on(interaction, what)),
        )

    def _belongs_to(self, interaction: discord.Interaction[Any]) -> bool:
        """Return whether the bot put the button below this message: not if it names another server or question."""
        message = clicked_message(interaction)
        # The response to a click, such as thanks for a vote, may refer to the message with the button.
        reference = message.reference if message.interaction_metadata is None else None
        is_other = self.key.kind is Kind.message and reference and reference.message_id != self.key.question_id
        ids = (self.key.question_id, self.key.asker_id)
        return self.server_id == interaction.guild_id and not is_other and max(ids) <= _LARGEST_ID

    def _read(self, interaction: discord.Interaction[Any]) -> HandedOn:
        """Read from the message what is to be passed on."""
        message = clicked_message(interaction)
        texts = texts_of(message)
        key = self.key
        return HandedOn(
            question_id=key.question_id,
            asker_id=key.asker_id,
            question=quoted_in(texts) or _words_replied_to(message, key, interaction.client.user),
            offered=render_offered(suggestions=_suggestions_below(message), answers=answered_in(texts)),
            address=_address_of(key, interaction),
        )


class HandOffs(Feature):
    """Let people ask a human, and hear of the reply."""

    items = (AskHumanButton,)

    def __init__(self, *, handing_on: HandingOn, replies: Replies, servers: ServerSettingsStore) -> None:
        self.handing_on = handing_on
        self.servers = servers
        self._replies = replies

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Tell an asker of the first reply."""
        await self._replies.note(message)

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Look for replies that came before this session, or while Discord couldn't serve the server."""
        await self._replies.tell_of_missed(guild)


def button_for(
    where: discord.Message | discord.Interaction[Any], servers: ServerSettingsStore, key: QuestionKey | None = None
) -> AskHumanButton | None:
    """Return the button for a question; None if the server names nobody to ask, or where the asker can't see.

    By default, the question is the message's, or the command's.
    """
    guild = where.guild
    if guild is None:
        return None
    settings = servers.of(guild.id)
    is_set = settings.handoff_role is not None and guild.get_role(settings.handoff_role) is not None
    channel = channel_to_point_to(where, settings.handoff_channel)
    # In a thread there, humans read along already.
    is_there = channel is not None and getattr(where.channel, "parent_id", None) == channel.id
    if not is_set or channel is None or is_there:
        return None
    return AskHumanButton(guild.id, key or _key_of(where))


def question_of(answer: discord.Message, bot_user: discord.ClientUser) -> tuple[QuestionKey, str] | None:
    """Return which question one of the bot's answers is for, and its words if they are at hand.

    None for a public answer that replies to nobody.
    """
    if (used := answer.interaction_metadata) is not None:
        return QuestionKey(Kind.command, used.id, used.user.id), ""
    asked = answer.reference.resolved if answer.reference else None
    if isinstance(asked, discord.Message):
        return QuestionKey(Kind.message, asked.id, asked.author.id), _words_of(asked, bot_user)
    thread = answer.channel
    if isinstance(thread, discord.Thread) and any(id_.startswith("mistaken:") for id_, _ in _buttons_below(answer)):
        return QuestionKey(Kind.post, thread.id, thread.owner_id), thread.name
    return None


def _key_of(where: discord.Message | discord.Interaction[Any]) -> QuestionKey:
    if isinstance(where, discord.Message):
        return QuestionKey(Kind.message, where.id, where.author.id)
    return QuestionKey(Kind.command, where.id, where.user.id)


def _address_of(key: QuestionKey, interaction: discord.Interaction[Any]) -> str | None:
    message = clicked_message(interaction)
    match key.kind:
        case Kind.message:
            return address(interaction.guild_id, interaction.channel_id, key.question_id)
        case Kind.post:
            return f"https://discord.com/channels/{interaction.guild_id}/{key.question_id}"
        case Kind.command:
            return None if message.flags.ephemeral else message.jump_url


def _words_replied_to(message: discord.Message, key: QuestionKey, bot_user: discord.ClientUser | None) -> str:
    asked = message.reference.resolved if message.reference else None
    if not isinstance(asked, discord.Message) or asked.id != key.question_id or bot_user is None:
        return ""
    return _words_of(asked, bot_user)


def _words_of(asked: discord.Message, bot_user: discord.ClientUser) -> str:
    """Return what a message asks, without the call to the bot; "" if Discord doesn't show its text."""
    said = read_address(asked, bot_user)
    return said.text if isinstance(said, Asked) else asked.content


def _suggestions_below(message: discord.Message) -> list[str]:
    return [label for custom_id, label in _buttons_below(message) if custom_id.startswith("suggestion:")]


def _buttons_below(message: discord.Message) -> list[tuple[str, str]]:
    buttons = (part for part in parts_in(message.components) if isinstance(part, discord.Button))
    return [(button.custom_id, button.label or "") for button in buttons if button.custom_id]
