"""The form to teach with, its private preview, and the buttons below that."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

import discord

from bot.discord_app.clicks import NO_TEMPLATE, Clickable, Form, carry_out_once, feature, reply_privately, responses_of
from bot.discord_app.custom_ids import ID, VERSION
from bot.discord_app.forms import parts_in, texts_of
from bot.discord_app.grants import GRANT, TO_MANAGE, Grants
from bot.discord_app.interactions import clicked_message
from bot.discord_app.page import MAX_OPTION, Card, Page, render_storage_away, shorten
from bot.discord_app.permissions import missing_to_moderate, render_missing_permission
from bot.discord_app.teaching import texts
from bot.discord_app.teaching.teaching import TIME_FOR_FORM, Faulty, Lesson, Teaching, in_time, remarks_on
from bot.knowledge.model import Entry
from bot.language.speech import N_, _, in_every_language
from bot.storage.drafts import MAX_TEXT, Draft, DraftGone
from bot.storage.errors import OutcomeUnknown, StorageUnavailable, TracesLeft
from bot.storage.taught import ItemChanged, TaughtItem, TooManyItems

NEW_ENTRY = "+"  # no entry has this id
MAX_OFFERED = 24  # entries in the form, beside a new one

ADD_TO_FAQ = N_("Add to FAQ")
TO_ADD = Grants(ADD_TO_FAQ)

_DRAFT = rf"(?P<draft>{ID})"


class TeachForm(Form):
    """Ask for an entry, a question and an answer.

    The custom_id names the draft (or 0) and the taught item (or 0) that are changed, the item's version, and the grant.
    """

    template: ClassVar[re.Pattern[str]] = re.compile(rf"teach:{_DRAFT}:(?P<item>{ID}):(?P<version>\d{{1,9}}):{GRANT}")

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        chosen: str | None = None,
        question: str = "",
        answer: str = "",
        draft_id: int = 0,
        item: TaughtItem | None = None,
        grant: str = "",
    ) -> None:
        offered = {entry.id: entry.question for entry in entries}
        ids = [chosen, *offered] if chosen in offered else [*offered]
        options = [discord.SelectOption(label=_("A new entry"), value=NEW_ENTRY, default=chosen not in offered)]
        options += [
            discord.SelectOption(label=shorten(offered[id_], MAX_OPTION), value=id_, default=id_ == chosen)
            for id_ in [id_ for id_ in dict.fromkeys(ids) if id_ is not None][:MAX_OFFERED]
        ]
        menu: discord.ui.Select[Any] = discord.ui.Select(custom_id="entry", options=options)
        asked: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="question", default=question[:MAX_TEXT] or None, max_length=MAX_TEXT
        )
        told: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="answer",
            default=answer[:MAX_TEXT] or None,
            max_length=MAX_TEXT,
            required=False,
            style=discord.TextStyle.paragraph,
        )
        super().__init__(
            title=_("Add to FAQ") if item is None else _("Change what you taught"),
            custom_id=f"teach:{draft_id}:{item.item_id if item else 0}:{item.version if item else 0}:{grant}",
            fields=(
                discord.ui.Label(text=_("Which entry answers it?"), component=menu),
                discord.ui.Label(text=_("Question, the way people ask it"), component=asked),
                discord.ui.Label(
                    text=_("Answer"),
                    description=_("Leave this empty to keep the entry's current answer."),
                    component=told,
                ),
            ),
        )

    @classmethod
    async def receive(
        cls, interaction: discord.Interaction[Any], match: re.Match[str], filled_in: Mapping[str, str]
    ) -> None:
        """Keep what was written, and show privately what it would change."""
        draft_id, item_id = int(match["draft"]), int(match["item"])
        grants, grant = TO_MANAGE if item_id else TO_ADD, match["grant"]
        if not draft_id and (missing := grants.missing(interaction, grant)):
            await reply_privately(interaction, render_missing_permission(missing))
            return
        entry_id = filled_in.get("entry") or NEW_ENTRY
        draft = Draft(
            draft_id=draft_id or interaction.id,
            server_id=interaction.guild_id or 0,
            person_id=interaction.user.id,
            entry_id=None if entry_id == NEW_ENTRY else entry_id[:MAX_OPTION],
            question=" ".join(filled_in.get("question", "").split())[:MAX_TEXT],
            answer=filled_in.get("answer", "").strip()[:MAX_TEXT],
            item_id=item_id or None,
            item_version=int(match["version"]) if item_id else None,
            had_it=not grants.holds(interaction, grant),
            created_at=datetime.now(UTC),
        )
        work = _keep(interaction, draft, is_changed=bool(draft_id))
        if draft_id and interaction.message is not None:
            await responses_of(interaction).carry_out(interaction, work)
        else:
            await responses_of(interaction).acknowledged(interaction, work)


class DraftButton(Clickable[discord.ui.Button[Any]], template=NO_TEMPLATE):
    """A button below the preview of somebody's own draft."""

    name: ClassVar[str]

    label: ClassVar[str]
    """In English."""

    def __init__(self, draft_id: int) -> None:
        self.draft_id = draft_id
        custom_id = f"teach-{self.name}:{draft_id}"
        super().__init__(discord.ui.Button(label=_(self.label), custom_id=custom_id))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["draft"]))


