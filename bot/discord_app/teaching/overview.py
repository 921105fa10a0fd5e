"""`/manage taught`: what a server taught the bot, and the buttons to edit, approve and undo it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import discord
from discord import app_commands

from bot.authoring.taught import standings_of
from bot.discord_app.asking.answers import describe_answers
from bot.discord_app.clicks import NO_TEMPLATE, Clickable, Feature, feature, once, reply_privately, responses_of
from bot.discord_app.custom_ids import ID
from bot.discord_app.grants import GRANT, TO_MANAGE
from bot.discord_app.page import (
    MAX_LIST,
    MAX_OPTION,
    Card,
    Page,
    render_storage_away,
    shorten,
    whole_lines,
)
from bot.discord_app.permissions import missing_to_set, render_missing_permission
from bot.discord_app.teaching.drafting import open_form
from bot.discord_app.teaching.teaching import TIME_FOR_FORM, Teaching, in_time
from bot.discord_app.teaching.texts import quoted, render_item_gone
from bot.knowledge.model import Entry
from bot.knowledge.taught import Standing
from bot.language.speech import N_, _
from bot.outcomes import Answer, Answered
from bot.storage.errors import StorageUnavailable
from bot.storage.taught import ItemChanged, TaughtItem

PER_PAGE = 10

_ITEM = rf"(?P<item>{ID})"
_VERSION = r"(?P<version>\d{1,9})"


class PageButton(Clickable[discord.ui.Button[Any]], template=rf"^taught-page:(?P<page>\d{{1,4}}):{GRANT}$"):
    """Show another part of the list."""

    def __init__(self, page: int, grant: str, *, label: str = "") -> None:
        self.page = page
        self.grant = grant
        super().__init__(discord.ui.Button(label=label or _("Back"), custom_id=f"taught-page:{page}:{grant}", row=1))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["page"]), match["grant"])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Show it."""
        await _replace(interaction, self.grant, lambda: _list(interaction, self.page, self.grant))


class ItemMenu(Clickable[discord.ui.Select[Any]], template=rf"^taught-pick:{GRANT}$"):
    """Show one of the items listed."""

    def __init__(self, options: list[discord.SelectOption], grant: str) -> None:
        self.grant = grant
        menu: discord.ui.Select[Any] = discord.ui.Select(
            custom_id=f"taught-pick:{grant}", placeholder=_("Choose one to edit or undo it"), options=options, row=0
        )
        super().__init__(menu)

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], item: Any, match: re.Match[str], /) -> Self:
        """Build the menu that was used."""
        return cls(item.options, match["grant"])

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Show it."""
        chosen = self.item.values[0]
        item_id = int(chosen) if re.fullmatch(ID, chosen) else 0
        await _replace(interaction, self.grant, lambda: _item(interaction, item_id, self.grant))


class ItemButton(Clickable[discord.ui.Button[Any]], template=NO_TEMPLATE):
    """A button for one taught item, as it was when it was shown."""

    name: str
    label: str
    """In English."""
    style = discord.ButtonStyle.secondary

    def __init__(self, item_id: int, version: int, grant: str) -> None:
        self.item_id = item_id
        self.version = version
        self.grant = grant
        custom_id = f"taught-{self.name}:{item_id}:{version}:{grant}"
        super().__init__(discord.ui.Button(label=_(self.label), custom_id=custom_id, style=self.style, row=0))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["item"]), int(match["version"]), match["grant"])

    async def change(
        self, interaction: discord.Interaction[Any], change: Callable[[TaughtItem], Awaitable[None]], done: str
    ) -> None:
        """Change the item once, unless somebody else did, and show the list below what was `done`, in English."""
        await once(
            interaction,
            "taught",
            interaction.guild_id,
            interaction.user.id,
            self.item_id,
            work=lambda: _replace(interaction, self.grant, lambda: self._changed(interaction, change, done)),
        )

    async def _changed(
        self, interaction: discord.Interaction[Any], change: Callable[[TaughtItem], Awaitable[None]], done: str
    ) -> Page:
        teaching = feature(interaction, Teaching)
        item = await teaching.item(interaction.guild_id or 0, self.item_id)
        if item is None:
            return (await _list(interaction, 0, self.grant)).headed(render_item_gone().content)
        try:
            await change(replace(item, version=self.version))
        except ItemChanged:
            await teaching.taught.refresh()
            head = _("Somebody changed this after you opened it, so I left it alone.")
            return (await _item(interaction, self.item_id, self.grant)).headed(head)
        await teaching.learned(item.server_id)
        return (await _list(interaction, 0, self.grant)).headed(_(done, question=quoted(item.question)))


class EditButton(ItemButton, template=rf"^taught-edit:{_ITEM}:{_VERSION}:{GRANT}$"):
    """Open the form with what was taught."""

    name = "edit"
    label = N_("Edit")

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Open it, with the item as it is now, if that is known in time."""
        if missing := TO_MANAGE.missing(interaction, self.grant):
            await reply_privately(interaction, render_missing_permission(missing))
            return
        finding = feature(interaction, Teaching).item(interaction.guild_id or 0, self.item_id)
        try:
            item = await in_time(finding, TIME_FOR_FORM)
        except (TimeoutError, StorageUnavailable):
            await reply_privately(interaction, render_storage_away())
            return
        if item is None:
            await reply_privately(interaction, render_item_gone())
            return
        grant, answer = self.grant, item.answer or ""
        await open_form(
            interaction, chosen=item.entry_id, question=item.question, answer=answer, item=item, grant=grant
        )


