"""Say something on Discord, the one way for all features, and what it means if that fails.

Nothing that is sent pings anybody, except whom `pings` names.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
import discord

from bot.discord_app.forms import SILENT, form_of, parameters_of, replacing
from bot.discord_app.page import Page, Reaction, Reply
from bot.discord_app.permissions import own_permissions, sending
from bot.discord_app.rest.requests import TokenRefused
from bot.discord_app.rest.retrying import temporary_failure
from bot.storage.resolutions import Resolution

NO_FIRST_MESSAGE_YET = 40058  # a forum post's thread came before its first message
PAUSES_FOR_FIRST_MESSAGE = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)  # seconds
INVALID_FORM = 50035
HAS_THREAD = 160004
MAX_FIRST_MESSAGES = 100  # of a thread
NONCE_DECIDES = timedelta(minutes=1)  # Discord knows a nonce for some minutes, and retries may take one of them
MOST_LIKELY = discord.Permissions(send_messages=True, send_messages_in_threads=True)  # where it isn't known


class NotAllowed(Exception):
    """Say which permission the bot would need to answer."""


class NotTaken(Exception):
    """Discord didn't take a message.

    Attributes:
        is_gone: because what it was meant for isn't there any more.
        is_forbidden: because the bot may not.
        is_temporary: for now; it may even have taken it without saying so.
        code: Discord's number for the reason; 0 without one.
    """

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"Discord says {error.status}/{error.code}"
            if isinstance(error, discord.HTTPException)
            else type(error).__name__
        )
        resolution = resolution_of(error)
        self.is_gone = resolution is Resolution.closed_gone
        self.is_forbidden = resolution is Resolution.closed_not_allowed
        self.is_temporary = resolution is None
        self.code = error.code if isinstance(error, discord.HTTPException) else 0


async def say(
    channel: discord.abc.Messageable,
    page: Page,
    *,
    nonce: int | str,
    reference: discord.MessageReference | None = None,
) -> int:
    """Send a message and return its id; with the same nonce, Discord posts it once within a few minutes.

    Raises:
        discord.DiscordException, OSError, aiohttp.ClientError: As in `Requests`.
    """
    beside: dict[str, Any] = {} if reference is None else {"reference": reference}
    return (await channel.send(**parameters_of(page), nonce=nonce, **beside)).id


async def reply_to(message: discord.Message, reply: Reply) -> str | None:
    """Reply to a message and return the reply's address; None if a reaction was all.

    Raises:
        NotAllowed: The bot may not do so there.
        discord.DiscordException, OSError, aiohttp.ClientError: As in `Requests`.
    """
    permissions = _permissions(message)
    if isinstance(reply, Reaction):
        if not (permissions.add_reactions and permissions.read_message_history):
            raise NotAllowed("Add Reactions or Read Message History is not allowed there")
        await message.add_reaction(reply.emoji)
        return None
    if not getattr(permissions, sending(message.channel)):
        raise NotAllowed("Send Messages is not allowed there")
    reference = message.to_reference(fail_if_not_exists=True) if permissions.read_message_history else None
    said = await say(message.channel, form_of(reply, permissions), nonce=message.id, reference=reference)
    return address(message.guild.id if message.guild else None, message.channel.id, said)


async def answer_post(thread: discord.Thread, page: Page) -> str:
    """Answer a forum post unasked and return the answer's address; its first message may be still to come.

    Raises:
        NotAllowed: The bot may not do so there.
        discord.DiscordException, OSError, aiohttp.ClientError: As in `Requests`.
    """
    permissions = _permissions_in(thread)
    if not getattr(permissions, sending(thread)):
        raise NotAllowed("Send Messages in Threads is not allowed there")
    form = form_of(page, permissions)
    for pause in (*PAUSES_FOR_FIRST_MESSAGE, None):
        try:
            said = await say(thread, form, nonce=f"p{thread.id}")
        except discord.Forbidden as error:
            if error.code != NO_FIRST_MESSAGE_YET or pause is None:
                raise
            await asyncio.sleep(pause)
        else:
            return address(thread.guild.id, thread.id, said)
    raise AssertionError("the last attempt returns or raises")


async def post(
    channel: discord.abc.Messageable, page: Page, *, nonce: str, pings: discord.AllowedMentions = SILENT
) -> discord.Message:
    """Post a page in a channel and return the message; the same nonce doesn't post again for a while.

    Raises:
        NotTaken: Discord doesn't take it, or can't be reached.
    """
    with refusals_raised():
        return await channel.send(**parameters_of(page) | {"allowed_mentions": pings}, nonce=nonce)


async def open_thread(channel: discord.TextChannel, page: Page, *, title: str, nonce: str) -> int:
    """Post a page in a channel, open a thread below it, and return the thread's id. Leave nothing if that fails.

    Raises:
        NotTaken: Discord doesn't take it, or can't be reached.
    """
    message = await post(channel, page, nonce=nonce)
    try:
        with refusals_raised():
            await message.create_thread(name=title)
    except NotTaken as refusal:
        if refusal.code != HAS_THREAD:  # or an attempt that seemed to fail opened it
            with suppress(NotTaken), refusals_raised():
                await message.delete()
            raise
    return message.id


async def open_post(forum: discord.ForumChannel, page: Page, *, title: str) -> int:
    """Open a post in a forum, with a tag if the forum wants one, and return its id.

    Raises:
        NotTaken: Discord doesn't take it, or can't be reached.
    """
    tags = [tag for tag in forum.available_tags if not tag.moderated][:1] if forum.flags.require_tag else []
    with refusals_raised():
        opened = await forum.create_thread(name=title, applied_tags=tags, **parameters_of(page))
    return opened.thread.id


async def is_thread_there(guild: discord.Guild, thread_id: int) -> bool:
    """Return whether a thread still exists; one that the bot may not see, or can't ask for now, is taken to exist."""
    try:
        await find_thread(guild, thread_id)
    except NotTaken as refusal:
        return not refusal.is_gone
    return True


