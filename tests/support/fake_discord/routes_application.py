"""Routes about the app itself, its commands, and the servers it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import commands, payloads, teams
from .errors import ApiError
from .permissions import Permission
from .routing import Call, Route
from .world import User

if TYPE_CHECKING:
    from .components import Json
from .world import Guild


def _me(call: Call) -> Json:
    return payloads.user(call.fake.bot) | {"verified": True, "mfa_enabled": False}


def _application(call: Call) -> Json:
    bot, team = call.fake.bot, call.fake.team
    # Discord puts an account that nobody uses in the place of a team's person.
    owner = call.fake.stranger.user if team is None else User(team.id, f"team{team.id}")
    return {
        "id": str(bot.id),
        "name": bot.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": call.fake.application_flags,
        "hook": True,
        "owner": payloads.user(owner),
        "team": None if team is None else teams.spell(team),
        "rpc_origins": [],
        "redirect_uris": [],
        "tags": [],
        "interactions_endpoint_url": None,
        "integration_types_config": {},
        "bot": payloads.user(bot),
    }


def _gateway(call: Call) -> Json:
    return {"url": call.fake.gateway_url}


def _gateway_bot(call: Call) -> Json:
    gateway = call.fake.gateway
    return {
        "url": call.fake.gateway_url,
        "shards": call.fake.shards,
        "session_start_limit": {
            "total": 1000,
            "remaining": max(0, 1000 - gateway.identifies),
            "reset_after": 86_400_000,
            "max_concurrency": gateway.max_concurrency,
        },
    }


def _commands(call: Call) -> list[Json]:
    return call.fake.commands.get(_scope(call), [])


def _set_commands(call: Call) -> list[Json]:
    return commands.register(call.fake, call.body or [], _scope(call))


def _scope(call: Call) -> int | None:
    return call.number("guild_id") if "guild_id" in call.request.params else None


def _my_guilds(call: Call) -> list[Json]:
    return [
        {"id": str(guild.id), "name": guild.name, "icon": None, "owner": False, "features": []}
        for guild in call.fake.guilds.values()
    ]


def _guild(call: Call) -> Json:
    spelt = payloads.guild(_server(call), members=[])
    for gateway_only in ("members", "channels", "threads", "presences", "voice_states"):
        del spelt[gateway_only]
    return spelt


def _member(call: Call) -> Json:
    person = _server(call).members.get(call.number("user_id"))
    if person is None:
        raise ApiError(404, 10007, "Unknown Member")
    return payloads.member(person)


def _guild_channels(call: Call) -> list[Json]:
    return [payloads.channel(channel) for channel in _server(call).channels.values() if call.fake.bot_may_see(channel)]


def _roles(call: Call) -> list[Json]:
    guild = _server(call)
    return [payloads.role(role, guild) for role in guild.roles.values()]


def _active_threads(call: Call) -> Json:
    guild = _server(call)
    threads = [
        payloads.channel(thread)
        for thread in guild.threads.values()
        if not thread.archived and thread.permissions_of(guild.me) & Permission.VIEW_CHANNEL
    ]
    return {"threads": threads, "members": [], "has_more": False}


def _user(call: Call) -> Json:
    user = call.fake.users.get(call.number("user_id"))
    if user is None:
        raise ApiError(404, 10013, "Unknown User")
    return payloads.user(user)


def _open_dm(call: Call) -> Json:
    user = call.fake.users.get(int(call.body["recipient_id"]))
    if user is None:
        raise ApiError(404, 10013, "Unknown User")
    return payloads.channel(call.fake.dm_with(user))


def _leave(call: Call) -> None:
    call.fake.remove_guild(_server(call))


def _server(call: Call) -> Guild:
    guild = call.fake.guilds.get(call.number("guild_id"))
    if guild is None:
        raise ApiError(404, 10004, "Unknown Guild")
    return guild


ROUTES = (
    Route("GET", "/users/@me", _me),
    Route("GET", "/users/@me/guilds", _my_guilds),
    Route("POST", "/users/@me/channels", _open_dm, has_body=True),
    Route("DELETE", "/users/@me/guilds/{guild_id}", _leave),
    Route("GET", "/users/{user_id}", _user),
    Route("GET", "/applications/@me", _application),
    Route("GET", "/oauth2/applications/@me", _application),
    Route("GET", "/gateway", _gateway, needs_token=False),
    Route("GET", "/gateway/bot", _gateway_bot),
    Route("GET", "/applications/{application_id}/commands", _commands),
    Route("PUT", "/applications/{application_id}/commands", _set_commands, has_body=True),
    Route("GET", "/applications/{application_id}/guilds/{guild_id}/commands", _commands),
    Route(
        "PUT",
        "/applications/{application_id}/guilds/{guild_id}/commands",
        _set_commands,
        has_body=True,
    ),
    Route("GET", "/guilds/{guild_id}", _guild),
    Route("GET", "/guilds/{guild_id}/channels", _guild_channels),
    Route("GET", "/guilds/{guild_id}/roles", _roles),
    Route("GET", "/guilds/{guild_id}/threads/active", _active_threads),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", _member),
)