class UndoButton(ItemButton, template=rf"^taught-undo:{_ITEM}:{_VERSION}:{GRANT}$"):
    """Delete what was taught."""

    name = "undo"
    label = N_("Undo")
    style = discord.ButtonStyle.danger

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Undo it."""
        remove = feature(interaction, Teaching).taught.remove
        await self.change(interaction, remove, N_("Undone: {question}."))


class ApproveButton(ItemButton, template=rf"^taught-approve:{_ITEM}:{_VERSION}:{GRANT}$"):
    """Let what was taught answer."""

    name = "approve"
    label = N_("Approve")
    style = discord.ButtonStyle.success

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Approve it, which takes Manage Server."""
        if missing := missing_to_set(interaction):
            await reply_privately(interaction, render_missing_permission(missing))
            return
        approve = feature(interaction, Teaching).taught.approve
        await self.change(interaction, approve, N_("Approved: {question}."))


class TaughtOverview(Feature):
    """Show moderators what the bot was taught in their server."""

    items = (PageButton, ItemMenu, EditButton, UndoButton, ApproveButton)

    def __init__(self, *, manage: app_commands.Group) -> None:
        description = N_("Show what I was taught in this server, by whom, and when. Edit, approve, or undo it.")
        manage.command(description=description)(self.taught)

    async def taught(self, interaction: discord.Interaction[Any]) -> None:
        """List what was taught."""
        grant = TO_MANAGE.to(interaction)
        await responses_of(interaction).acknowledged(interaction, _list(interaction, 0, grant))


def render_items(
    items: Sequence[TaughtItem],
    standings: Mapping[int, Standing],
    entries: Mapping[str, str],
    *,
    page: int,
    grant: str,
) -> Page:
    """Return a part of what was taught, the newest first, with a menu to choose from it."""
    if not items:
        nothing = _(
            "Nobody has taught me anything here yet. Right-click a message, then Apps → **{add_to_faq}**.",
            add_to_faq=_("Add to FAQ"),
        )
        return Page(content=nothing)
    newest_first = sorted(items, key=lambda item: (item.waits, item.taught_at, item.item_id), reverse=True)
    last = (len(items) - 1) // PER_PAGE
    page = min(page, last)
    shown = list(enumerate(newest_first, start=1))[page * PER_PAGE : (page + 1) * PER_PAGE]
    lines = [f"{number}. {_line(item, standings[item.item_id], entries)}" for number, item in shown]
    if last:
        where = _("Page {page} of {pages}, {count} in all", page=page + 1, pages=last + 1, count=len(items))
        lines.append(f"-# {where}")
    card = Card(title=_("What I was taught here"), text=whole_lines("\n".join(lines), MAX_LIST))
    options = [
        discord.SelectOption(label=shorten(f"{number}. {item.question}", MAX_OPTION), value=str(item.item_id))
        for number, item in shown
    ]
    turns = [PageButton(page - 1, grant, label="◀")] if page else []
    turns += [PageButton(page + 1, grant, label="▶")] if page < last else []
    return Page(cards=(card,), items=(ItemMenu(options, grant), *turns))