class SaveButton(Clickable[discord.ui.Button[Any]], template=rf"teach-save:{_DRAFT}:(?P<anyway>[01]):{VERSION}"):
    """Save a draft, if the knowledge is still the one that its preview was made with."""

    def __init__(self, draft_id: int, version: str, *, anyway: bool) -> None:
        self.draft_id = draft_id
        self.version = version
        self.anyway = anyway
        label = _("Save anyway") if anyway else _("Save")
        style = discord.ButtonStyle.danger if anyway else discord.ButtonStyle.success
        custom_id = f"teach-save:{draft_id}:{anyway:d}:{version}"
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id, style=style))

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction[Any], __: Any, match: re.Match[str], /) -> Self:
        """Build the button that was clicked."""
        return cls(int(match["draft"]), match["version"], anyway=match["anyway"] == "1")

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save."""
        await _use_draft(interaction, self.draft_id, lambda: self._save(interaction))

    async def _save(self, interaction: discord.Interaction[Any]) -> Page:
        teaching = feature(interaction, Teaching)
        draft = await _own_draft(interaction, self.draft_id)
        if draft.had_it and (missing := missing_to_moderate(interaction)):
            return render_missing_permission(missing)
        try:
            lesson = await teaching.read(draft)
            if lesson.version != self.version:
                return await _preview(teaching, lesson, headed=_(texts.KNOWLEDGE_CHANGED))
        except Faulty as fault:
            return _faulty(str(fault), draft)
        waits = await teaching.waits(interaction)
        try:
            await teaching.save(lesson, waits=waits)
        except ItemChanged:
            is_gone = await _item_of(teaching, draft) is None
            return texts.render_item_gone() if is_gone else _faulty(texts.changed_since(), draft)
        except TooManyItems:
            return _faulty(texts.full(), draft)
        return texts.render_saved(draft.question, waits=waits)


class ChangeButton(DraftButton, template=rf"teach-change:{_DRAFT}"):
    """Open the form again, with what was written."""

    name = "change"
    label = N_("Change")

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form, if the draft can be read in time."""
        try:
            draft, item = await in_time(self._read(interaction), TIME_FOR_FORM)
        except DraftGone:
            await reply_privately(interaction, texts.render_draft_gone())
            return
        except (TimeoutError, StorageUnavailable):
            await reply_privately(interaction, render_storage_away())
            return
        if draft.item_id is not None and item is None:
            await reply_privately(interaction, texts.render_item_gone())
            return
        await open_form(
            interaction,
            chosen=draft.entry_id,
            question=draft.question,
            answer=draft.answer,
            draft_id=draft.draft_id,
            item=item,
        )

    async def _read(self, interaction: discord.Interaction[Any]) -> tuple[Draft, TaughtItem | None]:
        draft = await _own_draft(interaction, self.draft_id)
        return draft, await _item_of(feature(interaction, Teaching), draft)


