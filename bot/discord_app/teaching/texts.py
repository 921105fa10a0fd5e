"""What the bot says while it's being taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import discord

from bot.authoring.examples import BrokenExample
from bot.authoring.links import LinkFault, MalformedLink
from bot.authoring.trying_out import Taken
from bot.discord_app.asking.answers import describe_answers
from bot.discord_app.page import MAX_CONTENT, Page, render_storage_away, shorten, whole_lines
from bot.discord_app.permissions import permission_name
from bot.language.formats import in_quotes, number, sentences
from bot.language.speech import N_, _, ngettext
from bot.outcomes import Answer, Answered
from bot.storage import drafts
from bot.storage.drafts import Draft
from bot.storage.errors import StorageUnavailable
from bot.storage.taught import MAX_ITEMS

MAX_LISTED = 5  # questions that would be taken, or examples that would break
MAX_QUOTED = 150  # characters

# What is said of a draft, in English:
KNOWLEDGE_CHANGED = N_("What I know has changed since the last preview.")
ENTRY_GONE = N_("The entry that you chose is gone. Choose another one.")
NO_QUESTION = N_("I don't see a question there. Write it the way people ask it.")
UNWRITTEN = N_("The answer starts with TODO. Write the answer.")
TAUGHT_ALREADY = N_("I've already been taught that question here. To change it, use `/manage taught`.")
KNOWN_ALREADY = N_("I already have that question with that answer.")
NO_ANSWER = N_("A new entry needs an answer.")
REPLACES_ANSWER = N_("The answer replaces the entry's current one.")


def quoted(text: str, limit: int = MAX_QUOTED) -> str:
    """Return a text in quotes, on one line, as it was typed."""
    return in_quotes(shorten(discord.utils.escape_markdown(" ".join(text.split())), limit))


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
    if is_new:
        head = _("**Preview.** {question} as a new entry. Nothing is saved yet.", question=quoted(question))
    else:
        head = _(
            "**Preview.** {question} as another way to ask {entry}. Nothing is saved yet.",
            question=quoted(question),
            entry=quoted(answer.entry.question),
        )
    lines = [head, *(f"⚠️ {each}" for each in remarks)]
    if taken:
        lines += [_("It would take over these questions:"), *_listed([_taken(each) for each in taken])]
    if broken:
        lines += [_("It would break these examples:"), *_listed([each.problem for each in broken])]
    shown = describe_answers(Answered((answer,), confidence=1.0, decisions=()))
    return replace(shown, content=whole_lines("\n".join(lines), MAX_CONTENT - 200), topics=())


def render_saved(question: str, *, waits: bool) -> Page:
    """Confirm that something was taught."""
    if waits:
        text = _(
            "Saved {question}. I'll answer it once someone with **{permission}** approves it in `/manage taught`.",
            question=quoted(question),
            permission=permission_name("manage_guild"),
        )
    else:
        text = _(
            "Saved. From now on I answer {question} in this server. `/manage taught` undoes it.",
            question=quoted(question),
        )
    return Page(content=text)


def render_fault(fault: str, draft: Draft) -> Page:
    """Say what is wrong with a draft. The buttons are the caller's."""
    nothing = _("Nothing is saved yet.")
    return Page(content=f"{sentences(fault, nothing)}\n{_draft(draft)}")


def render_discarded() -> Page:
    """Confirm that a draft was discarded."""
    return Page(content=_("Discarded. I didn't learn anything."))


def render_draft_gone() -> Page:
    """Say that a draft can't be found."""
    hours = int(drafts.KEPT_FOR.total_seconds()) // 3600
    gone = ngettext(
        "That draft is gone: it was saved or discarded, or it's older than {count} hour.",
        "That draft is gone: it was saved or discarded, or it's older than {count} hours.",
        hours,
        count=hours,
    )
    return Page(content=gone)


def render_item_gone() -> Page:
    """Say that a taught item can't be found."""
    gone = _("That isn't taught here anymore: somebody undid it, or it's now in the knowledge files.")
    return Page(content=gone)


def render_away_with_text(draft: Draft, error: StorageUnavailable) -> Page:
    """Say that a draft can't be kept, and give back what was written."""
    written = _("Here's what you wrote:")
    return Page(content=f"{sentences(render_storage_away(error).content, written)}\n{_draft(draft)}")


def changed_since() -> str:
    """Say that what was taught isn't what it was when the form was opened."""
    return _(
        "Somebody else changed this while you were editing it. **{change}** opens your text again.", change=_("Change")
    )


def full() -> str:
    """Say that a server can't teach more."""
    return _(
        "This server has taught me {count} things, which is all I can keep. Undo some in `/manage taught`.",
        count=MAX_ITEMS,
    )


def question_too_long(length: int, limit: int) -> str:
    """Say that a question is too long."""
    return _(
        "The question is {length} characters long, and the limit is {limit}.",
        length=number(length),
        limit=number(limit),
    )


def answer_too_long(length: int, limit: int) -> str:
    """Say that an answer is too long."""
    return _(
        "The answer is {length} characters long, and the limit is {limit}.",
        length=number(length),
        limit=number(limit),
    )


def describe_link(link: MalformedLink) -> str:
    """Say what is wrong with a link."""
    written = quoted(link.written)
    match link.problem:
        case LinkFault.NO_SLASHES:
            return _("The link {link} is missing :// after http or https.", link=written)
        case LinkFault.MISSPELLED:
            return _("The link {link} starts with a misspelled https://.", link=written)
        case LinkFault.NO_SCHEME:
            return _("The link {link} is missing https:// in front.", link=written)
        case LinkFault.NO_HOST:
            return _("The link {link} has no complete host name.", link=written)
        case LinkFault.GAP:
            return _("The link {link} has a space between ] and (.", link=written)
        case LinkFault.OPEN:
            return _("The link {link} isn't closed with ).", link=written)
        case LinkFault.NO_LABEL:
            return _("The link {link} has no text between [ and ].", link=written)
        case LinkFault.NO_ADDRESS:
            return _("The link {link} has something other than a web address between ( and ).", link=written)


def _draft(draft: Draft) -> str:
    text = "\n".join(f"> {line}" for line in (f"**{draft.question}**", *draft.answer.splitlines()))
    return shorten(text, MAX_CONTENT - 300)


def _taken(taken: Taken) -> str:
    return _("{question} from {owner}", question=quoted(taken.question), owner=quoted(taken.owner))


def _listed(lines: Sequence[str]) -> list[str]:
    more = len(lines) - MAX_LISTED
    listed = [f"- {line}" for line in lines[:MAX_LISTED]]
    return [*listed, "- " + ngettext("and {count} more", "and {count} more", more, count=more)] if more > 0 else listed
