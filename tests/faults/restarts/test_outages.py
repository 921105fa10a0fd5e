"""A bot that was away: what was asked meanwhile is found in the channels' histories and answered once."""

from __future__ import annotations

import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from sqlite3 import connect

import pytest
from e2e.database import eventually, file_of, rows, set_beforehand
from e2e.questions import CODING, DEGREE, titles

from bot.discord_app.asking.flood import MAX_QUESTIONS
from bot.discord_app.catch_up.catching_up import MAX_OUTAGE
from bot.discord_app.catch_up.history import MAX_MESSAGES
from bot.discord_app.catch_up.missed import MAX_CHANNELS, MAX_CHANNELS_A_SERVER
from bot.storage.servers import ServerSettings
from bot_process import BotProcess, answering, free_port
from fake_discord import Channel, FakeDiscord, Guild, Hang, Member, Message, Permission, oddities
from fake_discord.oddities import Oddity
from faults.asking import A_WHILE, HISTORY, WHILE_STARTING, forbid, said_in
from faults.scraping import samples

TOO_LONG_AGO = MAX_OUTAGE.total_seconds() + 60
SKEWS = [-180.0, 180.0]  # seconds by which Discord's clock is ahead of the local one
SKIPPED = "gap_channels_skipped_total"


@pytest.fixture
def monitoring() -> str:
    return f"127.0.0.1:{free_port()}"


async def run_once(directory: Path, fake: FakeDiscord, *, until: float = 0.0) -> None:
    """Let a bot be there for a while; as it remembers, that was so many seconds ago."""
    async with running(directory, fake):
        await seen_until_now(directory)
    with closing(connect(file_of(directory))) as database, database:
        database.execute("UPDATE shard_progress SET seen_until = ?", (round((fake.clock.wall() - until) * 1000),))


async def seen_until_now(directory: Path) -> None:
    """Wait until a bot remembers that it has seen everything up to now, so that no gap is left."""
    await eventually(lambda: len(rows(directory, "SELECT * FROM shard_progress")), 1, "times up to which all was seen")


@asynccontextmanager
async def running(directory: Path, fake: FakeDiscord, **settings: str) -> AsyncIterator[BotProcess]:
    """Start a bot, and stop it in the end as an operator does."""
    async with answering(directory, fake, **settings) as bot:
        yield bot
        await bot.stop()
        assert "Traceback" not in bot.log, bot.log


def searched(fake: FakeDiscord) -> set[int]:
    """Return the channels whose history was read."""
    return {int(request.params["channel_id"]) for request in fake.requests_to(HISTORY)}


def ask_in_the_past(fake: FakeDiscord, member: Member, channel: Channel, ago: float) -> Message:
    return fake.seed(channel, member, f"{fake.bot.mention} {CODING}", ago=ago)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
async def test_missed_questions_in_channels_threads_and_dms_are_answered(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, number: signal.Signals
) -> None:
    mia, max_ = guild.add_member("mia"), guild.add_member("max")
    text = guild.add_text_channel("general")
    thread = await mia.opens_thread(guild.add_text_channel("other"), "thread")
    async with running(tmp_path, fake) as bot:
        await fake.reply_to(await mia.sends_dm(DEGREE))
        known = "SELECT channel_id FROM direct_channels"
        await eventually(lambda: rows(tmp_path, known), [(mia.dm.id,)], "the channel of direct messages")
        bot.send(number)
        await bot.ended()
    asked = [
        await max_.asks(thread, CODING),
        await mia.sends_dm(CODING),
        await mia.asks(text, CODING),
        await max_.asks(text, DEGREE),
    ]

    async with running(tmp_path, fake) as bot:
        answers = [await fake.reply_to(each, WHILE_STARTING) for each in asked]
        await bot.logged("Question settled", times=len(asked))

    assert [titles(answer) for answer in answers] == [[CODING], [CODING], [CODING], [DEGREE]], bot.log
    assert answers[2].id < answers[3].id  # in each channel, the oldest first


async def test_a_channel_whose_history_takes_long_holds_up_no_other(
    fake: FakeDiscord, guild: Guild, mia: Member, tmp_path: Path
) -> None:
    channels = [guild.add_text_channel("quiet"), guild.add_text_channel("lively")]
    await run_once(tmp_path, fake)
    quiet, lively = [await mia.asks(channel, CODING) for channel in channels]
    fake.faults.on(HISTORY, Hang(), times=1)  # the channel that was active last is read first

    async with running(tmp_path, fake):
        await fake.reply_to(quiet, WHILE_STARTING)
        assert said_in(channels[1]) == []
        await fake.reply_to(lively, WHILE_STARTING)


