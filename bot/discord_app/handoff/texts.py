"""What people read when a question is handed to a human, and how it is read back from the bot's own messages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import discord

from bot.discord_app.page import MAX_CONTENT, Page, shorten
from bot.discord_app.permissions import may_ping, missing_to_open_thread, permission_name
from bot.language.formats import sentences
from bot.language.speech import _, read_back
from bot.storage.servers import ServerSettings

MAX_QUESTION = 1000  # characters of a question that are passed on
MAX_TITLE = 90

_QUOTE = "> "
_PERSON = re.compile(r"<@!?(\d{1,20})>")
_MARK = re.compile(r"<(?:@[!&]?|#|a?:\w+:)\d+>")


def quote(question: str) -> str:
    """Return a question as a quote, which `quoted_in` reads: no line of it can pass for the bot's."""
    lines = (line for line in question.splitlines() if line.strip())
    return shorten("\n".join(f"{_QUOTE}{line}" for line in lines), MAX_QUESTION)


def quoting(text: str, question: str) -> str:
    """Return a text with the question below it, as a quote."""
    return "\n".join(filter(None, [text, quote(question)]))


def quoted_in(texts: Iterable[str]) -> str:
    """Return the question that is quoted in one of the bot's messages; "" without one."""
    lines = (line for text in texts for line in text.splitlines())
    return "\n".join(line.removeprefix(_QUOTE) for line in lines if line.startswith(_QUOTE))


def answered_in(texts: Iterable[str]) -> str:
    """Return which answers `render_still_looking` names in one of the bot's messages; "" without any."""
    lines = (line for text in texts for line in text.splitlines())
    return next(filter(None, (read_back(line, _named) for line in lines)), "")


def render_still_looking(thanks: str, question: str, answers: Sequence[str]) -> str:
    """Offer to ask a human after an answer that didn't help, and show what they would see."""
    offer = sentences(thanks, _("If you still need an answer, ask a human."))
    return f"{quoting(offer, question)}\n{_named(shorten(' · '.join(answers), 600))}"


def render_opening(*, asker_id: int, question: str, offered: str, address: str | None) -> Page:
    """Return the message that a hand-off begins with. It mentions the asker before anything that others wrote."""
    if address:
        head = _(
            "**A question for humans** from <@{asker}> ([their message]({address}))", asker=asker_id, address=address
        )
    else:
        head = _("**A question for humans** from <@{asker}>", asker=asker_id)
    return Page(content=shorten(f"{quoting(head, question)}\n{offered}", MAX_CONTENT))


def asker_in(opening: str) -> int | None:
    """Return whom the message mentions that a hand-off begins with."""
    found = _PERSON.search(opening)
    return int(found[1]) if found else None


def tells_of_reply(said: str) -> bool:
    """Return whether one of the bot's messages is what `render_reply` says: no other mentions two people."""
    return len(_PERSON.findall(said)) > 1


def title_of(question: str) -> str:
    """Return the name of a thread about a question."""
    words = " ".join(_MARK.sub(" ", question).split())
    return shorten(words, MAX_TITLE) or _("A question for humans")


def render_offered(*, suggestions: Sequence[str], answers: str) -> str:
    """Say what the bot had to offer."""
    if suggestions:
        offered = shorten(" · ".join(suggestions), 600)
        return _("I wasn't sure, so I suggested: {suggestions}", suggestions=offered)
    return _("My answer didn't help: {answers}", answers=answers) if answers else _("I had no answer.")


def render_here_it_is(asker_id: int) -> Page:
    """Tell the asker where their question is."""
    return Page(content=_("<@{asker}>, your question is here. I'll mention you when someone replies.", asker=asker_id))


def render_call(role: discord.Role) -> Page:
    """Call those who can help."""
    return Page(content=_("{role}, can you help?", role=role.mention))


def render_reply(*, asker_id: int, replier_id: int) -> Page:
    """Tell the asker that somebody replied."""
    return Page(content=_("<@{asker}>, <@{replier}> replied.", asker=asker_id, replier=replier_id))


