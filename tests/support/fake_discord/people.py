"""People: what a member of a server, or a stranger in a DM, does to the bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import commands, messages, payloads, permissions
from .components import Json, walk
from .interactions import Interaction, InteractionKind
from .permissions import Permission
from .world import Channel, ChannelKind, Guild, Message, MessageKind, Role, User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .oddities import Oddity
    from .server import FakeDiscord


@dataclass(slots=True, eq=False, repr=False)
class Member:
    """A person. Without a `guild` they can only be met in a DM."""

    user: User
    fake: FakeDiscord
    guild: Guild | None = None
    roles: list[Role] = field(default_factory=list)
    locale: str = "en-US"

    def __repr__(self) -> str:
        return f"<Member {self.id} {self.name!r}>"

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def mention(self) -> str:
        return self.user.mention

    @property
    def permissions(self) -> int:
        """What the member may do in the server, before any channel's overwrites."""
        if self.guild is None:
            return 0
        return permissions.in_guild(
            self.guild.everyone.permissions,
            [role.permissions for role in self.roles],
            owner=self.guild.owner_id == self.id,
        )

    @property
    def dm(self) -> Channel:
        """The DM between this person and the bot."""
        return self.fake.dm_with(self.user)

    async def says(
        self,
        channel: Channel,
        text: str = "",
        *,
        mention: User | Member | Role | None = None,
        reply_to: Message | None = None,
        ping: bool = True,
        embeds: list[Json] | None = None,
        attachments: list[Json] | None = None,
        kind: MessageKind = MessageKind.DEFAULT,
        webhook: bool = False,
        oddity: Oddity | None = None,
    ) -> Message:
        """Write in a channel; `mention` is put before the text, `ping` is a reply's.

        With `webhook` it is an integration that speaks in this person's name.
        """
        if mention is not None:
            text = f"{mention.mention} {text}".strip()
        if channel.is_thread and channel.archived and not channel.locked:  # writing in it opens it again
            channel.archived = False
            self.fake.announce_channel(channel, "THREAD_UPDATE")
        first_in_post = channel.silent_until_author == self.id
        if first_in_post:
            channel.silent_until_author = None
        message = messages.post(
            self.fake,
            channel,
            self.user,
            content=text,
            embeds=embeds,
            files=attachments,
            kind=kind,
            replies_to=reply_to,
            ping_author=ping,
            webhook_id=self.fake.snowflakes.next() if webhook else None,
            # The message that opens a forum post has the post's own id.
            message_id=channel.id if first_in_post else None,
            oddities=() if oddity is None else (oddity,),
        )
        self.fake.ledger.asked(message)
        return message

    async def asks(self, channel: Channel, text: str, **options: Any) -> Message:
        """Write in a channel, mentioning the bot."""
        return await self.says(channel, text, mention=self.fake.bot, **options)

    async def sends_dm(self, text: str, **options: Any) -> Message:
        """Write to the bot in private."""
        return await self.says(self.dm, text, **options)

    async def edits(self, message: Message, text: str) -> None:
        """Change what a message says."""
        messages.edit(self.fake, message, {"content": text})

    async def deletes(self, message: Message) -> None:
        """Delete a message."""
        messages.delete(self.fake, message)

    async def deletes_many(self, channel: Channel, *many: Message) -> None:
        """Delete messages of a channel at once, as a moderator does through a bot or by a ban."""
        messages.delete_many(self.fake, channel, many)

    async def reacts(self, message: Message, emoji: str) -> None:
        """Put a reaction under a message."""
        messages.react(self.fake, message, self.user, emoji, add=True)

    async def opens_post(
        self, forum: Channel, title: str, body: str | None = None, *, tags: Iterable[int] = ()
    ) -> tuple[Channel, Message | None]:
        """Open a post in a forum; return its thread and its first message.

        Without a `body` the first message is still on its way: until `says` brings it, the
        bot is refused with 40058.
        """
        assert forum.kind is ChannelKind.FORUM
        assert forum.guild is not None
        thread = forum.guild.add_thread(forum, title, self)
        thread.silent_until_author = self.id
        thread.applied_tags = list(tags)
        forum.last_message_id = thread.id
        self.fake.announce_thread(thread)
        return thread, await self.says(thread, body) if body is not None else None

    async def opens_thread(
        self,
        channel: Channel,
        title: str,
        *oddities: Oddity,
        message: Message | None = None,
        kind: ChannelKind = ChannelKind.THREAD,
    ) -> Channel:
        """Open a public thread under a text channel, if need be below a message, whose id it then has."""
        assert channel.guild is not None
        thread_id = message.id if message else None
        thread = channel.guild.add_thread(channel, title, self, *oddities, thread_id=thread_id, kind=kind)
        self.fake.announce_thread(thread)
        return thread

    def installs_app(self) -> None:
        """Install the app for this account, to bring it along to wherever the person is."""
        self.fake.user_installs.add(self.id)

    def sees_command(self, channel: Channel, name: str) -> bool:
        """Say whether Discord offers this person the command in this channel."""
        return commands.usable(self.fake, self, channel, name) is not None

    async def slash(self, channel: Channel, name: str, /, **options: Any) -> Interaction:
        """Use a slash command ("ask", or "manage stats" for a subcommand).

        Raises `commands.NotOffered` where Discord would not offer it to this person, and
        ValueError for options that its client would not send.
        """
        data = commands.invocation(self.fake, self, channel, name, options)
        return self._interact(InteractionKind.COMMAND, channel, data)

    async def forges_slash(self, channel: Channel, name: str, /, **options: Any) -> Interaction:
        """Use a slash command that this person's client wouldn't offer there."""
        data = commands.invocation(self.fake, self, channel, name, options, forged=True)
        return self._interact(InteractionKind.COMMAND, channel, data)

    async def autocomplete(self, channel: Channel, name: str, /, **options: Any) -> Interaction:
        """Type into a slash command; the last option given is the one typed into."""
        data = commands.invocation(self.fake, self, channel, name, options, focused=list(options)[-1])
        return self._interact(InteractionKind.AUTOCOMPLETE, channel, data)

    async def message_command(self, channel: Channel, name: str, target: Message) -> Interaction:
        """Right-click a message and choose an app's command; it hands the message over."""
        spelt = payloads.message(target, content=True)
        handed = {"messages": {str(target.id): spelt}}
        data = commands.menu(self.fake, self, channel, name, kind=3, target_id=target.id, handed=handed)
        return self._interact(InteractionKind.COMMAND, channel, data)

    async def user_command(self, channel: Channel, name: str, target: Member) -> Interaction:
        """Right-click a person and choose an app's command."""
        handed = payloads.resolved(
            users={str(target.id): payloads.user(target.user)},
            members={str(target.id): payloads.member(target, with_user=False)},
        )
        data = commands.menu(self.fake, self, channel, name, kind=2, target_id=target.id, handed=handed)
        return self._interact(InteractionKind.COMMAND, channel, data)

    async def clicks(self, message: Message, button: str) -> Interaction:
        """Click a button, named by its label, its custom_id or its emoji.

        Raises LookupError if this person sees no such button or cannot click it.
        """
        self._must_see(message)
        for found in message.buttons:
            emoji = (found.get("emoji") or {}).get("name")
            if button in (found.get("label"), found.get("custom_id"), emoji):
                if found.get("disabled") or not found.get("custom_id"):
                    raise LookupError(f"the button {button!r} cannot be clicked")
                return await self.forges_click(message, found["custom_id"])
        raise LookupError(f"no button {button!r} among {message.labels}")

    async def forges_click(
        self, message: Message, custom_id: str, *, component_type: int = 2, values: list[str] | None = None
    ) -> Interaction:
        """Click a button that may no longer be there, or never was; or choose values in such a menu."""
        data: Json = {"custom_id": custom_id, "component_type": component_type, "id": 1}
        if values is not None:
            data["values"] = values
        return self._interact(InteractionKind.COMPONENT, message.channel, data, message)

    async def selects(self, message: Message, custom_id: str, *values: str | Channel | Role | Member) -> Interaction:
        """Choose in a select menu: values of a text menu, or channels, roles and people."""
        self._must_see(message)
        menu = next((each for each in message.selects if each["custom_id"] == custom_id), None)
        if menu is None or menu.get("disabled"):
            raise LookupError(f"no select {custom_id!r} to choose in")
        least = menu.get("min_values")
        if not (1 if least is None else least) <= len(values) <= (menu.get("max_values") or 1):
            raise ValueError(f"{custom_id!r} does not take {len(values)} values")
        chosen = [each if isinstance(each, str) else str(each.id) for each in values]
        offered = {option["value"] for option in menu.get("options") or ()}
        if menu["type"] == 3 and not offered.issuperset(chosen):
            raise LookupError(f"{chosen} are not all among {sorted(offered)}")
        data: Json = {
            "custom_id": custom_id,
            "component_type": menu["type"],
            "id": 1,
            "values": chosen,
        }
        handed = commands.handed_over(self, [each for each in values if not isinstance(each, str)])
        if handed:
            data["resolved"] = handed
        return self._interact(InteractionKind.COMPONENT, message.channel, data, message)

    async def submits_modal(self, opened_by: Interaction, **values: str) -> Interaction:
        """Fill in the modal that `opened_by` was answered with, by custom_id: a text, or an option's label or value.

        What isn't named stays as it was prefilled. Raises ValueError for what Discord's client would not send.
        """
        modal = opened_by.modal
        if modal is None:
            raise LookupError("the interaction was not answered with a modal")
        fields = {part["custom_id"] for part in walk(modal["components"]) if "custom_id" in part}
        if not fields.issuperset(values):
            raise LookupError(f"no fields {sorted(set(values) - fields)} among {sorted(fields)}")
        data = {
            "custom_id": modal["custom_id"],
            "components": _filled(modal["components"], values),
        }
        return self._interact(InteractionKind.MODAL, opened_by.channel, data, opened_by.message)

    async def forges_modal(
        self, channel: Channel, custom_id: str, *, message: Message | None = None, **values: str
    ) -> Interaction:
        """Submit a modal that was never opened, or not by this person: what a hostile client might send."""
        fields = [
            {"type": 18, "id": number, "component": {"type": 4, "id": number, "custom_id": name, "value": value}}
            for number, (name, value) in enumerate(values.items(), start=1)
        ]
        return self._interact(InteractionKind.MODAL, channel, {"custom_id": custom_id, "components": fields}, message)

    def _interact(
        self, kind: InteractionKind, channel: Channel, data: Json, message: Message | None = None
    ) -> Interaction:
        return self.fake.interactions.begin(kind, self, channel, data, message)

    def _must_see(self, message: Message) -> None:
        if message.deleted or message.ephemeral_for not in (None, self.id):
            raise LookupError(f"{self.name} does not see that message")
        if not message.channel.permissions_of(self) & Permission.VIEW_CHANNEL:
            raise LookupError(f"{self.name} does not see #{message.channel.name}")


