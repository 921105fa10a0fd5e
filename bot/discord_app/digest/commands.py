"""`/manage digest`: where and when the weekly digest is posted, and the menus to change it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Self, Unpack

import discord
from discord import app_commands

from bot.discord_app.clicks import NO_TEMPLATE, Clickable, Feature, ItemT, feature, once, reply_privately
from bot.discord_app.digest.posting import DigestPosts
from bot.discord_app.digest.schedule import DAYS_OF_WEEK, HOURS_OF_DAY, USUAL_ZONES, find_zone, zones_like
from bot.discord_app.digest.settings_texts import (
    clock_time,
    describe_plan,
    render_being_saved,
    render_unknown_choice,
    render_unknown_zone,
    weekdays,
)
from bot.discord_app.interactions import Responses
from bot.discord_app.page import MAX_CHOICES, MAX_OPTION, Card, Page
from bot.discord_app.permissions import (
    MissingPermission,
    Place,
    find_place,
    missing_to_have_posted,
    missing_to_moderate,
    missing_to_send,
    render_missing_permission,
)
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.language.speech import N_, _
from bot.operations.background import begin, end
from bot.storage.digest_plans import Choice, DigestPlan, DigestPlans


class DigestMenu(Clickable[ItemT], template=NO_TEMPLATE):
    """Change one part of the plan, and show all of it again."""

    async def _choose(self, interaction: discord.Interaction[Any], **choice: Unpack[Choice]) -> None:
        guild = interaction.guild
        if (missing := missing_to_moderate(interaction)) or guild is None:
            page = render_missing_permission(missing) if missing else render_unknown_choice()
            await reply_privately(interaction, page)
            return
        digests = feature(interaction, WeeklyDigest)
        await once(
            interaction,
            "digest",
            guild.id,
            work=lambda: digests.responses.carry_out(interaction, digests.choose(guild, **choice)),
            meanwhile=render_being_saved(),
        )


class DigestChannelMenu(DigestMenu[discord.ui.ChannelSelect[Any]], template="^digest:channel$"):
    """Choose the channel, or none."""

    def __init__(self, chosen: int | None = None) -> None:
        menu: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
            custom_id="digest:channel",
            placeholder=_("Channel: none"),
            channel_types=[discord.ChannelType.text, discord.ChannelType.news],
            min_values=0,
            default_values=[discord.SelectDefaultValue.from_channel(discord.Object(chosen))] if chosen else [],
        )
        super().__init__(menu)

    @classmethod
    async def from_custom_id(cls, _i: discord.Interaction[Any], _item: Any, _match: re.Match[str], /) -> Self:
        """Build the menu that was used."""
        return cls()

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice, if the moderator may have something posted there."""
        if missing := missing_to_moderate(interaction):
            await reply_privately(interaction, render_missing_permission(missing))
            return
        chosen = next((channel.id for channel in self.item.values), None)
        if chosen is None:
            await self._choose(interaction, channel_id=None)
            return
        place = find_place(interaction.guild, chosen)
        if not isinstance(place, discord.TextChannel):
            await reply_privately(interaction, render_unknown_choice())
        elif missing := _missing_to_choose(interaction, place):
            await reply_privately(interaction, render_missing_permission(missing))
        else:
            await self._choose(interaction, channel_id=place.id)


class OptionsMenu(DigestMenu[discord.ui.Select[Any]], template=NO_TEMPLATE):
    """Choose one of some values."""

    custom_id_: ClassVar[str]

    def __init__(self, labels: dict[str, str] | None = None, chosen: str = "") -> None:
        options = [
            discord.SelectOption(label=label, value=value, default=value == chosen)
            for value, label in (labels or {}).items()
        ]
        super().__init__(discord.ui.Select(custom_id=self.custom_id_, options=options))

    @classmethod
    async def from_custom_id(cls, _i: discord.Interaction[Any], _item: Any, _match: re.Match[str], /) -> Self:
        """Build the menu that was used."""
        return cls()

    @property
    def _value(self) -> str:
        return next(iter(self.item.values), "")

    def _number(self, below: int) -> int | None:
        number = int(self._value) if re.fullmatch(r"[0-9]{1,2}", self._value) else below
        return number if number < below else None


class WeekdayMenu(OptionsMenu, template="^digest:weekday$"):
    """Choose the day."""

    custom_id_ = "digest:weekday"

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        if (weekday := self._number(DAYS_OF_WEEK)) is None:
            await reply_privately(interaction, render_unknown_choice())
        else:
            await self._choose(interaction, weekday=weekday)