class DiscardButton(DraftButton, template=rf"teach-discard:{_DRAFT}"):
    """Forget a draft."""

    name = "discard"
    label = N_("Discard")

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Discard."""
        await _use_draft(interaction, self.draft_id, lambda: self._discard(interaction))

    async def _discard(self, interaction: discord.Interaction[Any]) -> Page:
        with suppress(TracesLeft):  # erased within the hour
            await feature(interaction, Teaching).drafts.discard(await _own_draft(interaction, self.draft_id))
        return texts.render_discarded()


async def open_form(
    interaction: discord.Interaction[Any],
    *,
    chosen: str | None = None,
    question: str = "",
    answer: str = "",
    draft_id: int = 0,
    item: TaughtItem | None = None,
    grant: str = "",
) -> None:
    """Open the form to teach with, with the nearest entries, if they are found in time."""
    teaching = feature(interaction, Teaching)
    entries: tuple[Entry, ...] = ()
    with suppress(TimeoutError):
        text = question or answer
        entries = await in_time(teaching.offered(interaction.guild_id or 0, text, item=item), TIME_FOR_FORM)
    form = TeachForm(
        entries, chosen=chosen, question=question, answer=answer, draft_id=draft_id, item=item, grant=grant
    )
    await responses_of(interaction).open_form(interaction, form)


async def _keep(interaction: discord.Interaction[Any], draft: Draft, *, is_changed: bool) -> Page:
    """Store a draft and return its preview."""
    teaching = feature(interaction, Teaching)
    try:
        if is_changed:
            former = await _own_draft(interaction, draft.draft_id)
            draft = replace(draft, had_it=former.had_it, item_id=former.item_id)
            if draft.had_it and (missing := missing_to_moderate(interaction)):
                return render_missing_permission(missing)
        await teaching.drafts.keep(draft)
        item = await _item_of(teaching, draft)
    except DraftGone:
        return texts.render_draft_gone()
    except StorageUnavailable as error:
        return texts.render_away_with_text(draft, error)
    if draft.item_id is not None and item is None:
        return texts.render_item_gone()
    if item is not None and item.version != draft.item_version:
        return _faulty(texts.changed_since(), draft)
    try:
        return await _preview(teaching, await teaching.read(draft))
    except Faulty as fault:
        return _faulty(str(fault), draft)


async def _preview(teaching: Teaching, lesson: Lesson, *, headed: str = "") -> Page:
    """Return how a draft would look and what it would change.

    Raises:
        Faulty: It can't be saved as it is.
    """
    trial = await teaching.check(lesson)
    page = texts.render_preview(
        trial.answering.topic(lesson.entry_id),
        lesson.draft.question,
        is_new=lesson.draft.entry_id is None,
        taken=trial.taken,
        broken=trial.broken,
        remarks=remarks_on(lesson),
    )
    save = SaveButton(lesson.draft.draft_id, lesson.version, anyway=bool(trial.broken))
    return _with_buttons(page.headed(headed) if headed else page, lesson.draft, save)


def _with_buttons(page: Page, draft: Draft, *first: SaveButton) -> Page:
    return replace(page, items=(*first, ChangeButton(draft.draft_id), DiscardButton(draft.draft_id)))


def _faulty(fault: str, draft: Draft) -> Page:
    """Return what is wrong with a draft, and its buttons but the one to save it."""
    return _with_buttons(texts.render_fault(fault, draft), draft)


async def _use_draft(interaction: discord.Interaction[Any], draft_id: int, work: Callable[[], Awaitable[Page]]) -> None:
    """Replace the preview with what some work with its draft returns; if the database is away, leave it there."""
    clicked = clicked_message(interaction)
    made_by = clicked.interaction_metadata
    if made_by is not None and made_by.user.id != interaction.user.id:  # and must not lose their preview
        await reply_privately(interaction, texts.render_draft_gone())
        return

    async def page() -> Page:
        try:
            return await work()
        except DraftGone:
            return texts.render_draft_gone()
        except StorageUnavailable as error:
            return _left_there(clicked, error)

    await carry_out_once(interaction, "teach", draft_id, work=page)


def _left_there(preview: discord.Message, error: StorageUnavailable) -> Page:
    """Return a preview again, below a line that says that the database can't be reached."""
    lines = (lambda: render_storage_away().content, lambda: render_storage_away(OutcomeUnknown()).content)
    said_before = {text for line in lines for text in in_every_language(line)}
    texts_there = "\n\n".join(text for text in texts_of(preview) if text not in said_before)
    there = (Card(text=texts_there),)
    return replace(render_storage_away(error), cards=there, items=tuple(_buttons_in(preview.components)))


def _buttons_in(components: Iterable[Any]) -> Iterator[discord.ui.Button[Any]]:
    for part in parts_in(components):
        if isinstance(part, discord.Button) and part.custom_id:
            yield discord.ui.Button(label=part.label, custom_id=part.custom_id, style=part.style)


async def _item_of(teaching: Teaching, draft: Draft) -> TaughtItem | None:
    """Return what a draft changes."""
    return None if draft.item_id is None else await teaching.item(draft.server_id, draft.item_id)


async def _own_draft(interaction: discord.Interaction[Any], draft_id: int) -> Draft:
    drafts = feature(interaction, Teaching).drafts
    return await drafts.own(draft_id, server_id=interaction.guild_id or 0, person_id=interaction.user.id)
