"""Routes about channels, messages, reactions and threads."""

from __future__ import annotations

from urllib.parse import unquote

from . import errors, messages, payloads
from .attaching import attached, check_attachments
from .checker import Checker, Path
from .components import Flag, Json
from .errors import ApiError, EmptyMessage, Fault, InvalidForm
from .permissions import Permission
from .routing import Call, Route
from .world import Channel, ChannelKind, Message

_MAX_PAGE = 100
MAX_TAGS = 5
_FLAGS = Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2


def _channel(call: Call) -> Json:
    return payloads.channel(call.channel())


def _read(call: Call) -> Json:
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    return payloads.message(call.message(channel), content=call.fake.reads_content)


def _history(call: Call) -> list[Json]:
    channel = call.channel()
    query = call.request.query
    limit = int(query.get("limit", 50))
    if not 1 <= limit <= _MAX_PAGE:
        raise InvalidForm([Fault(("limit",), "NUMBER_TYPE", "int value should be 1 to 100")])
    if not call.allowed(channel) & Permission.READ_MESSAGE_HISTORY:
        return []
    found = channel.history()
    if "around" in query:
        middle = int(query["around"])
        older = [each for each in found if each.id < middle][-(limit // 2) :]
        newer = [each for each in found if each.id >= middle][: limit - len(older)]
        found = older + newer
    elif "after" in query:
        found = [each for each in found if each.id > int(query["after"])][:limit]
    else:
        before = int(query.get("before", 1 << 63))
        found = [each for each in found if each.id < before][-limit:]
    return [payloads.message(each, content=call.fake.reads_content) for each in reversed(found)]


def _write(call: Call) -> Json:
    fake, body = call.fake, call.body
    channel = call.channel(_sending(call))
    check_files(call, body)
    nonce = body.get("nonce")
    if body.get("enforce_nonce") and nonce is not None:
        earlier = fake.nonces.find(nonce)
        if earlier is not None:
            return payloads.message(earlier, content=True)
    if channel.kind is ChannelKind.FORUM:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    if channel.silent_until_author is not None:
        raise errors.no_first_message_yet()
    if channel.archived and channel.locked:
        raise ApiError(400, 50083, "Thread is archived")

    _may_attach(call, channel)
    channel.archived = False  # as a message does
    message = messages.post(
        fake,
        channel,
        fake.bot,
        content=(body.get("content") or "").strip(),
        embeds=_embeds(call, channel, body),
        components=body.get("components"),
        files=attached(fake, call.request.files, body),
        flags=(body.get("flags") or 0) & _FLAGS,
        nonce=nonce,
        allowed_mentions=body.get("allowed_mentions"),
        replies_to=_replied_to(call, channel),
    )
    if nonce is not None:
        fake.nonces.remember(nonce, message)
    fake.said_by_bot(message)
    return payloads.message(message, content=True)


def _edit(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel)
    body = dict(call.body)
    if message.author is not call.fake.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    keep_layout(message, body)
    dropped = bool(body.get("embeds")) and not call.allowed(channel) & Permission.EMBED_LINKS
    check_files(call, body, message)
    _may_attach(call, channel)
    if dropped:
        body["embeds"] = []
    body["files"] = attached(call.fake, call.request.files, body, message.files)
    shown = {
        "content": message.content,
        "embeds": message.embeds,
        "components": message.components,
        "files": message.files,
    }
    if is_empty(shown | body):
        # An edit that a missing permission emptied is no fault of its form.
        raise ApiError(400, 50006, "Cannot send an empty message") if dropped else EmptyMessage
    messages.edit(call.fake, message, body)
    return payloads.message(message, content=True)


def keep_layout(message: Message, changes: Json) -> None:
    """Leave a message that has Components V2 what it is, and let one that gets them have neither content nor embeds."""
    if not (message.flags | (changes.get("flags") or 0)) & Flag.COMPONENTS_V2:
        return
    changes["flags"] = (changes.get("flags") or 0) | Flag.COMPONENTS_V2
    if changes.get("content", message.content) or changes.get("embeds", message.embeds):
        fault = Fault(("content",), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "not with Components V2")
        raise InvalidForm([fault])


def _delete(call: Call) -> None:
    channel = call.channel()
    message = call.message(channel)
    if message.author is not call.fake.bot:
        call.allowed(channel, Permission.MANAGE_MESSAGES)
    messages.delete(call.fake, message)


def _react(call: Call) -> None:
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    message, emoji = call.message(channel), unquote(call.param("emoji_name"))
    if emoji not in message.reactions:
        call.allowed(channel, Permission.ADD_REACTIONS)
    messages.react(call.fake, message, call.fake.bot, emoji, add=True)


def _unreact(call: Call) -> None:
    channel = call.channel()
    emoji = unquote(call.param("emoji_name"))
    messages.react(call.fake, call.message(channel), call.fake.bot, emoji, add=False)


def _type(call: Call) -> None:
    call.channel(_sending(call))


def _start_thread(call: Call) -> Json:
    if call.channel().kind is ChannelKind.FORUM:
        return _open_post(call)
    channel = call.channel(Permission.CREATE_PUBLIC_THREADS)
    assert channel.guild is not None
    thread = channel.guild.add_thread(channel, call.body["name"], channel.guild.me)
    call.fake.announce_thread(thread)
    return payloads.channel(thread)


def _open_post(call: Call) -> Json:
    """Open a post in a forum, which takes no more than sending there, and a tag where the forum wants one."""
    forum, said = call.channel(Permission.SEND_MESSAGES), call.body.get("message") or {}
    assert forum.guild is not None
    if forum.requires_tag and not call.body.get("applied_tags"):
        raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
    if is_empty(said):
        raise EmptyMessage
    thread = forum.guild.add_thread(forum, call.body["name"], forum.guild.me)
    forum.last_message_id = thread.id
    call.fake.announce_thread(thread)
    message = messages.post(
        call.fake,
        thread,
        call.fake.bot,
        content=(said.get("content") or "").strip(),
        components=said.get("components"),
        flags=(said.get("flags") or 0) & _FLAGS,
        allowed_mentions=said.get("allowed_mentions"),
        message_id=thread.id,
    )
    call.fake.said_by_bot(message)
    return payloads.channel(thread) | {"message": payloads.message(message, content=True)}


def _start_thread_from(call: Call) -> Json:
    channel = call.channel(Permission.CREATE_PUBLIC_THREADS)
    assert channel.guild is not None
    source = call.message(channel)
    if source.id in channel.guild.threads:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    thread = channel.guild.add_thread(channel, call.body["name"], channel.guild.me, thread_id=source.id)
    call.fake.announce_thread(thread)
    return payloads.channel(thread)


def _change_thread(call: Call) -> Json:
    """Set the tags of a forum post; nothing else of a channel can be changed here."""
    thread = call.channel(Permission.MANAGE_THREADS)
    if not thread.is_thread or set(call.body) != {"applied_tags"}:
        raise NotImplementedError("only a post's tags can be changed")
    if thread.archived:
        raise ApiError(400, 50083, "Thread is archived")
    assert thread.parent is not None
    tags = list(map(int, call.body["applied_tags"]))
    if len(tags) > MAX_TAGS or not {str(tag) for tag in tags} <= {tag["id"] for tag in thread.parent.tags}:
        raise InvalidForm([Fault(("applied_tags",), "BASE_TYPE_BAD_LENGTH", "no such tags, or too many")])
    thread.applied_tags = tags
    call.fake.announce_channel(thread, "THREAD_UPDATE")
    return payloads.channel(thread)


def _join_thread(call: Call) -> None:
    call.channel()


def _sending(call: Call) -> Permission:
    channel = call.fake.channels.get(call.number("channel_id"))
    in_thread = channel is not None and channel.is_thread
    return Permission.SEND_MESSAGES_IN_THREADS if in_thread else Permission.SEND_MESSAGES


def _embeds(call: Call, channel: Channel, body: Json) -> list[Json]:
    """Return the embeds that will show.

    Without Embed Links Discord refuses a message of embeds alone, drops them from one that
    says something else too, and from an edit (discord-api-docs, issue 2601).
    """
    embeds = body.get("embeds") or []
    if embeds and not call.allowed(channel) & Permission.EMBED_LINKS:
        if is_empty(body | {"embeds": []}):
            raise errors.missing_permissions()
        return []
    if is_empty(body) and not call.request.files:
        raise EmptyMessage
    return list(embeds)


def _may_attach(call: Call, channel: Channel) -> None:
    if call.request.files:
        call.allowed(channel, Permission.ATTACH_FILES)


def _replied_to(call: Call, channel: Channel) -> Message | None:
    reference = call.body.get("message_reference")
    if reference is None:
        return None
    if not call.allowed(channel) & Permission.READ_MESSAGE_HISTORY:
        raise errors.no_history_for_reply()
    original = channel.messages.get(int(reference["message_id"]))
    if original is not None and not original.ephemeral:
        return original
    if reference.get("fail_if_not_exists") is False:
        return None
    fault = Fault(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
    raise InvalidForm([fault], recorded=False)


def is_empty(body: Json) -> bool:
    """Say whether a message of this form would show nothing."""
    shown = ("embeds", "components", "files", "sticker_ids", "poll")
    return not (body.get("content") or "").strip() and not any(body.get(key) for key in shown)


def check_files(call: Call, body: Json, message: Message | None = None, path: Path = ()) -> None:
    """Raise InvalidForm if the files of a message, or of an edit of one, break a limit."""
    check = Checker()
    check_attachments(check, body, path, call.request.files, message.files if message else ())
    if check.faults:
        raise InvalidForm(check.faults)


_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = _MESSAGES + "/{message_id}"

ROUTES = (
    Route("GET", "/channels/{channel_id}", _channel),
    Route("PATCH", "/channels/{channel_id}", _change_thread, has_body=True),
    Route("GET", _MESSAGES, _history),
    Route("POST", _MESSAGES, _write, has_body=True),
    Route("GET", _MESSAGE, _read),
    Route("PATCH", _MESSAGE, _edit, has_body=True),
    Route("DELETE", _MESSAGE, _delete),
    Route("PUT", _MESSAGE + "/reactions/{emoji_name}/@me", _react),
    Route("DELETE", _MESSAGE + "/reactions/{emoji_name}/@me", _unreact),
    Route("POST", "/channels/{channel_id}/typing", _type),
    Route("POST", "/channels/{channel_id}/threads", _start_thread, has_body=True),
    Route("POST", _MESSAGE + "/threads", _start_thread_from, has_body=True),
    Route("PUT", "/channels/{channel_id}/thread-members/@me", _join_thread),
    Route("DELETE", "/channels/{channel_id}/thread-members/@me", _join_thread),
)
