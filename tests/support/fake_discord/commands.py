"""The app's commands: who is offered which, and how using one is spelt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import payloads
from .components import Json
from .permissions import Permission
from .world import Channel, Message, Role

if TYPE_CHECKING:
    from .people import Member
    from .server import FakeDiscord

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
_IN_GUILD, _IN_DM, _AMONG_PEOPLE = 0, 1, 2
_BY_SERVERS, _BY_PEOPLE = 0, 1


class NotOffered(LookupError):
    """The person's client would not offer the command there."""


def register(fake: FakeDiscord, body: list[Json], guild_id: int | None) -> list[Json]:
    """Replace all commands of a scope, and return them as Discord spells them.

    A command that was there before keeps its id.
    """
    registered: list[Json] = []
    earlier = {(each["type"], each["name"]): each["id"] for each in fake.commands.get(guild_id, ())}
    for command in body:
        default = command.get("default_member_permissions")
        known = earlier.get((command.get("type") or 1, command["name"]))
        registered.append(
            {
                "type": 1,
                "description": "",
                "options": [],
                "contexts": None,
                "integration_types": [0, 1],  # those of the app; a new one has both
                "nsfw": False,
                "dm_permission": True,
            }
            | {key: value for key, value in command.items() if value is not None}
            | {
                "id": known or str(fake.snowflakes.next()),
                "application_id": str(fake.bot.id),
                "version": str(fake.snowflakes.next()),
                "default_member_permissions": None if default is None else str(default),
            }
        )
        if guild_id is not None:
            registered[-1]["guild_id"] = str(guild_id)
    fake.commands[guild_id] = registered
    fake.bell.ring()
    return registered


def usable(fake: FakeDiscord, person: Member, channel: Channel, name: str, kind: int = 1) -> Json | None:
    """Return the command if Discord offers it to the person in the channel."""
    command = registered(fake, channel, name, kind)
    is_usable = command is not None and (
        _usable_there(person, channel, command) or _usable_along(person, channel, command)
    )
    return command if is_usable else None


def registered(fake: FakeDiscord, channel: Channel, name: str, kind: int = 1) -> Json | None:
    """Return the command if there is one, whoever may use it where."""
    guild = channel.guild
    scopes = [None] if guild is None else [guild.id, None]
    return next(
        (
            each
            for scope in scopes
            for each in fake.commands.get(scope, ())
            if each["name"] == name and each["type"] == kind
        ),
        None,
    )


def _usable_there(person: Member, channel: Channel, command: Json) -> bool:
    """Say whether the command can be used where the app is installed itself, or in its DM."""
    guild, contexts = channel.guild, command["contexts"]
    if channel.is_dm:
        return bool(_IN_DM in contexts if contexts else command["dm_permission"])
    if guild is None or not guild.has_bot or _BY_SERVERS not in command["integration_types"]:
        return False
    if contexts and _IN_GUILD not in contexts:
        return False
    return _may_use_commands(person, channel) and _granted(person, channel, command)


def _usable_along(person: Member, channel: Channel, command: Json) -> bool:
    """Say whether the person can bring the command along: what admins set for it doesn't apply."""
    guild, contexts = channel.guild, command["contexts"]
    if person.id not in person.fake.user_installs or _BY_PEOPLE not in command["integration_types"]:
        return False
    if guild is None:
        return channel.is_group_dm and (not contexts or _AMONG_PEOPLE in contexts)
    return not guild.has_bot and (not contexts or _IN_GUILD in contexts) and _may_use_commands(person, channel)


def _may_use_commands(person: Member, channel: Channel) -> bool:
    needed = Permission.VIEW_CHANNEL | Permission.USE_APPLICATION_COMMANDS
    return channel.permissions_of(person) & needed == needed


def _granted(person: Member, channel: Channel, command: Json) -> bool:
    """Apply what admins set for this command, then the command's own default."""
    guild = channel.guild
    assert guild is not None
    allowed = channel.permissions_of(person)
    if allowed & Permission.ADMINISTRATOR:
        return True
    grants = guild.command_grants.get(command["name"], {})
    if person.id in grants:
        return grants[person.id]
    by_role = [grants[role.id] for role in person.roles if role.id in grants]
    if by_role:
        return any(by_role)
    if guild.id in grants:
        return grants[guild.id]
    default = command["default_member_permissions"]
    if default is None:
        return True
    needed = int(default)
    return needed != 0 and allowed & needed == needed


