"""`/manage board`: post the FAQ into a channel, see how boards are doing, and remove them."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.clicks import (
    NO_TEMPLATE,
    Clickable,
    Feature,
    carry_out_once,
    feature,
    reply_privately,
    responses_of,
)
from bot.discord_app.custom_ids import ID
from bot.discord_app.faq_board import texts
from bot.discord_app.faq_board.boards import Boards
from bot.discord_app.grants import GRANT, TO_MANAGE
from bot.discord_app.interactions import clicked_message
from bot.discord_app.page import Page, render_failure
from bot.discord_app.permissions import (
    MissingPermission,
    Place,
    find_place,
    missing_to_edit,
    missing_to_post,
    reader_of,
    render_missing_permission,
    sees,
)
from bot.discord_app.posts import Edit, PostingPlace, maybe_posted_since
from bot.discord_app.sender import NotTaken
from bot.language.speech import N_, _

_TARGET = rf"(?P<owner>{ID}):{GRANT}:(?P<channel>{ID})"


class BoardButton(Clickable[discord.ui.Button[Any]], template=NO_TEMPLATE):
    """A button about a channel's board below somebody's private response."""

    name: ClassVar[str]
    style: ClassVar[discord.ButtonStyle]

    def __init__(self, owner_id: int, channel_id: int, label: str, *, grant: str) -> None:
        self.owner_id = owner_id
        self.channel_id = channel_id
        self.grant = grant
        custom_id = f"{self.name}:{owner_id}:{grant}:{channel_id}"
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id, style=self.style))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["owner"]), int(match["channel"]), item.label or "", grant=match["grant"])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Check again what may have changed since the response, and do what the button says."""
        if interaction.user.id != self.owner_id:
            await reply_privately(interaction, texts.render_gone_screen())
        elif (place := find_place(interaction.guild, self.channel_id)) is None:
            await responses_of(interaction).show_instead(interaction, texts.render_gone_channel())
        elif missing := TO_MANAGE.missing(interaction, self.grant) or self._missing(interaction, place):
            await reply_privately(interaction, render_missing_permission(missing))
        else:
            await carry_out_once(interaction, "board", place.id, work=partial(self._do, interaction, place))

    @abstractmethod
    def _missing(self, interaction: discord.Interaction[Any], place: Place) -> MissingPermission | None:
        """Return what somebody lacks to do it, or what the bot lacks."""

    @abstractmethod
    async def _do(self, interaction: discord.Interaction[Any], place: Place) -> Page:
        """Do it and return what to say."""


class PostBoardButton(BoardButton, template=rf"^board-post:{_TARGET}$"):
    """Post a board, or bring the one that is there up to date."""

    name = "board-post"
    style = discord.ButtonStyle.success

    def _missing(self, interaction: discord.Interaction[Any], place: Place) -> MissingPermission | None:
        return missing_to_post(interaction, place)

    async def _do(self, interaction: discord.Interaction[Any], place: Place) -> Page:
        feature_, nonce = feature(interaction, FaqBoards), f"b{clicked_message(interaction).id}"
        progress = await feature_.boards.post(place, nonce=nonce, maybe_since=maybe_posted_since(interaction))
        head = "" if progress is Edit.done else texts.render_not_all_posted(progress)
        return await feature_.screen(interaction, place, grant=self.grant, head=head)


class RemoveBoardButton(BoardButton, template=rf"^board-remove:{_TARGET}$"):
    """Delete a board."""

    name = "board-remove"
    style = discord.ButtonStyle.danger

    def _missing(self, interaction: discord.Interaction[Any], place: Place) -> MissingPermission | None:
        return _missing_to_see(interaction, place) or missing_to_edit(place)

    async def _do(self, interaction: discord.Interaction[Any], place: Place) -> Page:
        feature_ = feature(interaction, FaqBoards)
        progress = await feature_.boards.remove(place.guild.id, place.id)
        if progress is Edit.done:
            return texts.render_removed(place.id)
        return await feature_.screen(interaction, place, grant=self.grant, head=texts.render_not_removed(place.id))


class FaqBoards(Feature):
    """Let moderators post boards, and note what changes them."""

    items = (PostBoardButton, RemoveBoardButton)

    def __init__(self, *, boards: Boards, manage: app_commands.Group) -> None:
        self.boards = boards
        description = N_("Post the FAQ as buttons that answer privately. I keep it up to date.")
        manage.command(name="board", description=description)(self.board)

    def background(self) -> Iterable[Coroutine[Any, Any, None]]:
        """Keep the boards up to date."""
        return (self.boards.keep_up(),)

    @app_commands.describe(channel=N_("Where to post it (default: here)"))
    async def board(
        self, interaction: discord.Interaction[Any], channel: app_commands.Transform[int, PostingPlace] | None = None
    ) -> None:
        """Say how a channel's board is doing, with the buttons to change that."""
        await responses_of(interaction).acknowledged(interaction, self._screen_of(interaction, channel))

    async def screen(self, interaction: discord.Interaction[Any], place: Place, *, grant: str, head: str = "") -> Page:
        """Return what to say about the board of a channel, with what can be done about it."""
        reader = reader_of(interaction)
        try:
            state = await self.boards.state(place)
        except NotTaken:
            return render_failure()
        others = await self.boards.states(reader, besides=place.id)
        post = PostBoardButton(reader.id, place.id, _("Update") if state.where else _("Post"), grant=grant)
        remove = RemoveBoardButton(reader.id, place.id, _("Remove"), grant=grant)
        if state.where is not None:
            items = (remove,) if state.is_complete else (post, remove)
            return replace(texts.render_state(state, others, head=head), items=items)
        if not state.questions:
            return texts.render_no_questions(place.id)
        if missing := missing_to_post(interaction, place):
            return render_missing_permission(missing)
        return replace(texts.render_offer(state, others, head=head), items=(post,))

    async def _screen_of(self, interaction: discord.Interaction[Any], channel_id: int | None) -> Page:
        place = find_place(interaction.guild, channel_id or interaction.channel_id or 0)
        if place is None:
            return texts.render_gone_channel()
        if missing := _missing_to_see(interaction, place):
            return render_missing_permission(missing)
        return await self.screen(interaction, place, grant=TO_MANAGE.to(interaction))

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look at all boards: the knowledge may have changed while the bot was away."""
        self.boards.note_change()

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Look at the boards of a server that Discord couldn't serve before."""
        self.boards.note_change(guild.id)

    @commands.Cog.listener()
    async def on_guild_update(self, before: discord.Guild, after: discord.Guild) -> None:
        """Look at the boards of a server whose language changed."""
        if before.preferred_locale != after.preferred_locale:
            self.boards.note_change(after.id)

    @commands.Cog.listener()
    async def on_guild_channel_update(self, _: discord.abc.GuildChannel, channel: discord.abc.GuildChannel) -> None:
        """Look at the boards that wait for a permission."""
        self.boards.note_permissions(channel.guild.id)

    @commands.Cog.listener()
    async def on_guild_role_update(self, _: discord.Role, role: discord.Role) -> None:
        """Look at the boards that wait for a permission."""
        self.boards.note_permissions(role.guild.id)


def _missing_to_see(interaction: discord.Interaction[Any], place: Place) -> MissingPermission | None:
    """Return View Channel if somebody can't see a channel, as far as the bot can tell."""
    if place.id == interaction.channel_id or missing_to_edit(place) or sees(reader_of(interaction), place.id):
        return None
    return MissingPermission("view_channel", channel_id=place.id)
