"""Gateway events, built from Discord's OpenAPI document and then damaged.

The document is about requests only: an event is taken to hold what a response about the same thing holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from schema_values import Schema, SchemaValues

from fake_discord import Guild, payloads

Event = tuple[str, Any]

QUESTION = "Does a TPM need to code?"

COPIES = 10  # of an event, each damaged in its own way


def _response(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}Response"}


def _fields(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields)}


def _with(base: Schema, **fields: Schema) -> Schema:
    return {"allOf": [base, _fields(**fields)]}


def _either(*options: Schema) -> Schema:
    return {"oneOf": options}


def _one(*values: Any) -> Schema:
    return {"enum": values}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


ID: Schema = {"type": "string", "format": "snowflake"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "integer"}
TEXT: Schema = {"type": "string"}
TIME: Schema = {"type": "string", "format": "date-time"}
IN_SERVER = {"guild_id": ID}

USER, MEMBER, ROLE, EMOJI = map(_response, ("User", "GuildMember", "GuildRole", "Emoji"))
STICKER, SOUND, STAGE = map(_response, ("GuildSticker", "SoundboardSound", "StageInstance"))
VOICE, ENTITLEMENT, SUBSCRIPTION = map(_response, ("VoiceState", "Entitlement", "Subscription"))
CHANNEL = _with(_response("GuildChannel"), bitrate=NUMBER, user_limit=NUMBER)
THREAD = _with(_response("Thread"), parent_id=ID)
THREAD_MEMBER = _response("ThreadMember")
MESSAGE = _with(_response("Message"), member=MEMBER, **IN_SERVER)
DIRECT_MESSAGE = _response("Message")
PRESENCE = _fields(user=_fields(id=ID), status=_one("online"), activities=_list(_fields()), client_status=_fields())
SCHEDULED_EVENT = _either(*(_response(f"{where}ScheduledEvent") for where in ("External", "Stage", "Voice")))
RULE = _either(*(_response(f"{kind}Rule") for kind in ("DefaultKeyword", "Keyword", "MLSpam", "MentionSpam")))
INTEGRATION = _with(
    _either(*(_response(f"{kind}Integration") for kind in ("Discord", "ExternalConnection", "GuildSubscription"))),
    **IN_SERVER,
)
SERVER = _with(
    _response("Guild"),
    channels=_list(CHANNEL),
    guild_scheduled_events=_list(SCHEDULED_EVENT),
    joined_at=TIME,
    large=FLAG,
    member_count=NUMBER,
    members=_list(MEMBER),
    presences=_list(PRESENCE),
    soundboard_sounds=_list(SOUND),
    stage_instances=_list(STAGE),
    threads=_list(THREAD),
    unavailable=FLAG,
    voice_states=_list(VOICE),
)
REACTION = _fields(user_id=ID, channel_id=ID, message_id=ID, emoji=EMOJI, burst=FLAG, type=NUMBER, **IN_SERVER)
POLL_VOTE = _fields(user_id=ID, channel_id=ID, message_id=ID, answer_id=NUMBER, **IN_SERVER)
INTEREST = _fields(guild_scheduled_event_id=ID, user_id=ID, **IN_SERVER)
BLOCKED = _fields(
    action=_fields(type=_one(1), metadata=_fields()),
    rule_id=ID,
    rule_trigger_type=_one(1, 3, 4, 5),
    user_id=ID,
    channel_id=ID,
    content=TEXT,
    matched_content=TEXT,
    matched_keyword=TEXT,
    **IN_SERVER,
)
TYPED = _fields(name=_one("question"), type=_one(3), value=TEXT, focused=FLAG)


def _interaction(kind: int, data: Schema, **more: Schema) -> Schema:
    return _fields(
        id=ID,
        application_id=ID,
        type=_one(kind),
        token=_one("token-of-an-interaction"),
        version=_one(1),
        data=data,
        channel_id=ID,
        channel=_either(CHANNEL, THREAD),
        guild=_fields(id=ID, locale=_one("en-US"), features=_list(TEXT)),
        member=_with(MEMBER, permissions=TEXT),
        app_permissions=TEXT,
        locale=_one("en-US"),
        guild_locale=_one("en-US"),
        entitlements=_list(ENTITLEMENT),
        authorizing_integration_owners=_fields(**{"0": ID}),
        context=_one(0, 1, 2),
        attachment_size_limit=NUMBER,
        **IN_SERVER,
        **more,
    )


def _command(kind: int, *names: str, **more: Schema) -> Schema:
    return _fields(id=ID, type=_one(kind), name=_one(*names), resolved=_response("ResolvedObjects"), **more)


INTERACTION = _either(
    _interaction(2, _command(1, "ask", options=_list(TYPED))),
    _interaction(2, _command(1, "faq", "help", "privacy", "jd", "of-tomorrow", options=_list(TYPED))),
    _interaction(2, _command(3, "Answer this", target_id=ID)),
    _interaction(3, _fields(custom_id=TEXT, component_type=_one(2, 3), id=NUMBER), message=DIRECT_MESSAGE),
    _interaction(4, _command(1, "ask", options=_list(TYPED))),
    _interaction(5, _fields(custom_id=TEXT, components=_list(_response("ActionRowComponent")))),
)

EVENTS: dict[str, Schema] = {
    "AN_EVENT_OF_TOMORROW": _fields(id=ID, **IN_SERVER),
    "APPLICATION_COMMAND_PERMISSIONS_UPDATE": _response("CommandPermissions"),
    "AUTO_MODERATION_ACTION_EXECUTION": BLOCKED,
    "AUTO_MODERATION_RULE_CREATE": RULE,
    "AUTO_MODERATION_RULE_DELETE": RULE,
    "AUTO_MODERATION_RULE_UPDATE": RULE,
    "CHANNEL_CREATE": CHANNEL,
    "CHANNEL_DELETE": CHANNEL,
    "CHANNEL_PINS_UPDATE": _fields(channel_id=ID, last_pin_timestamp=TIME, **IN_SERVER),
    "CHANNEL_UPDATE": CHANNEL,
    "ENTITLEMENT_CREATE": ENTITLEMENT,
    "ENTITLEMENT_DELETE": ENTITLEMENT,
    "ENTITLEMENT_UPDATE": ENTITLEMENT,
    "GUILD_AUDIT_LOG_ENTRY_CREATE": _with(_response("AuditLogEntry"), **IN_SERVER),
    "GUILD_BAN_ADD": _fields(user=USER, **IN_SERVER),
    "GUILD_BAN_REMOVE": _fields(user=USER, **IN_SERVER),
    "GUILD_CREATE": SERVER,
    "GUILD_DELETE": _fields(id=ID, unavailable=FLAG),
    "GUILD_EMOJIS_UPDATE": _fields(emojis=_list(EMOJI), **IN_SERVER),
    "GUILD_INTEGRATIONS_UPDATE": _fields(**IN_SERVER),
    "GUILD_MEMBERS_CHUNK": _fields(members=_list(MEMBER), chunk_index=NUMBER, chunk_count=NUMBER, **IN_SERVER),
    "GUILD_MEMBER_ADD": _with(MEMBER, **IN_SERVER),
    "GUILD_MEMBER_REMOVE": _fields(user=USER, **IN_SERVER),
    "GUILD_MEMBER_UPDATE": _with(MEMBER, **IN_SERVER),
    "GUILD_ROLE_CREATE": _fields(role=ROLE, **IN_SERVER),
    "GUILD_ROLE_DELETE": _fields(role_id=ID, **IN_SERVER),
    "GUILD_ROLE_UPDATE": _fields(role=ROLE, **IN_SERVER),
    "GUILD_SCHEDULED_EVENT_CREATE": SCHEDULED_EVENT,
    "GUILD_SCHEDULED_EVENT_DELETE": SCHEDULED_EVENT,
    "GUILD_SCHEDULED_EVENT_UPDATE": SCHEDULED_EVENT,
    "GUILD_SCHEDULED_EVENT_USER_ADD": INTEREST,
    "GUILD_SCHEDULED_EVENT_USER_REMOVE": INTEREST,
    "GUILD_SOUNDBOARD_SOUNDS_UPDATE": _fields(soundboard_sounds=_list(SOUND), **IN_SERVER),
    "GUILD_SOUNDBOARD_SOUND_CREATE": _with(SOUND, **IN_SERVER),
    "GUILD_SOUNDBOARD_SOUND_DELETE": _fields(sound_id=ID, **IN_SERVER),
    "GUILD_SOUNDBOARD_SOUND_UPDATE": _with(SOUND, **IN_SERVER),
    "GUILD_STICKERS_UPDATE": _fields(stickers=_list(STICKER), **IN_SERVER),
    "GUILD_UPDATE": _response("Guild"),
    "INTEGRATION_CREATE": INTEGRATION,
    "INTEGRATION_DELETE": _fields(id=ID, **IN_SERVER),
    "INTEGRATION_UPDATE": INTEGRATION,
    "INTERACTION_CREATE": INTERACTION,
    "INVITE_CREATE": _with(_response("GuildInvite"), channel_id=ID, **IN_SERVER),
    "INVITE_DELETE": _fields(channel_id=ID, code=TEXT, **IN_SERVER),
    "MESSAGE_CREATE": _either(MESSAGE, DIRECT_MESSAGE),
    "MESSAGE_DELETE": _fields(id=ID, channel_id=ID, **IN_SERVER),
    "MESSAGE_DELETE_BULK": _fields(ids=_list(ID), channel_id=ID, **IN_SERVER),
    "MESSAGE_POLL_VOTE_ADD": POLL_VOTE,
    "MESSAGE_POLL_VOTE_REMOVE": POLL_VOTE,
    "MESSAGE_REACTION_ADD": _with(REACTION, member=MEMBER),
    "MESSAGE_REACTION_REMOVE": REACTION,
    "MESSAGE_REACTION_REMOVE_ALL": REACTION,
    "MESSAGE_REACTION_REMOVE_EMOJI": REACTION,
    "MESSAGE_UPDATE": MESSAGE,
    "PRESENCE_UPDATE": _with(PRESENCE, **IN_SERVER),
    "STAGE_INSTANCE_CREATE": STAGE,
    "STAGE_INSTANCE_DELETE": STAGE,
    "STAGE_INSTANCE_UPDATE": STAGE,
    "SUBSCRIPTION_CREATE": SUBSCRIPTION,
    "SUBSCRIPTION_DELETE": SUBSCRIPTION,
    "SUBSCRIPTION_UPDATE": SUBSCRIPTION,
    "THREAD_CREATE": _with(THREAD, newly_created=FLAG),
    "THREAD_DELETE": _fields(id=ID, parent_id=ID, type=NUMBER, **IN_SERVER),
    "THREAD_LIST_SYNC": _fields(threads=_list(THREAD), members=_list(THREAD_MEMBER), **IN_SERVER),
    "THREAD_MEMBERS_UPDATE": _fields(
        id=ID, member_count=NUMBER, added_members=_list(THREAD_MEMBER), removed_member_ids=_list(ID), **IN_SERVER
    ),
    "THREAD_MEMBER_UPDATE": _with(THREAD_MEMBER, **IN_SERVER),
    "THREAD_UPDATE": THREAD,
    "TYPING_START": _fields(channel_id=ID, user_id=ID, timestamp=NUMBER, member=MEMBER, **IN_SERVER),
    "USER_UPDATE": USER,
    "VOICE_CHANNEL_EFFECT_SEND": _fields(
        channel_id=ID, user_id=ID, emoji=EMOJI, animation_type=_one(0, 1), animation_id=NUMBER, **IN_SERVER
    ),
    "VOICE_SERVER_UPDATE": _fields(token=TEXT, endpoint=TEXT, **IN_SERVER),
    "VOICE_STATE_UPDATE": VOICE,
    "WEBHOOKS_UPDATE": _fields(channel_id=ID, **IN_SERVER),
}

OF_ANOTHER_TYPE: tuple[Any, ...] = ("x", "", -1, 2.5, 9999, True, [], {}, [None], "9" * 30, 10**30)
CHANGES = (("(missing)", "(unheard of)", None) * 3) + OF_ANOTHER_TYPE


@st.composite
def damaged_events(draw: DrawFn, values: SchemaValues, kind: str) -> list[Event]:
    """Draw copies of an event, in each of which fields are missing, null, of another type, or unheard of."""
    data = values.draw(draw, EVENTS[kind])
    damage = st.integers(0, len(list(_places(data))) * len(CHANGES))
    return [(kind, _damaged(_renumbered(data, kind, number), draw(damage), draw(damage))) for number in range(COPIES)]


def _renumbered(data: Any, kind: str, number: int) -> Any:
    """Return a copy; what is created with an id of its own gets another one."""
    copy = deepcopy(data)
    if kind in {"MESSAGE_CREATE", "INTERACTION_CREATE", "THREAD_CREATE"}:
        copy["id"] = str(int(copy["id"]) + number)
    return copy


def _damaged(data: Any, *damages: int) -> Any:
    for damage in damages:
        number, change = divmod(damage, len(CHANGES))
        places = list(_places(data))
        inside, key = places[number % len(places)] if places else (data, "of_tomorrow")
        match CHANGES[change]:
            case "(missing)" if places:
                del inside[key]
            case "(unheard of)" if isinstance(inside, dict):
                inside["of_tomorrow"] = {"nested": [None]}
            case other:
                inside[key] = other
    return data


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield where a value can be damaged: what is inside what, under which key."""
    if isinstance(value, dict | list):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(inner)