def render_item(item: TaughtItem, standing: Standing, entries: Mapping[str, str], *, grant: str) -> Page:
    """Return one taught item with its buttons."""
    buttons: list[ItemButton] = [
        EditButton(item.item_id, item.version, grant),
        UndoButton(item.item_id, item.version, grant),
    ]
    if item.waits:
        buttons.append(ApproveButton(item.item_id, item.version, grant))
    shown = Page(content="")
    if item.answer:
        entry = Entry(item.entry_id, item.question, item.answer, (item.question,))
        shown = describe_answers(Answered((Answer(entry, (), None),), confidence=1.0, decisions=()))
    buttons_below = (*buttons, PageButton(0, grant))
    return replace(shown, content=_line(item, standing, entries), topics=(), items=buttons_below)


def _line(item: TaughtItem, standing: Standing, entries: Mapping[str, str]) -> str:
    facts = {
        "question": quoted(item.question),
        "what": _standing(item, standing, quoted(entries.get(item.entry_id, item.entry_id), 80)),
        "person": f"<@{item.taught_by}>" if item.taught_by else _("someone who asked to be forgotten"),
        "when": discord.utils.format_dt(item.taught_at, "R"),
    }
    if item.waits:
        return _("**{question}**: {what}, **waits for approval**, by {person}, {when}", **facts)
    return _("**{question}**: {what}, by {person}, {when}", **facts)


def _standing(item: TaughtItem, standing: Standing, entry: str) -> str:
    match standing:
        case Standing.NEW_ENTRY:
            return _("a new entry")
        case Standing.PHRASING if item.answer:
            return _("another answer to {entry}", entry=entry)
        case Standing.PHRASING:
            return _("another way to ask {entry}", entry=entry)
        case Standing.IN_FOLDER:
            return _("now in the knowledge files, so I'll delete this copy")
        case Standing.WITHOUT_ENTRY:
            return _("**has no effect**: the entry {entry} is gone", entry=entry)


async def _list(interaction: discord.Interaction[Any], page: int, grant: str) -> Page:
    items, standings, entries = await _taught(interaction)
    return render_items(items, standings, entries, page=page, grant=grant)


async def _item(interaction: discord.Interaction[Any], item_id: int, grant: str) -> Page:
    items, standings, entries = await _taught(interaction)
    item = next((item for item in items if item.item_id == item_id), None)
    if item is None:
        listed = render_items(items, standings, entries, page=0, grant=grant)
        return listed.headed(render_item_gone().content)
    return render_item(item, standings[item.item_id], entries, grant=grant)


async def _taught(
    interaction: discord.Interaction[Any],
) -> tuple[tuple[TaughtItem, ...], Mapping[int, Standing], Mapping[str, str]]:
    """Return what a server was taught, what becomes of it, and the questions of the entries there."""
    teaching, server_id = feature(interaction, Teaching), interaction.guild_id or 0
    await teaching.taught.load_all()
    items = teaching.taught.of(server_id)
    laid = await asyncio.to_thread(standings_of, items, await teaching.library.folder_of_server(server_id))
    return items, laid.standings, {entry.id: entry.question for entry in laid.knowledge.entries}


async def _replace(
    interaction: discord.Interaction[Any], grant: str, page: Callable[[], Coroutine[Any, Any, Page]]
) -> None:
    """Replace the list with a page, for those who may see it."""
    if missing := TO_MANAGE.missing(interaction, grant):
        await reply_privately(interaction, render_missing_permission(missing))
    else:
        await responses_of(interaction).carry_out(interaction, page())
