"""What the bot says while it's being taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import discord

from bot.answering import Answer, Answered
from bot.authoring.examples import BrokenExample
from bot.authoring.trying_out import Taken
from bot.discord_app.asking.answers import describe_answers
from bot.discord_app.page import MAX_CONTENT, Page, render_storage_away, shorten, whole_lines
from bot.storage import drafts
from bot.storage.drafts import Draft
from bot.storage.taught import MAX_ITEMS

MAX_LISTED = 5  # questions that would be taken, or examples that would break
MAX_QUOTED = 150  # characters


def quoted(text: str, limit: int = MAX_QUOTED) -> str:
    """Return a text in quotes, on one line, as it was typed."""
    return f"“{shorten(discord.utils.escape_markdown(' '.join(text.split())), limit)}”"


def render_preview(
    answer: Answer,
    question: str,
    *,
    is_new: bool,
    taken: Sequence[Taken],
    broken: Sequence[BrokenExample],
    remarks: Sequence[str],
) -> Page:
    """Show how a taught question would be answered, and what else would change. The buttons are the caller's."""
    what = "a new entry" if is_new else f"another way to ask {quoted(answer.entry.question)}"
    lines = [f"**Preview.** {quoted(question)} as {what}. Nothing is saved yet.", *(f"⚠️ {each}" for each in remarks)]
    if taken:
        lines += ["It would take over these questions:", *_listed([_taken(each) for each in taken])]
    if broken:
        lines += ["It would break these examples:", *_listed([each.problem for each in broken])]
    shown = describe_answers(Answered((answer,), confidence=1.0, decisions=()))
    return replace(shown, content=whole_lines("\n".join(lines), MAX_CONTENT - 200), topics=())


def render_saved(question: str, *, waits: bool) -> Page:
    """Confirm that something was taught."""
    if waits:
        return Page(
            content=f"Saved {quoted(question)}. I'll answer it once someone with **Manage Server** approves it in "
            "`/manage taught`."
        )
    return Page(content=f"Saved. From now on I answer {quoted(question)} in this server. `/manage taught` undoes it.")


def render_fault(fault: str, draft: Draft) -> Page:
    """Say what is wrong with a draft. The buttons are the caller's."""
    return Page(content=f"{fault} Nothing is saved yet.\n{_draft(draft)}")


def render_discarded() -> Page:
    """Confirm that a draft was discarded."""
    return Page(content="Discarded. I didn't learn anything.")


def render_draft_gone() -> Page:
    """Say that a draft can't be found."""
    hours = int(drafts.KEPT_FOR.total_seconds()) // 3600
    return Page(content=f"That draft is gone: it was saved or discarded, or it's older than {hours} hours.")


def render_item_gone() -> Page:
    """Say that a taught item can't be found."""
    return Page(content="That isn't taught here anymore: somebody undid it, or it's now in the knowledge files.")


def render_away_with_text(draft: Draft) -> Page:
    """Say that a draft can't be kept, and give back what was written."""
    return Page(content=f"{render_storage_away().content} Here's what you wrote:\n{_draft(draft)}")


CHANGED_SINCE = "Somebody else changed this while you were editing it. **Change** opens your text again."
KNOWLEDGE_CHANGED = "What I know has changed since the last preview."
ENTRY_GONE = "The entry that you chose is gone. Choose another one."
NO_QUESTION = "I don't see a question there. Write it the way people ask it."
UNWRITTEN = "The answer starts with TODO. Write the answer."
TAUGHT_ALREADY = "I've already been taught that question here. To change it, use `/manage taught`."
KNOWN_ALREADY = "I already have that question with that answer."
NO_ANSWER = "A new entry needs an answer."
FULL = f"This server has taught me {MAX_ITEMS} things, which is all I can keep. Undo some in `/manage taught`."


def too_long(what: str, length: int, limit: int) -> str:
    """Say that a text is too long."""
    return f"The {what} is {length:,} characters long, and the limit is {limit:,}."


def _draft(draft: Draft) -> str:
    text = "\n".join(f"> {line}" for line in (f"**{draft.question}**", *draft.answer.splitlines()))
    return shorten(text, MAX_CONTENT - 300)


def _taken(taken: Taken) -> str:
    return f"{quoted(taken.question)} from {quoted(taken.owner)}"


def _listed(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MAX_LISTED
    return [*(f"- {line}" for line in lines[:MAX_LISTED]), *([f"- and {more} more"] if more > 0 else [])]