async def find_thread(guild: discord.Guild, thread_id: int) -> discord.Thread | None:
    """Return a thread, archived or not; None if the id is something else's.

    Raises:
        NotTaken: It was deleted, the bot may not see it, or Discord can't be reached.
    """
    with refusals_raised():
        found = guild.get_thread(thread_id) or await guild.fetch_channel(thread_id)
    return found if isinstance(found, discord.Thread) else None


async def first_messages_in(thread: discord.Thread) -> list[discord.Message]:
    """Return the first messages in a thread, without the one that it begins with.

    Raises:
        NotTaken: Discord doesn't tell, or can't be reached.
    """
    with refusals_raised():
        history = thread.history(after=discord.Object(thread.id), limit=MAX_FIRST_MESSAGES, oldest_first=True)
        return [message async for message in history]


async def first_message_of(thread: discord.Thread) -> str:
    """Return the text of the bot's own message that a thread or a post begins with.

    Raises:
        NotTaken: It was deleted, the bot may not see it, or Discord can't be reached.
    """
    parent = thread.parent
    place = parent if isinstance(parent, discord.TextChannel) else thread
    with refusals_raised():
        return (await place.fetch_message(thread.id)).content


async def post_reply(
    message: discord.PartialMessage, page: Page, *, permissions: discord.Permissions, nonce: str
) -> str:
    """Post a page as a reply to somebody else's message, with the bot's permissions there; return its address.

    Raises:
        NotTaken: Discord doesn't take it, or can't be reached.
    """
    with refusals_raised():
        reference = message.to_reference(fail_if_not_exists=True)
        said = await say(message.channel, form_of(page, permissions), nonce=nonce, reference=reference)
    return address(message.guild.id if message.guild else None, message.channel.id, said)


async def edit(message: discord.PartialMessage, page: Page) -> None:
    """Let a message of the bot's own say something else.

    Raises:
        NotTaken: Discord doesn't take it, or can't be reached.
    """
    with refusals_raised():
        await message.edit(**replacing(page, layout=True))


async def delete(message: discord.PartialMessage) -> None:
    """Delete a message of the bot's own.

    Raises:
        NotTaken: Discord doesn't take it, or can't be reached.
    """
    with refusals_raised():
        await message.delete()


async def is_there(message: discord.PartialMessage) -> bool:
    """Return whether a message still exists; one that the bot may not see is taken to exist.

    Raises:
        NotTaken: Discord can't be reached.
    """
    try:
        with refusals_raised():
            await message.fetch()
    except NotTaken as refusal:
        if not (refusal.is_gone or refusal.is_forbidden):
            raise
        return not refusal.is_gone
    return True


def address(server_id: int | None, channel_id: int | None, message_id: int) -> str:
    """Return the link to a message."""
    return f"https://discord.com/channels/{server_id or '@me'}/{channel_id}/{message_id}"


def resolution_of(error: BaseException) -> Resolution | None:
    """Return what becomes of a question that can't be answered; None if trying again later may help."""
    match error:
        case _ if temporary_failure(error) is not None:
            return None
        case NotAllowed() | discord.Forbidden():
            return Resolution.closed_not_allowed
        case discord.NotFound():
            return Resolution.closed_gone
        case discord.HTTPException() if error.code == INVALID_FORM and "message_reference" in error.text:
            return Resolution.closed_gone  # the message replied to
        case TokenRefused():
            return None
        case discord.HTTPException(status=HTTPStatus.UNAUTHORIZED):
            return None
        case discord.HTTPException():
            return Resolution.closed_refused
    return Resolution.closed_fault


@contextmanager
def refusals_raised() -> Iterator[None]:
    """Raise `NotTaken` in place of whatever says that Discord doesn't take something, or can't be reached."""
    try:
        yield
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        raise NotTaken(error) from None


def _permissions(message: discord.Message) -> discord.Permissions:
    return discord.Permissions.all() if message.guild is None else _permissions_in(message.channel)


def _permissions_in(channel: object) -> discord.Permissions:
    if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):  # Discord never told of it
        return MOST_LIKELY
    if not isinstance(channel, discord.abc.Messageable):
        return discord.Permissions.none()
    permissions = own_permissions(channel)
    return MOST_LIKELY if permissions is None else permissions
