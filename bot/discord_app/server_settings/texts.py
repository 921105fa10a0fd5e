"""What `/manage settings` says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import discord

from bot.discord_app.asking.posts import means_solved
from bot.discord_app.page import MAX_CONTENT, Page, whole_lines
from bot.discord_app.permissions import own_permissions, permission_name
from bot.language.formats import percentage, series
from bot.language.languages import Language
from bot.language.names import name_of
from bot.language.speech import _, ngettext
from bot.storage.servers import ServerSettings


def describe_settings(settings: ServerSettings) -> str:
    """Return the settings of a server in words."""
    lines = [f"- {line}" for line in _described(settings)]
    hint = _("To answer mentions in all channels, clear the first menu.")
    return whole_lines("\n".join([*lines, f"-# {hint}"]), MAX_CONTENT - 100)


def speaking_language(language: Language | None) -> str:
    """Say what language is spoken."""
    if language is None:
        return _("Language: same as the question")
    return _("Language: {language}", language=name_of(language))


def answering_commands(*, privately: bool) -> str:
    """Say who sees the answers to commands."""
    return _("Answers to commands: private") if privately else _("Answers to commands: public")


def using_what_is_taught(*, waits: bool) -> str:
    """Say when what moderators teach is used."""
    if waits:
        approver = permission_name("manage_guild")
        return _("What moderators teach: needs approval from {permission}", permission=approver)
    return _("What moderators teach: used at once")


def needing_confidence(minimum: float | None) -> str:
    """Say how confident the bot must be to answer."""
    if minimum is None:
        return _("Confidence needed: default")
    return _("Confidence needed: {confidence}", confidence=percentage(minimum))


def render_everyone() -> Page:
    """Say that the role to ask can't be everybody."""
    return Page(content=_("Choose a role for the people who help. @everyone is everybody."))


def hints_on_solved_button(forums: Iterable[discord.ForumChannel]) -> Iterator[str]:
    """Name the permission that a button needs, which the bot doesn't ask for, where it is missing."""
    lacking = [
        forum.id
        for forum in forums
        if any(means_solved(tag.name) for tag in forum.available_tags)
        and (may := own_permissions(forum)) is not None
        and not may.manage_threads
    ]
    if lacking:
        hint = _(
            "To put a **{solved}** button below my answers, I need **{permission}** in {channels}.",
            solved=_("Solved"),
            permission=permission_name("manage_threads"),
            channels=_mentions(lacking),
        )
        yield f"-# {hint}"


def _described(settings: ServerSettings) -> Iterator[str]:
    if settings.mention_channels == "all":
        yield _("Mentions answered in: all channels")
    else:
        yield _("Mentions answered in: {channels}", channels=_mentions(settings.mention_channels))
    if settings.forum_channels:
        yield _("New forum posts answered in: {channels}", channels=_mentions(settings.forum_channels))
    else:
        yield _("New forum posts answered in: none")
    skipped = series([_("solved"), *sorted(settings.skipped_tags)])
    yield _("Forum posts skipped if tagged: {tags}", tags=skipped)
    yield answering_commands(privately=settings.private_by_default)
    yield using_what_is_taught(waits=settings.taught_items_wait)
    yield needing_confidence(settings.minimum_confidence)
    if settings.help_channel:
        yield _("Help channel, for what I can't answer: <#{channel}>", channel=settings.help_channel)
    else:
        yield _("Help channel, for what I can't answer: none")
    yield _("Ask a human: {how}", how=_handoff(settings))
    yield speaking_language(settings.language)


def _handoff(settings: ServerSettings) -> str:
    role, channel, pings = settings.handoff_role, settings.handoff_channel, settings.handoff_pings
    if role is None and channel is None:
        return _("off")
    who = f"<@&{role}>" if role else _("no role yet")
    where = f"<#{channel}>" if channel else _("no channel yet")
    if not pings:
        return _("{role} in {channel}, with no pings", role=who, channel=where)
    return ngettext(
        "{role} in {channel}, with at most {count} ping an hour",
        "{role} in {channel}, with at most {count} pings an hour",
        pings,
        role=who,
        channel=where,
        count=pings,
    )


def _mentions(channels: Iterable[int]) -> str:
    return series(f"<#{channel_id}>" for channel_id in sorted(channels))
