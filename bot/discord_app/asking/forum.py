"""Answer the titles of new forum posts where moderators switched that on, unless people took care of them."""

from __future__ import annotations

import logging
from functools import partial

import aiohttp
import discord
from discord.ext import commands

from bot.discord_app.asking.buttons import for_post, render_answers
from bot.discord_app.asking.flood import RecentAnswers
from bot.discord_app.asking.last_answers import Asker
from bot.discord_app.asking.posts import AnsweredPosts, has_reply_by_staff, is_open
from bot.discord_app.asking.questions import Questions
from bot.discord_app.asking.solved import SolvedButton, is_offered_in
from bot.discord_app.clicks import Feature
from bot.discord_app.delivery import Delivery, Done, claim_on_post
from bot.discord_app.page import Page
from bot.discord_app.scope import scope_in
from bot.discord_app.sender import answer_post
from bot.language.speech import speaking
from bot.outcomes import Answered
from bot.storage.claims_table import Claim
from bot.storage.resolutions import Resolution
from bot.storage.servers import ServerSettingsStore
from bot.storage.statistics import Event

logger = logging.getLogger(__name__)


class Forum(Feature):
    """Read a post's title, answer, render, and reply."""

    items = (SolvedButton,)

    def __init__(
        self,
        *,
        bot_user: discord.ClientUser,
        delivery: Delivery,
        questions: Questions,
        recent_answers: RecentAnswers,
        servers: ServerSettingsStore,
    ) -> None:
        self._bot_user = bot_user
        self._delivery = delivery
        self._questions = questions
        self._recent_answers = recent_answers
        self._servers = servers
        self._answered_posts = AnsweredPosts()

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, deleted: discord.RawThreadDeleteEvent) -> None:
        """Link no post that is gone."""
        self._answered_posts.forget(deleted.thread_id)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deleted: discord.RawMessageDeleteEvent) -> None:
        """Link no answer that is gone, such as one that wasn't what the author asked."""
        self._answered_posts.forget(deleted.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deleted: discord.RawBulkMessageDeleteEvent) -> None:
        """Link no answers that are gone."""
        for message_id in deleted.message_ids:
            self._answered_posts.forget(message_id)

    @commands.Cog.listener()
    async def on_thread_create(self, thread: discord.Thread) -> None:
        """Answer a new post once if there is a confident answer to its title. Ignore any other."""
        claim = claim_on_post(thread)
        with self._delivery.settling_faults(claim):
            if (page := await self._answer_to(thread)) is not None:
                await self._delivery.once(claim, partial(self._answer, thread, page))

    async def take_up(self, claim: Claim, thread: discord.Thread) -> None:
        """Answer a post that was claimed but may have no answer yet."""
        if (page := await self._answer_to(thread)) is not None:
            await self._delivery.again(claim, partial(self._answer, thread, page))
        else:  # renamed, tagged, or answered by staff since, or the forum has been switched off
            self._delivery.close(claim, Resolution.closed_gone)

    async def _answer_to(self, thread: discord.Thread) -> Page | None:
        if thread.owner_id == self._bot_user.id:
            return None
        settings = self._servers.of(thread.guild.id)
        is_switched_on = thread.parent_id in settings.forum_channels
        if not is_switched_on or not isinstance(thread.parent, discord.ForumChannel):
            return None
        if not is_open(thread, settings.skipped_tags):
            return None
        author = Asker(thread.id, thread.owner_id, discord.utils.snowflake_time(thread.id))
        scope = scope_in(thread.guild.id, thread)
        title = await self._questions.read(thread.name, scope=scope)
        language = self._questions.language_of(title, server_id=scope.server_id)
        outcome = await self._questions.ask(title, server_id=scope.server_id, asker=author, language=language)
        if not isinstance(outcome, Answered) or await _is_left_to_staff(thread):
            return None
        with speaking(language):
            page = render_answers(outcome)
            earlier = self._answered_posts.before(thread.parent_id, page.topics, thread.id)
            further = (SolvedButton(),) if is_offered_in(thread) else ()
            return for_post(page, thread.owner_id, earlier=earlier, further=further)

    async def _answer(self, thread: discord.Thread, page: Page) -> Done:
        address = await answer_post(thread, page)
        self._recent_answers.remember(thread.id, page.topics, address, language=page.language)
        self._answered_posts.remember(thread.parent_id, page.topics, thread.id, address)
        self._questions.count(Event.automatic, server_id=thread.guild.id, topics=page.topics)
        return Done(Resolution.answered)


async def _is_left_to_staff(thread: discord.Thread) -> bool:
    """Return whether staff have replied to a post, or whether that can't be told: then no answer is better."""
    try:
        return await has_reply_by_staff(thread)
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        logger.warning("Post %s isn't answered, because it can't be read: %s.", thread.id, type(error).__name__)
        return True
