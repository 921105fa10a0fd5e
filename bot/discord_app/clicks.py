"""Buttons, menus and forms that still work after a restart: everything they need stands in their custom_id."""

from __future__ import annotations

import asyncio
import logging
import re
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, Protocol, Self, TypeVar

import discord
from discord import app_commands
from discord.ext import commands

from bot.discord_app.admission import Admission
from bot.discord_app.forms import parts_in
from bot.discord_app.interactions import Responses
from bot.discord_app.languages import Languages
from bot.discord_app.page import Page, render_not_here, render_underway, render_unknown_button, render_unknown_form
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
        """Update the feature's commands to the knowledge. Return whether any were added or removed."""
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


class OtherInteractions(Feature):
    """Hand each submitted form to its class, and answer what would otherwise look as if the bot were down."""

    def __init__(self, features: Iterable[Feature]) -> None:
        known = tuple(features)
        self._forms = tuple(form for each in known for form in each.forms)
        self._templates: tuple[re.Pattern[str], ...] = tuple(
            item.__discord_ui_compiled_template__ for each in known for item in each.items
        )

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Take up a form, or a click on a button or menu of a much older version."""
        data: Mapping[str, Any] = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        is_form = interaction.type is discord.InteractionType.modal_submit
        is_click = interaction.type is discord.InteractionType.component and not self._is_known(interaction, custom_id)
        if (is_form or is_click) and admits(interaction):
            receive = partial(self._receive, interaction, custom_id, data.get("components"))
            refuse = partial(reply_privately, interaction, render_unknown_button())
            await handle(interaction, receive if is_form else refuse, goes_along=is_click)

    async def _receive(self, interaction: discord.Interaction[Any], custom_id: str, components: Any) -> None:
        for form in self._forms:
            if match := form.template.fullmatch(custom_id):
                await form.receive(interaction, match, dict(_filled_in(components)))
                return
        await reply_privately(interaction, render_unknown_form())

    def _is_known(self, interaction: discord.Interaction[Any], custom_id: str) -> bool:
        parts = parts_in(interaction.message.components if interaction.message else ())
        is_below = custom_id in {getattr(part, "custom_id", None) for part in parts}
        return is_below and any(template.fullmatch(custom_id) for template in self._templates)


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


async def carry_out_once(
    interaction: discord.Interaction[Any],
    *key: Hashable,
    work: Callable[[], Coroutine[Any, Any, Page]],
    if_busy: Page | None = None,
) -> None:
    """Replace the clicked message with the page that some work returns, as in `carry_out`, unless it's running."""
    await once(
        interaction, *key, work=lambda: responses_of(interaction).carry_out(interaction, work()), if_busy=if_busy
    )


def turn_of(interaction: discord.Interaction[Any], *key: Hashable) -> asyncio.Lock:
    """Return what to hold while doing some work that waits for the same work elsewhere in this process."""
    return _client(interaction).turns.of(*key)


def _client(interaction: discord.Interaction[Any]) -> Interactive:
    client: Interactive = interaction.client
    return client


def _filled_in(components: Any) -> Iterator[tuple[str, str]]:
    """Yield the id of each field and what was typed in it, or the first of what was chosen."""
    for component in components if isinstance(components, list) else ():
        yield from _filled_in(component.get("components"))
        yield from _filled_in([component["component"]] if "component" in component else ())
        if "custom_id" in component:
            chosen = component.get("values") or [""]
            yield str(component["custom_id"]), str(component.get("value", chosen[0]) or "")