def _filled(components: list[Json], values: dict[str, str]) -> list[Json]:
    """Return a modal's components as they come back, with what was typed or picked."""
    filled = []
    for part in components:
        answer: Json = {"type": part["type"], "id": part.get("id", 0)}
        if "components" in part:
            answer["components"] = _filled(part["components"], values)
        elif "component" in part:
            answer["component"] = _filled([part["component"]], values)[0]
        elif "custom_id" in part:
            typed = values.get(part["custom_id"])
            answer["custom_id"] = part["custom_id"]
            answer |= {"value": _typed(part, typed)} if part["type"] == 4 else {"values": _picked(part, typed)}
        filled.append(answer)
    return filled


def _typed(field: Json, typed: str | None) -> str:
    """Return what stands in a text input."""
    text: str = (field.get("value") or "") if typed is None else typed
    required = True if field.get("required") is None else field["required"]
    if required and not text.strip():
        raise ValueError(f"{field['custom_id']!r} is required")
    if text and not (field.get("min_length") or 0) <= len(text) <= (field.get("max_length") or 4000):
        raise ValueError(f"{field['custom_id']!r} does not take {len(text)} characters")
    return text


def _picked(menu: Json, picked: str | None) -> list[str]:
    """Return what is chosen in a text menu: one option, by its label or value, or those chosen beforehand."""
    options = menu.get("options") or []
    if picked is None:
        return [option["value"] for option in options if option.get("default")]
    found = [option["value"] for option in options if picked in (option["label"], option["value"])]
    if not found:
        raise ValueError(f"no option {picked!r} among {[option['label'] for option in options]}")
    return found[:1]