@pytest.mark.parametrize("skew", [0.0, *SKEWS])
async def test_what_was_asked_too_long_ago_stays_unanswered_and_the_time_is_counted(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, monitoring: str, skew: float
) -> None:
    fake.clock.advance(skew)
    mia, old, new = guild.add_member("mia"), guild.add_text_channel("old"), guild.add_text_channel("new")
    await run_once(tmp_path, fake, until=TOO_LONG_AGO)
    ask_in_the_past(fake, mia, old, TOO_LONG_AGO - 10)
    ask_in_the_past(fake, mia, new, TOO_LONG_AGO - 20)
    recent = ask_in_the_past(fake, mia, new, TOO_LONG_AGO - 120)

    async with running(tmp_path, fake, MONITORING_ADDRESS=monitoring) as bot:
        await fake.wait_for(lambda: said_in(new), timeout=WHILE_STARTING, what="an answer")
        await bot.logged("The bot was away since")
        counted = await samples(monitoring)

    assert [answer.replies_to for answer in said_in(new)] == [recent]
    assert said_in(old) == []
    assert 60 < counted["unseen_seconds_total"] < 90
    assert counted["gap_questions_total"] == 1


async def test_what_was_answered_is_not_answered_again_even_without_a_database(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    async with running(tmp_path, fake):
        answered = [await mia.asks(channel, CODING), await mia.asks(channel, DEGREE)]
        for each in answered:
            await fake.reply_to(each)
        thanks = await mia.asks(channel, "thank you")
        await fake.reaction(thanks)
    shutil.rmtree(file_of(tmp_path).parent)
    fake.clock.advance(600)  # nor does Discord remember a nonce
    missed = await mia.asks(channel, CODING)

    async with running(tmp_path, fake):
        await fake.reply_to(missed, WHILE_STARTING)

    assert [len(fake.ledger.entry(each).answers) for each in (*answered, thanks, missed)] == [1, 1, 0, 1]
    assert len([request for request in fake.requests if request.method == "PUT" and "reactions" in request.route]) == 1


async def test_a_bot_that_is_killed_while_it_looks_has_not_forgotten_since_when(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    await run_once(tmp_path, fake, until=400)
    asked = ask_in_the_past(fake, mia, channel, 300)
    looking = fake.faults.on("GET /channels/*", Hang())
    async with answering(tmp_path, fake) as bot:
        await fake.wait_for(lambda: looking.hits, timeout=WHILE_STARTING, what="a look at the history")
        await bot.abandon()
    fake.faults.clear()

    async with running(tmp_path, fake):
        await fake.wait_for(lambda: said_in(channel), timeout=WHILE_STARTING, what="an answer")

    assert [answer.replies_to for answer in said_in(channel)] == [asked]


@pytest.mark.parametrize("skew", SKEWS)
async def test_a_clock_that_is_wrong_hides_nothing(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, skew: float
) -> None:
    fake.clock.advance(skew)
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    async with running(tmp_path, fake):
        await seen_until_now(tmp_path)
    missed = await mia.asks(channel, CODING)

    async with running(tmp_path, fake):
        assert titles(await fake.reply_to(missed, WHILE_STARTING)) == [CODING]


async def test_what_came_before_a_dead_connection_was_noticed_is_found(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    await run_once(tmp_path, fake)
    asked = ask_in_the_past(fake, mia, channel, 101)

    async with running(tmp_path, fake):
        await fake.wait_for(lambda: said_in(channel), timeout=WHILE_STARTING, what="an answer")

    assert [answer.replies_to for answer in said_in(channel)] == [asked]


async def test_the_limit_per_minute_applies_to_missed_questions_too(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, channels = guild.add_member("mia"), [guild.add_text_channel(f"general-{n}") for n in range(MAX_QUESTIONS + 2)]
    earlier = guild.add_text_channel("earlier")
    ask_in_the_past(fake, mia, earlier, 120)
    missed = [await mia.asks(channel, CODING) for channel in channels]

    async with running(tmp_path, fake) as bot:
        await bot.logged("Question settled", times=len(missed) + 1)

    assert len(said_in(earlier)) == 1
    assert sum(len(said_in(channel)) for channel in channels) == MAX_QUESTIONS
    assert sum(bool(fake.ledger.entry(each).emojis) for each in missed) == 1


async def test_a_thread_below_an_unknown_kind_of_channel_is_answered_and_holds_up_no_other(
    fake: FakeDiscord, guild: Guild, mia: Member, tmp_path: Path
) -> None:
    thread = await mia.opens_thread(guild.add_channel_of_tomorrow("parent"), "thread")
    other = guild.add_text_channel("other")
    await run_once(tmp_path, fake)
    asked = [await mia.asks(thread, CODING), await mia.asks(other, CODING)]

    async with running(tmp_path, fake) as bot:
        for each in asked:
            answer = await fake.reply_to(each, WHILE_STARTING)
            assert CODING in answer.text, bot.log


@pytest.mark.parametrize("oddity", [oddities.POLL_WITHOUT_END, oddities.BROKEN_VOICE_MESSAGE], ids=["poll", "voice"])
async def test_a_missed_question_beside_something_odd_is_answered(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, oddity: Oddity
) -> None:
    channel, mia, max_ = guild.add_text_channel("general"), guild.add_member("mia"), guild.add_member("max")
    max_.user.oddities = (oddities.WITHOUT_DISCRIMINATOR,)
    await run_once(tmp_path, fake)
    odd = await max_.says(channel, "Look!", oddity=oddity)
    asked = await mia.asks(channel, CODING, reply_to=odd)

    async with running(tmp_path, fake) as bot:
        assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [CODING], bot.log


@pytest.mark.parametrize(
    "oddity",
    [oddities.NULL_AUTHOR, oddities.NULL_COMPONENT, oddities.NUMBER_FOR_CONTENT],
    ids=["author", "component", "content"],
)
async def test_a_message_that_cannot_be_read_costs_no_other_its_answer(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, monitoring: str, oddity: Oddity
) -> None:
    channel, mia, max_ = guild.add_text_channel("general"), guild.add_member("mia"), guild.add_member("max")
    await run_once(tmp_path, fake)
    odd = await max_.says(channel, "Look!", oddity=oddity)
    asked = [await mia.asks(channel, CODING, reply_to=odd), await max_.asks(channel, DEGREE)]

    async with running(tmp_path, fake, MONITORING_ADDRESS=monitoring) as bot:
        assert [titles(await fake.reply_to(each, WHILE_STARTING)) for each in asked] == [[CODING], [DEGREE]], bot.log
        counted = await samples(monitoring)

    assert [name for name in counted if name.startswith("events_dropped_total{type=MESSAGE.")]
    assert not [name for name, value in counted.items() if name.startswith(SKIPPED) and value]


async def test_an_answer_that_cannot_be_read_whole_is_not_given_again(
    fake: FakeDiscord, guild: Guild, mia: Member, tmp_path: Path
) -> None:
    channel = guild.add_text_channel("general")
    async with running(tmp_path, fake):
        answer = await fake.reply_to(await mia.asks(channel, CODING), WHILE_STARTING)
    shutil.rmtree(file_of(tmp_path).parent)  # so that only the history knows of the answer
    fake.clock.advance(A_WHILE)
    answer.oddities = (oddities.NULL_COMPONENT,)
    asked = await mia.asks(channel, DEGREE)

    async with running(tmp_path, fake) as bot:
        assert titles(await fake.reply_to(asked, WHILE_STARTING)) == [DEGREE], bot.log

    assert [titles(said) for said in said_in(channel)] == [[CODING], [DEGREE]]


async def test_channels_without_news_cost_no_request(fake: FakeDiscord, guild: Guild, tmp_path: Path) -> None:
    mia = guild.add_member("mia")
    await run_once(tmp_path, fake)
    for number in range(20):
        ask_in_the_past(fake, mia, guild.add_text_channel(f"quiet-{number}"), 300)
    lively = guild.add_text_channel("lively")
    asked = await mia.asks(lively, CODING)

    async with running(tmp_path, fake):
        await fake.reply_to(asked, WHILE_STARTING)

    assert searched(fake) == {lively.id}


async def test_of_too_many_channels_the_most_active_are_searched_and_the_rest_counted(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, monitoring: str
) -> None:
    mia, most = guild.add_member("mia"), MAX_CHANNELS
    channels = [guild.add_text_channel(f"lively-{number}") for number in range(most + 7)]
    for number, channel in enumerate(channels):
        fake.seed(channel, mia, "not for the bot", ago=60 + number)
    asked = await mia.asks(channels[most // 2], CODING)

    async with running(tmp_path, fake, MONITORING_ADDRESS=monitoring):
        await fake.reply_to(asked, WHILE_STARTING)
        expected = {channel.id for channel in channels[:most]}
        await eventually(lambda: searched(fake), expected, "the channels that are searched")
        counted = await samples(monitoring)

    assert len(fake.requests_to(HISTORY)) == most
    assert counted[f"{SKIPPED}{{reason=too_many}}"] == 7


async def test_in_many_servers_more_channels_are_searched_and_none_is_missed(
    fake: FakeDiscord, tmp_path: Path, monitoring: str
) -> None:
    guilds = [fake.add_guild("lively") for _ in range(MAX_CHANNELS // MAX_CHANNELS_A_SERVER + 3)]
    quietest, *others = [guild.add_text_channel("lively") for guild in guilds for _ in range(MAX_CHANNELS_A_SERVER)]
    for channel in others:
        fake.seed(channel, fake.stranger, "not for the bot", ago=60)
    asked = ask_in_the_past(fake, guilds[0].add_member("mia"), quietest, 100)

    async with running(tmp_path, fake, MONITORING_ADDRESS=monitoring):
        await fake.wait_for(lambda: said_in(quietest), timeout=WHILE_STARTING, what="an answer")
        counted = await samples(monitoring)

    assert [answer.replies_to for answer in said_in(quietest)] == [asked]
    assert counted[f"{SKIPPED}{{reason=too_many}}"] == 0


async def test_a_channel_whose_history_the_bot_may_not_read_is_skipped_and_counted(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, monitoring: str
) -> None:
    mia, closed, open_ = guild.add_member("mia"), guild.add_text_channel("closed"), guild.add_text_channel("open")
    forbid(closed, Permission.READ_MESSAGE_HISTORY)
    ask_in_the_past(fake, mia, closed, 60)
    asked = await mia.asks(open_, CODING)

    async with running(tmp_path, fake, MONITORING_ADDRESS=monitoring):
        await fake.reply_to(asked, WHILE_STARTING)
        counted = await samples(monitoring)

    assert searched(fake) == {open_.id}
    assert counted[f"{SKIPPED}{{reason=no_permission}}"] == 1
    assert said_in(closed) == []


async def test_of_a_channel_with_more_news_than_are_read_the_rest_is_counted(
    fake: FakeDiscord, guild: Guild, tmp_path: Path, monitoring: str
) -> None:
    mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
    asked = ask_in_the_past(fake, mia, channel, 200)
    for number in range(MAX_MESSAGES + 20):
        fake.seed(channel, mia, "not for the bot", ago=190 - number / 10)

    async with running(tmp_path, fake, MONITORING_ADDRESS=monitoring):
        await fake.wait_for(lambda: said_in(channel), timeout=WHILE_STARTING, what="an answer")
        counted = await samples(monitoring)

    assert [answer.replies_to for answer in said_in(channel)] == [asked]
    assert counted[f"{SKIPPED}{{reason=too_many}}"] == 1


async def test_a_post_that_was_opened_meanwhile_is_answered_once_where_posts_are(
    fake: FakeDiscord, guild: Guild, tmp_path: Path
) -> None:
    mia, on, off = guild.add_member("mia"), guild.add_forum("on"), guild.add_forum("off")
    await set_beforehand(tmp_path, {guild.id: ServerSettings(forum_channels=frozenset({on.id}))})
    post, _ = await mia.opens_post(on, CODING, "I wonder.")
    elsewhere, _ = await mia.opens_post(off, CODING, "I wonder.")
    unclear, _ = await mia.opens_post(on, "Lunch on Friday", "Who comes?")

    for _ in range(2):
        async with running(tmp_path, fake):
            marker = await guild.add_member("max").asks(guild.add_text_channel("general"), CODING)
            await fake.reply_to(marker, WHILE_STARTING)
            await fake.wait_for(lambda: said_in(post), timeout=WHILE_STARTING, what="an answer")
            await seen_until_now(tmp_path)
        fake.clock.advance(600)  # so that Discord no longer knows a nonce
        shutil.rmtree(file_of(tmp_path).parent)
        await set_beforehand(tmp_path, {guild.id: ServerSettings(forum_channels=frozenset({on.id}))})

    assert [titles(answer) for answer in said_in(post)] == [[CODING]]
    assert said_in(elsewhere) == said_in(unclear) == []
