"""Routes that answer interactions: the first response, the original, and follow-ups."""

from __future__ import annotations

from . import errors, messages, payloads
from .attaching import attached
from .components import Flag, Json
from .errors import EmptyMessage, Fault, InvalidForm
from .interactions import Interaction, InteractionKind, Response, ResponseKind
from .routes_messages import check_files, is_empty, keep_layout
from .routing import Call, Route
from .world import Message, MessageKind

_FITTING = {
    InteractionKind.COMMAND: {4, 5, 9},
    InteractionKind.COMPONENT: {4, 5, 6, 7, 9},
    InteractionKind.AUTOCOMPLETE: {8},
    InteractionKind.MODAL: {4, 5, 6, 7},
}


def _respond(call: Call) -> Json | None:
    interactions = call.fake.interactions
    interaction = interactions.to_answer(call.number("interaction_id"), call.param("interaction_token"))
    kind, data = ResponseKind(call.body["type"]), call.body.get("data") or {}
    source = interaction.message
    if kind not in _FITTING[interaction.kind] or (
        kind in (ResponseKind.UPDATE, ResponseKind.DEFERRED_UPDATE) and source is None
    ):
        raise InvalidForm([Fault(("type",), "INTERACTION_TYPE", f"{kind.name} does not answer {interaction}")])

    message: Message | None = None
    if kind is ResponseKind.MESSAGE:
        message = _say(call, interaction, data, kind=_answer_kind(interaction))
    elif kind is ResponseKind.DEFERRED_MESSAGE:
        message = _think(call, interaction, data)
    elif kind is ResponseKind.UPDATE:
        assert source is not None
        _change(call, source, data)
        message = source
    elif kind is ResponseKind.DEFERRED_UPDATE:
        message = source
    response = Response(
        kind=kind,
        after=interactions.age(interaction),
        ephemeral=message is not None and message.ephemeral,
        message=message,
        choices=tuple(data.get("choices") or ()) if kind is ResponseKind.CHOICES else (),
        modal=data if kind is ResponseKind.MODAL else None,
    )
    interactions.answered(interaction, response)
    if message is not None and kind is ResponseKind.MESSAGE:
        call.fake.said_by_bot(message)
    return _callback(interaction, response) if call.flag("with_response") else None


def _callback(interaction: Interaction, response: Response) -> Json:
    message = response.message
    spelt: Json = {
        "interaction": {
            "id": str(interaction.id),
            "type": int(interaction.kind),
            "response_message_loading": response.kind is ResponseKind.DEFERRED_MESSAGE,
            "response_message_ephemeral": response.ephemeral,
        }
    }
    if message is not None:
        spelt["interaction"]["response_message_id"] = str(message.id)
        if response.kind in (
            ResponseKind.MESSAGE,
            ResponseKind.DEFERRED_MESSAGE,
            ResponseKind.UPDATE,
        ):
            spelt["resource"] = {
                "type": int(response.kind),
                "message": payloads.message(message, content=True),
            }
    elif response.kind is ResponseKind.MODAL:
        spelt["resource"] = {"type": int(response.kind)}
    return spelt


def _follow_up(call: Call) -> Json:
    interaction = call.fake.interactions.to_follow_up(call.param("webhook_token"))
    if interaction.thinks:
        # Discord turns the first follow-up after "thinking" into the original response.
        return _fill_in(call, interaction, call.body)
    message = _say(call, interaction, call.body, kind=MessageKind.REPLY)
    interaction.followups.append(message)
    if interaction.shown is None:
        interaction.shown = message
    call.fake.said_by_bot(message)
    return payloads.message(message, content=True)


def _read_original(call: Call) -> Json:
    return payloads.message(_named(call), content=True)


def _edit_original(call: Call) -> Json:
    interaction = call.fake.interactions.to_follow_up(call.param("webhook_token"))
    message = _named(call)
    if message is interaction.original and interaction.pending:
        return _fill_in(call, interaction, call.body)
    _change(call, message, call.body)
    return payloads.message(message, content=True)


def _delete_original(call: Call) -> None:
    messages.delete(call.fake, _named(call))


