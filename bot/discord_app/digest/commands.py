"""`/manage digest`: where and when the weekly digest is posted, and the menus to change it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any, ClassVar

import discord
from discord import app_commands

from bot.discord_app.clicks import reply_privately, responses_of
from bot.discord_app.digest.posting import DigestPosts
from bot.discord_app.digest.schedule import DAYS_OF_WEEK, HOURS_OF_DAY, USUAL_ZONES, find_zone, zones_like
from bot.discord_app.digest.texts import (
    clock_time,
    describe_plan,
    render_unknown_zone,
    weekdays,
)
from bot.discord_app.page import MAX_CHOICES, MAX_OPTION, Card, Page
from bot.discord_app.permissions import (
    MissingPermission,
    Place,
    find_place,
    missing_to_have_posted,
    missing_to_moderate,
    missing_to_send,
    reader_of,
    render_missing_permission,
)
from bot.discord_app.setting_menus import ChannelMenu, ChoiceMenu, Screen
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.language.speech import N_, _
from bot.storage.digest_plans import DigestPlan, DigestPlans
from bot.storage.errors import OutcomeUnknown, StorageUnavailable


class DigestChannelMenu(ChannelMenu, custom_id="digest:channel"):
    """Choose the channel, or none."""

    setting = "channel_id"
    placeholder = N_("Channel: none")
    purpose = N_("Channel:")
    channel_types: ClassVar[list[discord.ChannelType]] = [discord.ChannelType.text, discord.ChannelType.news]

    async def _choose(self, interaction: discord.Interaction[Any]) -> None:
        """Save the choice, if the moderator may have something posted there."""
        if not self.chosen:
            await self._save(interaction, None)
            return
        place = find_place(interaction.guild, next(iter(self.chosen)))
        if not isinstance(place, discord.TextChannel):
            await self._refuse(interaction)
        elif missing := _missing_to_choose(interaction, place):
            await reply_privately(interaction, render_missing_permission(missing))
        else:
            await self._save(interaction, place.id)


class WeekdayMenu(ChoiceMenu, custom_id="digest:weekday"):
    """Choose the day."""

    setting = "weekday"
    choices: ClassVar[dict[str, Any]] = {str(number): number for number in range(DAYS_OF_WEEK)}

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        return _("Day: {day}", day=weekdays()[value])


class HourMenu(ChoiceMenu, custom_id="digest:hour"):
    """Choose the hour."""

    setting = "hour"
    choices: ClassVar[dict[str, Any]] = {str(hour): hour for hour in range(HOURS_OF_DAY)}

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        return _("Hour: {hour}", hour=clock_time(value))


class TimeZoneMenu(ChoiceMenu, custom_id="digest:time-zone"):
    """Choose one of the usual time zones, or keep another one."""

    setting = "time_zone"
    choices: ClassVar[dict[str, Any]] = {zone: zone for zone in USUAL_ZONES}

    def describe(self, value: Any) -> str:
        """Return the label of an option."""
        return _("Time zone: {zone}", zone=value)

    def offered(self, chosen: Any) -> dict[str, Any]:
        """Return what to offer: the usual ones, after the one that is chosen if it isn't among them."""
        return self.choices if chosen in {None, *self.choices} else {chosen: chosen, **self.choices}

    async def _choose(self, interaction: discord.Interaction[Any]) -> None:
        """Save any time zone: the one kept may have changed since the menu was shown."""
        name = next(iter(self.item.values), "")
        if len(name) > MAX_OPTION or find_zone(name) is None:
            await self._refuse(interaction)
        else:
            await self._save(interaction, name)


class WeeklyDigest(Screen):
    """Let moderators choose where and when the digest is posted, and post it."""

    command = "digest"
    items = (DigestChannelMenu, WeekdayMenu, HourMenu, TimeZoneMenu)

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        keeper: QuestionKeeper,
        manage: app_commands.Group,
        plans: DigestPlans,
        posts: DigestPosts,
    ) -> None:
        self._clock = clock
        self._keeper = keeper
        self._plans = plans
        self._posts = posts
        description = N_("Choose where and when I post a weekly digest of what was asked.")
        manage.command(name=self.command, description=description)(self.digest).autocomplete("time_zone")(
            self._suggest_zones
        )

    def background(self) -> Iterable[Coroutine[Any, Any, None]]:
        """Post what is due."""
        return (self._posts.keep_up(),)

    @app_commands.describe(time_zone=N_("Any time zone, such as Asia/Tokyo"))
    async def digest(
        self, interaction: discord.Interaction[Any], time_zone: app_commands.Range[str, 1, 100] | None = None
    ) -> None:
        """Choose where and when I post a weekly digest of what was asked."""
        if missing := self.missing(interaction):
            await reply_privately(interaction, render_missing_permission(missing))
        else:
            await responses_of(interaction).acknowledged(interaction, self._screen_of(interaction, time_zone))

    def missing(self, interaction: discord.Interaction[Any]) -> MissingPermission | None:
        """Return Manage Messages if somebody lacks it."""
        return missing_to_moderate(interaction)

    async def save(self, _: discord.Interaction[Any], guild: discord.Guild, changes: dict[str, Any]) -> Page:
        """Save changes, and return the plan as it is now.

        Raises:
            OutcomeUnknown: The database went away; it may have changed.
            StorageUnavailable: The database can't be used now; nothing has changed.
        """
        await self._plans.choose(guild.id, now=self._clock(), **changes)
        try:
            return await self._screen(guild)
        except StorageUnavailable as error:
            raise OutcomeUnknown(str(error)) from None

    async def _screen_of(self, interaction: discord.Interaction[Any], time_zone: str | None) -> Page:
        guild = reader_of(interaction).guild
        if time_zone is None:
            return await self._screen(guild)
        zone = find_zone(time_zone.strip())
        if zone is None:
            return render_unknown_zone(time_zone)
        return await self.save(interaction, guild, {"time_zone": zone.key})

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
    return Page(
        cards=(Card(title=_("Weekly digest"), text=describe_plan(plan, guild, keeps_text=keeps_text, now=now)),),
        items=(
            *DigestChannelMenu([channel] if channel else ()).parts,
            WeekdayMenu(plan.weekday),
            HourMenu(plan.hour),
            TimeZoneMenu(plan.time_zone),
        ),
    )


def _missing_to_choose(interaction: discord.Interaction[Any], place: Place) -> MissingPermission | None:
    """Return what keeps a moderator from choosing a channel; that the bot can't write there yet doesn't.

    Of a channel that the bot can't see, it may not know who else can.
    """
    if (missing := missing_to_send(place)) and missing.permission == "view_channel":
        return missing
    return missing_to_have_posted(interaction, place)
