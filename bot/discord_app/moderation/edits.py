"""Say what became of an edit of the knowledge."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.authoring.comparison import ContentChange, ContentChanges
from bot.authoring.watching import Kept, Reload, Served, Unchanged
from bot.discord_app.page import MAX_CONTENT, Page, shorten, whole_lines
from bot.knowledge.faults import Fault
from bot.library import Refused

MAX_FAULT = 400  # characters
MAX_FAULTS_SHOWN = 4


def render_not_the_owner() -> Page:
    """Say who can reload the knowledge."""
    return Page(content="Only this bot's owner can reload my knowledge. I also reload it whenever the files change.")


def render_reload(outcome: Reload) -> Page:
    """Report the result of a reload."""
    match outcome:
        case Served(version=version, changes=changes, broken=broken):
            lines = [f"I now answer from version `{version}`.", *_changes(changes)]
            lines += ["Some examples fail:", *_faults(broken)] if broken else []
            return Page(content=whole_lines("\n".join(lines), MAX_CONTENT))
        case Unchanged(version=version):
            return Page(content=f"Nothing has changed. I still answer from version `{version}`.")
        case Kept():
            return Page(content=_refusal(outcome))


def render_refused_edit(refusal: Kept) -> Page:
    """Tell the bot's owner that an edit can't be used."""
    ending = "\nFix the files and save them, and I'll try again."
    text = f"**I can't use an edit to my knowledge.**\n{_refusal(refusal)}"
    return Page(content=whole_lines(text, MAX_CONTENT - len(ending)) + ending)


def render_refused_folder(refused: Refused) -> Page:
    """Tell the bot's owner that a server's knowledge can't be used."""
    what = "what I read there before" if refused.has_last_good else "my shared knowledge"
    lines = [
        f"**I can't use the knowledge in servers/{_escaped(refused.folder)}.**",
        f"In its servers, I answer from {what} until you fix it:",
        *_faults(refused.faults),
    ]
    return Page(content=whole_lines("\n".join(lines), MAX_CONTENT))


def _refusal(refusal: Kept) -> str:
    lines = [f"I still answer from the last good version: {_lowered(refusal.reason)}", *_faults(refusal.faults)]
    return whole_lines("\n".join(lines), MAX_CONTENT - 200)


def _faults(faults: Sequence[Fault]) -> list[str]:
    lines = [f"- {shorten(_escaped(str(fault)), MAX_FAULT)}" for fault in faults[:MAX_FAULTS_SHOWN]]
    more = len(faults) - MAX_FAULTS_SHOWN
    return [*lines, f"- {more} more. Run `tpm-bot check` to see them all."] if more > 0 else lines


def _changes(changes: ContentChanges) -> list[str]:
    kinds = (("Added", changes.added), ("Changed", changes.changed), ("Removed", changes.removed))
    return [f"- {kind}: {_change(change)}" for kind, found in kinds for change in found]


def _change(change: ContentChange) -> str:
    details = f" ({'; '.join(change.details)})" if change.details else ""
    return _escaped(shorten(f"{change.what}{details}", MAX_FAULT))


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _escaped(text: str) -> str:
    return discord.utils.escape_markdown(text)