def _named(call: Call) -> Message:
    """Return the message that the path names: @original, or a follow-up by its id."""
    interaction = call.fake.interactions.to_follow_up(call.param("webhook_token"))
    found = interaction.original
    if "message_id" in call.request.params:
        wanted = call.number("message_id")
        own = [interaction.original, *interaction.followups]
        found = next((each for each in own if each is not None and each.id == wanted), None)
    if found is None or found.deleted:
        raise errors.unknown_message()
    return found


def _fill_in(call: Call, interaction: Interaction, body: Json) -> Json:
    message = interaction.original
    assert message is not None
    thinking = bool(message.flags & Flag.LOADING)
    _change(call, message, body, thinking=thinking)
    interaction.pending = False
    interaction.shown = message
    if thinking:
        call.fake.said_by_bot(message)
        call.fake.ledger.filled_in(interaction)
    call.fake.bell.ring()
    return payloads.message(message, content=True)


def _change(call: Call, message: Message, body: Json, *, thinking: bool = False) -> None:
    changes = {key: value for key, value in body.items() if key != "flags"}
    changes["flags"] = message.flags & ~Flag.LOADING
    if (body.get("flags") or 0) & Flag.COMPONENTS_V2:
        changes["flags"] |= Flag.COMPONENTS_V2
    keep_layout(message, changes)
    check_files(call, body, message)
    changes["files"] = attached(call.fake, call.request.files, body, message.files)
    shown = {
        "content": message.content,
        "embeds": message.embeds,
        "components": message.components,
        "files": message.files,
    }
    if is_empty(shown | changes):
        raise EmptyMessage
    messages.edit(call.fake, message, changes, quietly=thinking)


def _say(call: Call, interaction: Interaction, data: Json, *, kind: MessageKind) -> Message:
    check_files(call, data)
    if is_empty(data) and not call.request.files:
        raise EmptyMessage
    flags = data.get("flags") or 0
    # Without Embed Links or Send Messages, too: a response needs neither (discord.py, Context.bot_permissions).
    return messages.post(
        call.fake,
        interaction.channel,
        call.fake.bot,
        content=(data.get("content") or "").strip(),
        embeds=data.get("embeds"),
        components=data.get("components"),
        files=attached(call.fake, call.request.files, data),
        flags=flags,
        kind=kind,
        allowed_mentions=data.get("allowed_mentions"),
        interaction=interaction.metadata(),
        webhook_id=call.fake.bot.id,
        ephemeral_for=interaction.user_id if flags & Flag.EPHEMERAL else None,
    )


def _think(call: Call, interaction: Interaction, data: Json) -> Message:
    ephemeral = (data.get("flags") or 0) & Flag.EPHEMERAL
    return messages.post(
        call.fake,
        interaction.channel,
        call.fake.bot,
        flags=Flag.LOADING | ephemeral,
        kind=_answer_kind(interaction),
        interaction=interaction.metadata(),
        webhook_id=call.fake.bot.id,
        ephemeral_for=interaction.user_id if ephemeral else None,
    )


def _answer_kind(interaction: Interaction) -> MessageKind:
    if interaction.kind is InteractionKind.COMMAND:
        menu = interaction.data.get("type") != 1
        return MessageKind.MENU_ANSWER if menu else MessageKind.SLASH_ANSWER
    return MessageKind.DEFAULT


_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = _WEBHOOK + "/messages/@original"
_FOLLOW_UP = _WEBHOOK + "/messages/{message_id}"

ROUTES = (
    Route(
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        _respond,
        needs_token=False,
        has_body=True,
    ),
    Route("POST", _WEBHOOK, _follow_up, needs_token=False, has_body=True),
    Route("GET", _ORIGINAL, _read_original, needs_token=False),
    Route("PATCH", _ORIGINAL, _edit_original, needs_token=False, has_body=True),
    Route("DELETE", _ORIGINAL, _delete_original, needs_token=False),
    Route("GET", _FOLLOW_UP, _read_original, needs_token=False),
    Route("PATCH", _FOLLOW_UP, _edit_original, needs_token=False, has_body=True),
    Route("DELETE", _FOLLOW_UP, _delete_original, needs_token=False),
)