class HourMenu(OptionsMenu, template="^digest:hour$"):
    """Choose the hour."""

    custom_id_ = "digest:hour"

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        if (hour := self._number(HOURS_OF_DAY)) is None:
            await reply_privately(interaction, render_unknown_choice())
        else:
            await self._choose(interaction, hour=hour)


class TimeZoneMenu(OptionsMenu, template="^digest:time-zone$"):
    """Choose one of the usual time zones."""

    custom_id_ = "digest:time-zone"

    async def act(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice."""
        if len(self._value) > MAX_OPTION or find_zone(self._value) is None:
            await reply_privately(interaction, render_unknown_choice())
        else:
            await self._choose(interaction, time_zone=self._value)


class WeeklyDigest(Feature):
    """Let moderators choose where and when the digest is posted, and post it."""

    items = (DigestChannelMenu, WeekdayMenu, HourMenu, TimeZoneMenu)

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        keeper: QuestionKeeper,
        manage: app_commands.Group,
        plans: DigestPlans,
        posts: DigestPosts,
        responses: Responses,
    ) -> None:
        self._clock = clock
        self._keeper = keeper
        self._plans = plans
        self._posts = posts
        self._background: list[asyncio.Task[None]] = []
        self.responses = responses
        description = N_("Choose where and when I post a weekly digest of what was asked.")
        manage.command(name="digest", description=description)(self.digest).autocomplete("time_zone")(
            self._suggest_zones
        )

    async def cog_load(self) -> None:
        """Begin to post what is due."""
        self._background.append(begin(self._posts.keep_up()))

    async def cog_unload(self) -> None:
        """Post nothing more."""
        await end(self._background)

    @app_commands.describe(time_zone=N_("Any time zone, such as Asia/Tokyo"))
    async def digest(
        self, interaction: discord.Interaction[Any], time_zone: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """Choose where and when I post a weekly digest of what was asked."""
        if missing := missing_to_moderate(interaction):
            await self.responses.respond(interaction, render_missing_permission(missing), private=True)
        else:
            await self.responses.acknowledged(interaction, self._screen_of(interaction, time_zone))

    async def choose(self, guild: discord.Guild, **choice: Unpack[Choice]) -> Page:
        """Save a choice, and return the plan as it is now.

        Raises:
            StorageUnavailable: The database can't be used now; nothing has changed.
        """
        await self._plans.choose(guild.id, now=self._clock(), **choice)
        return await self._screen(guild)

    async def _screen_of(self, interaction: discord.Interaction[Any], time_zone: str | None) -> Page:
        if interaction.guild is None:
            raise AssertionError("the command is for servers only")
        if time_zone is None:
            return await self._screen(interaction.guild)
        zone = find_zone(time_zone.strip())
        if zone is None:
            return render_unknown_zone(time_zone)
        await self._plans.choose(interaction.guild.id, now=self._clock(), time_zone=zone.key)
        return await self._screen(interaction.guild)

    async def _screen(self, guild: discord.Guild) -> Page:
        plan = await self._plans.of(guild.id)
        return render_plan(plan, guild, keeps_text=self._keeper.keeps_text, now=self._clock())

    async def _suggest_zones(
        self, _interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await asyncio.to_thread(zones_like, typed, most=MAX_CHOICES)
        return [app_commands.Choice(name=name, value=name) for name in found]


def render_plan(plan: DigestPlan, guild: discord.Guild, *, keeps_text: bool, now: datetime) -> Page:
    """Return a server's plan, with menus to change it. A deleted channel isn't preselected."""
    channel = plan.channel_id if plan.channel_id and guild.get_channel(plan.channel_id) else None
    zones = USUAL_ZONES if plan.time_zone in USUAL_ZONES else (plan.time_zone, *USUAL_ZONES)
    days = {str(number): _("Day: {day}", day=day) for number, day in enumerate(weekdays())}
    hours = {str(hour): _("Hour: {hour}", hour=clock_time(hour)) for hour in range(HOURS_OF_DAY)}
    return Page(
        cards=(Card(title=_("Weekly digest"), text=describe_plan(plan, guild, keeps_text=keeps_text, now=now)),),
        items=(
            DigestChannelMenu(channel),
            WeekdayMenu(days, str(plan.weekday)),
            HourMenu(hours, str(plan.hour)),
            TimeZoneMenu({zone: _("Time zone: {zone}", zone=zone) for zone in zones}, plan.time_zone),
        ),
    )


def _missing_to_choose(interaction: discord.Interaction[Any], place: Place) -> MissingPermission | None:
    """Return what keeps a moderator from choosing a channel; that the bot can't write there yet doesn't.

    Of a channel that the bot can't see, it may not know who else can.
    """
    if (missing := missing_to_send(place)) and missing.permission == "view_channel":
        return missing
    return missing_to_have_posted(interaction, place)
