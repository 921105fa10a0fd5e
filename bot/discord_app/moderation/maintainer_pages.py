"""Say what those who write the answers read: what became of an edit, and what members asked in vain."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.authoring.comparison import ContentChange, ContentChanges
from bot.authoring.unanswered import UnansweredGroup
from bot.authoring.watching import Kept, Reload, Served, Unchanged
from bot.discord_app.page import COLOR, MAX_CONTENT, MAX_EMBED_DESCRIPTION, Page, shorten, whole_lines
from bot.knowledge.faults import Fault
from bot.knowledge.model import KnowledgeBase

MAX_GAPS_SHOWN = 10
MAX_FAULT = 400  # characters
MAX_FAULTS_SHOWN = 4
MAX_QUESTION_SHOWN = 140  # characters of a question, a phrasing or a reason


def render_not_the_owner() -> Page:
    """Return what to say to somebody who may not reload the knowledge."""
    return Page(
        content="Only the owner of this bot can reload its knowledge, so I did nothing. An edit is served by itself "
        "once it is saved."
    )


def render_reload(outcome: Reload) -> Page:
    """Return what became of a reload."""
    match outcome:
        case Served(version=version, changes=changes, broken=broken):
            lines = [f"I answer from version `{version}` now.", *_changes(changes)]
            lines += ["Examples have another outcome than they should:", *_faults(broken)] if broken else []
            return Page(content=whole_lines("\n".join(lines), MAX_CONTENT))
        case Unchanged(version=version):
            return Page(content=f"Nothing has changed: I answer from version `{version}`, as before.")
        case Kept():
            return Page(content=_refusal(outcome))


def render_refused_edit(refusal: Kept) -> Page:
    """Return what the bot's owner is told when an edit of the knowledge can't be served."""
    ending = "\nSave the files anew, and I'll look again by myself."
    text = f"**An edit of my knowledge isn't served.**\n{_refusal(refusal)}"
    return Page(content=whole_lines(text, MAX_CONTENT - len(ending)) + ending)


def render_gaps(gaps: Sequence[UnansweredGroup], knowledge: KnowledgeBase, *, days: int) -> Page:
    """Return the newest groups of questions that were asked in vain; the buttons to dismiss them stand below."""
    if not gaps:
        return Page(
            content=f"In the last {days} days nobody has asked me in vain on this server, as far as you can see its "
            "channels."
        )
    shown = gaps[:MAX_GAPS_SHOWN]
    room = (MAX_EMBED_DESCRIPTION - 200) // len(shown)
    parts = [whole_lines(_gap(number, gap, knowledge), room) for number, gap in enumerate(shown, start=1)]
    if more := len(gaps) - len(shown):
        parts.append(f"-# And {more} more: dismiss some of these to see {'it' if more == 1 else 'them'}.")
    text = "\n".join(parts)
    title = "Asked in vain"
    return Page(embeds=(discord.Embed(title=title, description=text, colour=COLOR),), plain=f"**{title}**\n{text}")


def render_no_texts_kept() -> Page:
    """Return what to say where no questions are kept."""
    return Page(content="Whoever runs me has switched off that I keep questions (`QUESTION_TEXT=off`), so I have none.")


def render_being_dismissed() -> Page:
    """Return what to say to a second click on a button that dismisses a group."""
    return Page(content="I'm dismissing that group already.")


def dismiss_label(number: int) -> str:
    """Return what stands on the button that dismisses a group."""
    return f"Dismiss {number}"


def render_dismissed() -> Page:
    """Return what takes the place of the list when it can't be read again."""
    return Page(
        content="Dismissed. I can't read the rest of the list now; `/manage gaps` shows it when my database is back."
    )


def render_group_gone(page: Page) -> Page:
    """Return the list anew when a group isn't in it any more."""
    head = "That group is gone already: somebody dismissed it, its messages were deleted, or I can answer it now."
    content = "\n".join(filter(None, [head, page.content]))
    return Page(
        content=content, embeds=page.embeds, plain=f"{head}\n{page.plain}" if page.plain else "", items=page.items
    )


def _refusal(refusal: Kept) -> str:
    lines = [f"I keep answering from what I had: {_lowered(refusal.reason)}", *_faults(refusal.faults)]
    return whole_lines("\n".join(lines), MAX_CONTENT - 200)


def _faults(faults: Sequence[Fault]) -> list[str]:
    lines = [f"- {shorten(_escaped(str(fault)), MAX_FAULT)}" for fault in faults[:MAX_FAULTS_SHOWN]]
    more = len(faults) - MAX_FAULTS_SHOWN
    return [*lines, f"- And {more} more; `tpm-bot check` shows all."] if more > 0 else lines


def _changes(changes: ContentChanges) -> list[str]:
    kinds = (("Added", changes.added), ("Changed", changes.changed), ("Removed", changes.removed))
    return [f"- {kind}: {_change(change)}" for kind, found in kinds for change in found]


def _change(change: ContentChange) -> str:
    details = f" ({'; '.join(change.details)})" if change.details else ""
    return _escaped(shorten(f"{change.what}{details}", MAX_FAULT))


def _gap(number: int, gap: UnansweredGroup, knowledge: KnowledgeBase) -> str:
    count = len(gap.questions)
    times = "once" if count == 1 else f"{count} times"
    newest = discord.utils.format_dt(gap.newest, "R")
    lines = [f"{number}. **“{_quoted(gap.representative.text)}”** {times}, last {newest}"]
    if nearest := gap.nearest:
        questions = {entry.id: entry.question for entry in knowledge.entries}
        name = questions.get(nearest.entry_id, nearest.entry_id)
        lines.append(f"  - nearest: {_quoted(name)}")
        lines.append(f"  - {_quoted(nearest.why)}")
    return "\n".join(lines) + "\n"


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _quoted(text: str) -> str:
    return shorten(_escaped(text), MAX_QUESTION_SHOWN)


def _escaped(text: str) -> str:
    return discord.utils.escape_markdown(text)
