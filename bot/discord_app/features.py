"""Every feature of the bot on Discord. To remove one, delete its folder and its line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import discord
from discord import app_commands

from bot.authoring.watching import KnowledgeWatcher
from bot.discord_app.asking.buttons import Answers
from bot.discord_app.asking.commands import Commands
from bot.discord_app.asking.flood import FloodLimits
from bot.discord_app.asking.questions import Questions
from bot.discord_app.catch_up.direct_messages import DirectMessages
from bot.discord_app.clicks import Feature
from bot.discord_app.digest.answering import DigestAnswers
from bot.discord_app.digest.commands import WeeklyDigest
from bot.discord_app.digest.gathering import Gathering
from bot.discord_app.digest.posting import DigestPosts
from bot.discord_app.faq_board.boards import Boards
from bot.discord_app.faq_board.commands import FaqBoards
from bot.discord_app.grants import GrantKeys
from bot.discord_app.handoff.button import HandOffs
from bot.discord_app.handoff.handing_on import HandingOn
from bot.discord_app.handoff.replies import Replies
from bot.discord_app.job_postings.posting import JobPostings
from bot.discord_app.job_postings.publishing import JobPublishing
from bot.discord_app.job_postings.refreshing import JobUpdates
from bot.discord_app.languages import Languages
from bot.discord_app.moderation.answer_this import AnswerThis
from bot.discord_app.moderation.manage import Manage, manage_group
from bot.discord_app.posts import Posts
from bot.discord_app.privacy.commands import Privacy
from bot.discord_app.privacy.deletions import Deletions
from bot.discord_app.server_settings.settings import SettingsScreen
from bot.discord_app.teaching.offers import AddToFaq
from bot.discord_app.teaching.overview import TaughtOverview
from bot.discord_app.teaching.teaching import Teaching
from bot.discord_app.unanswered.keeper import QuestionKeeper
from bot.discord_app.unanswered.overview import UnansweredOverview
from bot.discord_app.unanswered.tracking import UnansweredTracker
from bot.discord_app.voting.vote_button import VoteButtons
from bot.discord_app.voting.votes import Voting
from bot.library import Library
from bot.storage.stores import Stores


def features(  # noqa: PLR0913 - each dependency is named
    *,
    library: Library,
    boards: Boards,
    client: discord.Client,
    languages: Languages,
    clock: Callable[[], datetime],
    direct_messages: DirectMessages,
    keeper: QuestionKeeper,
    limits: FloodLimits,
    posts: Posts,
    questions: Questions,
    serves: Callable[[int | None], bool],
    stores: Stores,
    tree: app_commands.CommandTree[discord.Client],
    unanswered: UnansweredTracker,
    watcher: KnowledgeWatcher,
) -> Iterator[Feature]:
    """Yield each feature, with what it depends on; listening to messages and forum posts is the client's part."""
    manage = manage_group()
    voting = Voting(secret=stores.secret, votes=stores.votes)
    publishing = JobPublishing(job_posts=stores.job_posts, posts=posts)
    servers = stores.servers
    handing_on = HandingOn(
        client=client, languages=languages, handoffs=stores.handoffs, secret=stores.secret, servers=servers
    )
    yield GrantKeys(secret=stores.secret)
    yield questions
    yield Answers(limits=limits, unanswered=unanswered)
    yield Commands(library=library, limits=limits, questions=questions, servers=servers, unanswered=unanswered)
    yield VoteButtons(unanswered=unanswered, voting=voting)
    replies = Replies(
        client=client, handoffs=stores.handoffs, languages=languages, secret=stores.secret, servers=servers
    )
    yield HandOffs(handing_on=handing_on, replies=replies, servers=servers)
    yield JobPostings(publishing=publishing, languages=languages, library=library, tree=tree)
    yield JobUpdates(library=library, publishing=publishing, manage=manage)
    yield FaqBoards(boards=boards, manage=manage)
    gathering = Gathering(
        keeper=keeper,
        languages=languages,
        library=library,
        servers=servers,
        statistics=stores.statistics,
        taught=stores.taught,
    )
    digest_posts = DigestPosts(
        client=client,
        clock=clock,
        digests=stores.digests,
        gathering=gathering,
        languages=languages,
        plans=stores.digest_plans,
        posts=posts,
    )
    yield WeeklyDigest(clock=clock, keeper=keeper, manage=manage, plans=stores.digest_plans, posts=digest_posts)
    yield DigestAnswers(digests=stores.digests)
    yield SettingsScreen(manage=manage, note_language=boards.note_change, servers=servers)
    yield UnansweredOverview(library=library, keeper=keeper, manage=manage, servers=servers)
    yield Teaching(drafts=stores.drafts, library=library, servers=servers, taught=stores.taught, unanswered=unanswered)
    yield AddToFaq(tree=tree)
    yield TaughtOverview(manage=manage)
    yield AnswerThis(library=library, questions=questions, tree=tree)
    yield Privacy(
        unanswered=unanswered,
        direct_messages=direct_messages,
        handing_on=handing_on,
        keeper=keeper,
        questions=questions,
        taught=stores.taught,
        voting=voting,
    )
    yield Deletions(
        boards=boards,
        client=client,
        handing_on=handing_on,
        recent_answers=limits.answers,
        forget_server=stores.forget_server,
        serves=serves,
        servers_except=stores.servers_except,
        unanswered=unanswered,
        voting=voting,
    )
    yield Manage(
        library=library, manage=manage, servers=servers, statistics=stores.statistics, tree=tree, watcher=watcher
    )
