"""Post each server's digest when it's due, once, and remove forgotten questions from it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import discord

from bot.discord_app.digest.gathering import Digest, Gathering
from bot.discord_app.digest.schedule import Schedule
from bot.discord_app.digest.texts import render_digest
from bot.discord_app.forms import begins_like
from bot.discord_app.languages import Languages
from bot.discord_app.page import Page
from bot.discord_app.permissions import MissingPermission, Place, find_place, missing_to_send
from bot.discord_app.posts import Edit, Posts, Whereabouts
from bot.discord_app.sender import NotTaken
from bot.language.speech import speaking
from bot.storage.digest_plans import DigestPlan, DigestPlans
from bot.storage.digests import Claimed, Contents, DigestKey, Digests, OutdatedDigest, Settled
from bot.storage.errors import StorageUnavailable
from bot.storage.persistence import once_available

logger = logging.getLogger(__name__)

PAUSE_BETWEEN_LOOKS = 3.0  # seconds
PAUSE_BETWEEN_EDITS = timedelta(minutes=1)  # of a digest that can't be edited now
TIME_TO_CATCH_UP = timedelta(days=1)  # a digest that is later than that is left out


class DigestPosts:
    """The digests of all servers that this process serves."""

    def __init__(
        self,
        *,
        client: discord.Client,
        clock: Callable[[], datetime],
        digests: Digests,
        gathering: Gathering,
        languages: Languages,
        plans: DigestPlans,
        posts: Posts,
    ) -> None:
        self._client = client
        self._clock = clock
        self._digests = digests
        self._gathering = gathering
        self._languages = languages
        self._plans = plans
        self._posts = posts
        self._settled: dict[int, datetime] = {}
        self._edit_after: dict[DigestKey, datetime] = {}
        self._told: dict[int, str] = {}

    async def keep_up(self) -> None:
        """Post what is due, until canceled."""
        while True:
            for plan in await once_available(self._plans.active, otherwise="The plans of digests can't be read yet."):
                await self._post_due(plan)
            outdated = await once_available(self._digests.outdated, otherwise="The digests can't be read yet.")
            for digest in outdated:
                await self._edit(digest)
            await asyncio.sleep(PAUSE_BETWEEN_LOOKS)

    async def _post_due(self, plan: DigestPlan) -> None:
        """Post a server's digest if it's due and not posted yet."""
        place, now = find_place(self._guild(plan.server_id), plan.channel_id or 0), self._clock()
        due_at = Schedule(plan.weekday, plan.hour, plan.time_zone).latest(now)
        is_wanted = plan.chosen_at is None or plan.chosen_at < due_at
        if place is None or not is_wanted or now - due_at > TIME_TO_CATCH_UP or missing_to_send(place):
            return
        if self._settled.get(plan.server_id) == due_at:
            return
        key = DigestKey(plan.server_id, due_at)
        try:
            match await self._digests.claim(key, channel_id=place.id, now=now):
                case Claimed() as claimed:
                    await self._post(place, claimed, now=now)
                case Settled():
                    self._settled[plan.server_id] = due_at
        except (StorageUnavailable, NotTaken) as error:
            self._warn_once("The digest in channel %s can't be posted yet: %s", place.id, error)
        except Exception:
            logger.exception("Failed to post the digest in channel %s.", place.id)

    async def _post(self, place: Place, claimed: Claimed, *, now: datetime) -> None:
        key = claimed.key
        contents = claimed.contents or await self._find(place, key, now=now)
        digest = await self._read(place, key, contents)
        message: discord.Message | None = None
        if not digest.is_empty:
            message = await self._posts.post(
                place,
                await self._in_words(place, digest),
                nonce=_nonce(key),
                maybe_since=discord.utils.time_snowflake(claimed.begun_at) if claimed.is_repeated else None,
                is_same=begins_like,
            )
        await self._digests.settle(key, message_id=message.id if message else None, now=now)
        self._settled[key.server_id] = key.due_at

    async def _find(self, place: Place, key: DigestKey, *, now: datetime) -> Contents:
        """Return what there is to tell, once it's stored: a later attempt tells the same."""
        previous = await self._digests.before(key)
        contents, groups = await self._gathering.find(place, due_at=key.due_at, previous=previous, now=now)
        await self._digests.keep(key, contents, groups)
        return contents

    async def _read(self, place: Place, key: DigestKey, contents: Contents) -> Digest:
        return await self._gathering.name(place, contents, await self._digests.groups(key))

    async def _edit(self, digest: OutdatedDigest) -> None:
        """Remove the questions that were forgotten from a posted digest."""
        key, now = digest.key, self._clock()
        guild = self._guild(key.server_id)
        if guild is None or self._edit_after.get(key, now) > now:
            return
        self._edit_after[key] = now + PAUSE_BETWEEN_EDITS
        place = find_place(guild, digest.channel_id)
        try:
            result = Edit.gone if place is None else await self._edit_in(place, digest)
            if result in {Edit.done, Edit.gone}:
                await self._digests.drop_questions(key, digest.forgotten)
                self._edit_after.pop(key)
        except StorageUnavailable as error:
            self._warn_once("The digest in channel %s can't be edited yet: %s", digest.channel_id, error)
        except Exception:
            logger.exception("Failed to edit the digest in channel %s.", digest.channel_id)

    async def _edit_in(self, place: Place, digest: OutdatedDigest) -> Edit | MissingPermission:
        page = await self._in_words(place, await self._read(place, digest.key, digest.contents))
        return await self._posts.edit(Whereabouts(place.guild.id, place.id, digest.message_id), page)

    async def _in_words(self, place: Place, digest: Digest) -> Page:
        """Return a digest in the language of its server: nobody asked for it."""
        with speaking(await self._languages.of_server(place.guild)):
            return render_digest(digest)

    def _warn_once(self, line: str, channel_id: int, error: Exception) -> None:
        """Log why something can't be done yet in a channel, unless that was the last thing logged about it."""
        if self._told.get(channel_id) != str(error):
            self._told[channel_id] = str(error)
            logger.warning(line, channel_id, error)

    def _guild(self, server_id: int) -> discord.Guild | None:
        """Return a server; None if another process serves it, or Discord can't serve it now."""
        guild = self._client.get_guild(server_id)
        return None if guild is None or guild.unavailable else guild


def _nonce(key: DigestKey) -> str:
    """Return the same for the same digest, in whatever process."""
    return "d" + hashlib.sha256(f"{key.server_id} {key.due_at.timestamp()}".encode()).hexdigest()[:20]
