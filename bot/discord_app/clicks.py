"""Buttons, menus and forms that still work after a restart: everything they need stands in their custom_id."""

from __future__ import annotations

import asyncio
import logging
import re
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar, Protocol, Self, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.admission import Admission
from bot.discord_app.interactions import Responses
from bot.discord_app.languages import Languages
from bot.discord_app.page import Page, render_not_here, render_underway
from bot.discord_app.turns import Turns
from bot.discord_app.user_installs import is_brought_along
from bot.language.languages import Language
from bot.language.speech import speak
from bot.operations.logs import question_logged

logger = logging.getLogger(__name__)

T = TypeVar("T")
ItemT = TypeVar("ItemT", bound=discord.ui.Item[Any])
FeatureT = TypeVar("FeatureT", bound="Feature")

NO_TEMPLATE = r"(?!)"  # matches no custom_id: each kind of button has a template of its own


class Interactive(Protocol):
    """What commands and clicks need of the client."""

    admission: Admission
    languages: Languages
    responses: Responses
    turns: Turns


class Feature(commands.Cog):
    """Commands, listeners, clickable items and forms that come and go together."""

    items: ClassVar[tuple[type[discord.ui.DynamicItem[Any]], ...]] = ()
    forms: ClassVar[tuple[type[Form], ...]] = ()

    def background(self) -> Iterable[Coroutine[Any, Any, None]]:
        """Return what to run for as long as the bot runs."""
        return ()

    def update_commands(self) -> bool:
        """Bring the feature's commands in line with the knowledge; tell whether any came or went."""
        return False


class MessageMenu(Feature):
    """A command in the menu of every message, for people with Manage Messages and those a server grants it to."""

    name: ClassVar[str]

    def __init__(self, *, tree: app_commands.CommandTree[Any]) -> None:
        menu = app_commands.ContextMenu(name=self.name, callback=self.use)
        menu.guild_only = True
        menu.default_permissions = discord.Permissions(manage_messages=True)
        tree.add_command(menu)

    @abstractmethod
    async def use(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """Do what the command is for, with the message whose menu it is."""


def feature(interaction: discord.Interaction[Any], kind: type[FeatureT]) -> FeatureT:
    """Return the feature that a clicked item belongs to."""
    cog = interaction.client.get_cog(kind.__cog_name__)
    if not isinstance(cog, kind):
        raise LookupError(f"The feature {kind.__cog_name__} isn't loaded.")  # noqa: TRY004 - not a matter of its type
    return cog


class Clickable(discord.ui.DynamicItem[ItemT], template=NO_TEMPLATE):
    """A button or a menu below one of the bot's messages. Subclasses build it and handle its click.

    Those with `goes_along` also work where a person brought the bot along.
    """

    goes_along: ClassVar[bool] = False

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, ___: re.Match[str], /) -> Self:
        """Build what was clicked. Items whose custom_id or label says more read it from there."""
        return cls()  # type: ignore[call-arg]

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Accept each click once."""
        return admits(interaction)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Handle the click."""
        await handle(interaction, partial(self.act, interaction), goes_along=self.goes_along)

    @abstractmethod
    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Handle the click."""


class Form(discord.ui.Modal):
    """A form in a window of its own. Subclasses build it, and handle its submission in whatever process it arrives.

    `template` matches the custom_ids of a kind of form.
    """

    template: ClassVar[re.Pattern[str]]

    def __init__(self, *, title: str, custom_id: str, fields: Iterable[discord.ui.Item[Any]]) -> None:
        super().__init__(title=title, custom_id=custom_id, timeout=None)
        for field in fields:
            self.add_item(field)
        self.stop()  # discord.py would otherwise keep it, and handle its submission as well

    @classmethod
    @abstractmethod
    async def receive(
        cls, interaction: discord.Interaction[Any], match: re.Match[str], filled_in: Mapping[str, str]
    ) -> None:
        """Handle a submission: the match of the custom_id, and what was typed or chosen in each field, by its id."""


def admits(interaction: discord.Interaction[Any]) -> bool:
    """Return whether to handle an interaction, and remember it: each is handled once."""
    return _client(interaction).admission.admits(interaction)


async def handle(
    interaction: discord.Interaction[Any], act: Callable[[], Awaitable[None]], *, goes_along: bool = False
) -> None:
    """Handle a click or a form, in the language of the person it comes from, and tell them if that fails.

    Where a person brought the bot along, do only what `goes_along`.
    """
    speak(language_of(interaction))
    try:
        if goes_along or not is_brought_along(interaction):
            await act()
        else:
            await reply_privately(interaction, render_not_here())
    except Exception:
        with question_logged(interaction.id):
            logger.exception("Failed to handle a click or a form.")
        await responses_of(interaction).tell_of_fault(interaction)


def responses_of(interaction: discord.Interaction[Any]) -> Responses:
    """Return what answers a click."""
    return _client(interaction).responses


def language_of(interaction: discord.Interaction[Any]) -> Language:
    """Return the language to speak with whoever used a command or clicked."""
    return _client(interaction).languages.of_person(interaction)


async def reply_privately(interaction: discord.Interaction[Any], page: Page) -> None:
    """Answer only the person who clicked."""
    await responses_of(interaction).respond(interaction, page, private=True)


async def once(
    interaction: discord.Interaction[Any],
    *key: Hashable,
    work: Callable[[], Awaitable[T]],
    if_busy: Page | None = None,
) -> T | None:
    """Do some work unless it's already running; in that case, say so, or `if_busy`, and return None."""
    turn = turn_of(interaction, *key)
    if turn.locked():
        await reply_privately(interaction, if_busy or render_underway())
        return None
    async with turn:
        return await work()


def turn_of(interaction: discord.Interaction[Any], *key: Hashable) -> asyncio.Lock:
    """Return what to hold while doing some work that waits for the same work elsewhere in this process."""
    return _client(interaction).turns.of(*key)


def _client(interaction: discord.Interaction[Any]) -> Interactive:
    client: Interactive = interaction.client
    return client