def invocation(
    fake: FakeDiscord,
    person: Member,
    channel: Channel,
    name: str,
    options: dict[str, Any],
    *,
    focused: str | None = None,
    forged: bool = False,
) -> Json:
    """Spell the use of a slash command; `focused` is the option being typed into.

    One that is `forged` need not be offered there.
    """
    root, *below = name.split()
    command = registered(fake, channel, root) if forged else usable(fake, person, channel, root)
    if command is None:
        raise NotOffered(f"/{root} is not offered to {person.name} in {channel.name!r}")
    path = _descend(command, below)
    declared = {each["name"]: each for each in path[-1].get("options") or ()}
    _check_options(name, declared, options, focused)

    given: list[Json] = [_option(declared[key], value, focused=focused == key) for key, value in options.items()]
    for node in reversed(path[1:]):
        given = [{"name": node["name"], "type": node["type"], "options": given}]
    data: Json = {"id": command["id"], "name": root, "type": 1, "options": given}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    handed = handed_over(person, [each for each in options.values() if hasattr(each, "id")])
    if handed:
        data["resolved"] = handed
    return data


def _descend(command: Json, below: list[str]) -> list[Json]:
    """Return the command and the group and subcommand under it that are named."""
    path = [command]
    for step in below:
        inner = path[-1].get("options") or ()
        found = [each for each in inner if each["name"] == step and each["type"] in (SUBCOMMAND, GROUP)]
        if not found:
            raise NotOffered(f"/{command['name']} has no subcommand {step!r}")
        path += found
    return path


def _check_options(name: str, declared: Json, given: dict[str, Any], focused: str | None) -> None:
    """Raise where a client would not let its user send the command like that."""
    if any(each["type"] in (SUBCOMMAND, GROUP) for each in declared.values()):
        raise NotOffered(f"/{name} only has subcommands")
    if unknown := given.keys() - declared.keys():
        raise ValueError(f"/{name} has no option {sorted(unknown)}")
    if focused is not None:
        if not declared[focused].get("autocomplete"):
            raise ValueError(f"{focused!r} of /{name} does not autocomplete")
        return
    missing = [key for key, option in declared.items() if option.get("required") and key not in given]
    if missing:
        raise ValueError(f"/{name} needs {missing}")


def menu(
    fake: FakeDiscord,
    person: Member,
    channel: Channel,
    name: str,
    *,
    kind: int,
    target_id: int,
    handed: Json,
) -> Json:
    """Spell the use of a command in the menu of a message (3) or a person (2)."""
    command = usable(fake, person, channel, name, kind)
    if command is None:
        raise NotOffered(f"{name!r} is not offered to {person.name} in {channel.name!r}")
    return {
        "id": command["id"],
        "name": name,
        "type": kind,
        "target_id": str(target_id),
        "resolved": handed,
    }


def handed_over(person: Member, things: list[Any]) -> Json:
    """Return the resolved data for channels, roles, people and messages named in options."""
    kinds: dict[str, Json] = {"users": {}, "members": {}, "roles": {}, "channels": {}}
    for thing in things:
        key = str(thing.id)
        if isinstance(thing, Channel):
            kinds["channels"][key] = payloads.partial_channel(thing, thing.permissions_of(person))
        elif isinstance(thing, Role):
            assert person.guild is not None
            kinds["roles"][key] = payloads.role(thing, person.guild)
        elif not isinstance(thing, Message):
            kinds["users"][key] = payloads.user(thing.user)
            kinds["members"][key] = payloads.member(thing, with_user=False)
    return payloads.resolved(**kinds)


def _option(declared: Json, value: Any, *, focused: bool) -> Json:
    kind = declared["type"]
    spelt: Json = {"name": declared["name"], "type": kind}
    if hasattr(value, "id"):
        value = str(value.id)
    elif focused:
        # What is being typed is text, whatever it will become.
        value = str(value)
    elif kind == STRING:
        low, high = declared.get("min_length") or 0, declared.get("max_length") or 6000
        if not isinstance(value, str) or not low <= len(value) <= high:
            raise ValueError(f"{declared['name']!r} takes {low} to {high} characters")
    elif kind in (INTEGER, NUMBER):
        if "min_value" in declared and value < declared["min_value"]:
            raise ValueError(f"{declared['name']!r} is at least {declared['min_value']}")
        if "max_value" in declared and value > declared["max_value"]:
            raise ValueError(f"{declared['name']!r} is at most {declared['max_value']}")
    choices = {choice["value"] for choice in declared.get("choices") or ()}
    if choices and not focused and value not in choices:
        raise ValueError(f"{declared['name']!r} is one of {sorted(choices)}")
    spelt["value"] = value
    if focused:
        spelt["focused"] = True
    return spelt