def render_handed_on(thread_id: int) -> Page:
    """Tell whoever clicked where the question is."""
    return Page(content=_("I passed the question on: <#{thread}>", thread=thread_id))


def render_handed_on_before(thread_id: int) -> Page:
    """Tell whoever clicks again where the question is."""
    return Page(content=_("The question has already been passed on: <#{thread}>", thread=thread_id))


def render_being_handed_on() -> Page:
    """Respond to a click while another is being handled."""
    text = _("The question is being passed on. Please click again in a few minutes to see where it is.")
    return Page(content=text)


def render_not_yours() -> Page:
    """Say who can hand a question on."""
    staff = permission_name("manage_messages")
    return Page(
        content=_("Only the person who asked can pass this on, or someone with **{permission}**.", permission=staff)
    )


def render_switched_off() -> Page:
    """Say that the server has no role or no channel for questions any more."""
    return Page(content=_("This server no longer passes questions on."))


def render_role_gone() -> Page:
    """Say that the role to ask was deleted."""
    return Page(content=sentences(_("The role I'd ask was deleted."), _choose_another()))


def render_channel_gone() -> Page:
    """Say that the channel to ask in was deleted, or that the bot can't see it."""
    gone = _("The channel where I'd ask was deleted, or I can't see it.")
    return Page(content=sentences(gone, _choose_another()))


def render_channel_hidden() -> Page:
    """Say that whoever clicked can't see the channel to ask in."""
    return Page(content=_("You can't see the channel where I'd ask, so you couldn't read the reply."))


def render_too_many_threads() -> Page:
    """Say that Discord allows no more threads."""
    text = _("This server has the most open threads Discord allows. Please try again once some are closed.")
    return Page(content=text)


def render_slow_mode(channel_id: int) -> Page:
    """Say that slow mode stops the bot, too."""
    return Page(
        content=_(
            "Slow mode in <#{channel}> doesn't let me open another thread yet. Please try again later.",
            channel=channel_id,
        )
    )


def render_refused(channel_id: int) -> Page:
    """Say that Discord doesn't let the bot open a thread."""
    return Page(
        content=_(
            "Discord doesn't let me open a thread in <#{channel}>, so I couldn't pass the question on.",
            channel=channel_id,
        )
    )


def render_closed(channel_id: int) -> Page:
    """Say that a channel is archived or locked."""
    return Page(content=_("<#{channel}> is archived, so I couldn't pass the question on.", channel=channel_id))


def render_discord_away() -> Page:
    """Say that it isn't known whether a thread was opened."""
    return Page(content=_("Discord isn't responding. Please try again in a few minutes."))


def describe_obstacles(settings: ServerSettings, guild: discord.Guild) -> Iterator[str]:
    """Yield a line for each permission that the bot lacks, and for what was deleted."""
    if settings.handoff_role is None or settings.handoff_channel is None:
        return
    role, channel = guild.get_role(settings.handoff_role), guild.get_channel(settings.handoff_channel)
    if role is None or not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        if role is None:
            yield _warning(_("Nobody can ask a human: the role was deleted. Choose another."))
        else:
            yield _warning(_("Nobody can ask a human: the channel was deleted. Choose another."))
        return
    if missing := missing_to_open_thread(channel):
        needed = _(
            "Nobody can ask a human yet: I need the **{permission}** permission in {channel}.",
            permission=permission_name(missing.permission),
            channel=channel.mention,
        )
        yield _warning(needed)
    elif settings.handoff_pings and not may_ping(role, channel):
        unheard = _(
            "I can't ping {role}. Allow anyone to mention the role, or give me the **{permission}** permission in "
            "{channel}.",
            role=role.mention,
            permission=permission_name("mention_everyone"),
            channel=channel.mention,
        )
        yield _warning(unheard)


def _named(answers: str) -> str:
    """Return a small line that names answers, for `answered_in`."""
    return "-# " + _("My answer: {answers}", answers=answers)


def _choose_another() -> str:
    who = permission_name("manage_guild")
    return _("Someone with **{permission}** can choose another in `/manage settings`.", permission=who)


def _warning(text: str) -> str:
    return f"-# ⚠️ {text}"
