"""Say what became of an edit of the knowledge."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.authoring.comparison import ContentChange, ContentChanges
from bot.authoring.watching import Kept, Reload, Served, Unchanged
from bot.discord_app.page import MAX_CONTENT, Page, shorten, whole_lines
from bot.knowledge.faults import Fault
from bot.language.speech import _, ngettext
from bot.library import Refused

MAX_FAULT = 400  # characters
MAX_FAULTS_SHOWN = 4


def render_not_the_owner() -> Page:
    """Say who can reload the knowledge."""
    text = _("Only this bot's owner can reload my knowledge. I also reload it whenever the files change.")
    return Page(content=text)


def render_reload(outcome: Reload) -> Page:
    """Report the result of a reload."""
    match outcome:
        case Served(version=version, changes=changes, broken=broken):
            lines = [_("I now answer from version `{version}`.", version=version), *_changes(changes)]
            lines += [_("Some examples fail:"), *_faults(broken)] if broken else []
            return Page(content=whole_lines("\n".join(lines), MAX_CONTENT))
        case Unchanged(version=version):
            same = _("Nothing has changed. I still answer from version `{version}`.", version=version)
            return Page(content=same)
        case Kept():
            return Page(content=_refusal(outcome))


def render_refused_edit(refusal: Kept) -> Page:
    """Tell the bot's owner that an edit can't be used."""
    head, ending = _("**I can't use an edit to my knowledge.**"), _("Fix the files and save them, and I'll try again.")
    text = whole_lines(f"{head}\n{_refusal(refusal)}", MAX_CONTENT - len(ending) - 1)
    return Page(content=f"{text}\n{ending}")


def render_refused_folder(refused: Refused) -> Page:
    """Tell the bot's owner that a server's knowledge can't be used."""
    if refused.has_last_good:
        until_then = _("In its servers, I answer from what I read there before until you fix it:")
    else:
        until_then = _("In its servers, I answer from my shared knowledge until you fix it:")
    head = _("**I can't use the knowledge in servers/{folder}.**", folder=_escaped(refused.folder))
    lines = [head, until_then, *_faults(refused.faults)]
    return Page(content=whole_lines("\n".join(lines), MAX_CONTENT))


def _refusal(refusal: Kept) -> str:
    head = _("I still answer from the last good version: {reason}", reason=_lowered(refusal.reason))
    lines = [head, *_faults(refusal.faults)]
    return whole_lines("\n".join(lines), MAX_CONTENT - 200)


def _faults(faults: Sequence[Fault]) -> list[str]:
    lines = [f"- {shorten(_escaped(str(fault)), MAX_FAULT)}" for fault in faults[:MAX_FAULTS_SHOWN]]
    more = len(faults) - MAX_FAULTS_SHOWN
    if more <= 0:
        return lines
    rest = ngettext(
        "{count} more. Run `tpm-bot check` to see them all.",
        "{count} more. Run `tpm-bot check` to see them all.",
        more,
        count=more,
    )
    return [*lines, f"- {rest}"]


def _changes(changes: ContentChanges) -> list[str]:
    lines = [_("Added: {what}", what=_change(change)) for change in changes.added]
    lines += [_("Changed: {what}", what=_change(change)) for change in changes.changed]
    lines += [_("Removed: {what}", what=_change(change)) for change in changes.removed]
    return [f"- {line}" for line in lines]


def _change(change: ContentChange) -> str:
    details = f" ({'; '.join(change.details)})" if change.details else ""
    return _escaped(shorten(f"{change.what}{details}", MAX_FAULT))


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _escaped(text: str) -> str:
    return discord.utils.escape_markdown(text)