def vocabulary(guild: Guild) -> dict[str, list[Any]]:
    """Return what the fields of events about a server hold, so that many are about what is there."""
    servers, roles = [str(guild.id)], [str(id_) for id_ in guild.roles]
    places = [str(id_) for id_ in (*guild.channels, *guild.threads)]
    people = [str(id_) for id_ in guild.members]
    bot = guild.fake.bot
    bits = ["0", "8", str(2**53 - 1)]
    custom_ids = ["topic:coding", f"delete:{people[0]}", f"suggestion:{people[0]}:coding", "of-tomorrow"]
    return {
        ".permissions": bits,
        "GuildChannelResponse.id": places,
        "GuildResponse.id": servers,
        "GuildRoleResponse.id": roles,
        "GuildRoleResponse.permissions": bits,
        "MessageResponse.components": [[], *([_row_with(custom_id)] for custom_id in custom_ids)],
        "MessageResponse.mentions": [[], [payloads.user(bot)]],
        "MessageResponse.type": [0, 0, 19, 6],
        "ThreadResponse.name": [QUESTION, "general"],
        "UserResponse.id": people,
        "allow": bits,
        "app_permissions": bits,
        "channel_id": places,
        "content": [f"{bot.mention} {QUESTION}", bot.mention, "", "thank you"],
        "custom_id": custom_ids,
        "deny": bits,
        "discriminator": ["0", "1234"],
        "guild_id": servers,
        "owner_id": people,
        "parent_id": places,
        "role_id": roles,
        "user_id": people,
    }


def _row_with(custom_id: str) -> dict[str, Any]:
    return {"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "style": 1, "custom_id": custom_id}]}
