from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from postgresql import PostgreSQLServer
from storage.postgresql import postgresql  # noqa: F401 - a fixture

from benchmarks.delivery.books import Report
from benchmarks.delivery.plan import Plan
from benchmarks.delivery.reading import Reading
from benchmarks.delivery.traffic import Traffic
from benchmarks.scale import estimates
from benchmarks.scale.command import DOCUMENT
from benchmarks.scale.document import BEGIN, END, with_part, wrapped
from benchmarks.scale.plan import ScalePlan
from benchmarks.scale.report import Results, figures_of, markdown
from benchmarks.scale.run import Proven, Sessions, prove
from benchmarks.scale.sizes import Anatomy, Size, Sizes
from benchmarks.scale.world import add_servers, furnish, on_shards
from bot.discord_app.sharding.division import shard_of
from bot.knowledge.loading import load_server
from bot.matching.meaning import Encoders
from bot_process import BotProcess, answering
from fake_discord import FakeDiscord

SMALL = ScalePlan(
    servers=20,
    shards=4,
    processes=2,
    own_knowledge=2,
    max_concurrency=4,
    questions_a_second=8,
    chatter=6,
    calm=0.5,
    database_away=0.5,
    rounds=1,
    flood=20,
    settling=0.5,
)


@pytest.fixture(scope="module")
def traffic() -> Traffic:
    return Traffic(Encoders())


def warm(folder: Path, fake: FakeDiscord, settings: Mapping[str, str]) -> AbstractAsyncContextManager[BotProcess]:
    return answering(folder, fake, **settings)


async def test_nothing_is_lost_or_answered_twice_while_processes_and_the_database_go_and_come_back(
    traffic: Traffic,
    postgresql: PostgreSQLServer,  # noqa: F811 - the fixture
) -> None:
    proven = await prove(SMALL, traffic, postgresql, starting=warm)

    report = proven.report
    messages = report.accounts["message"]
    assert messages.answered == messages.asked > 0, report.unexplained
    assert report.account.twice == 0  # commands wait for 3 s, which are short on a busy machine
    assert report.readings["message"][Reading.wrong] == 0, report.misread
    assert report.problems == []
    assert (report.restarts, report.kills) == (2, 1)
    assert (proven.sessions.too_early, proven.registered) == (0, 1)
    assert proven.capacity is not None
    assert (proven.capacity.asked, proven.capacity.other_than_once) == (20 + 3 * 20, 0)
    assert "answered once" in markdown(Results(load=0.0, proven=proven))


async def test_servers_are_spread_over_all_shards_and_some_have_answers_of_their_own(
    traffic: Traffic, tmp_path: Path
) -> None:
    async with FakeDiscord() as fake:
        guilds = add_servers(fake, 64, channels=1, roles=0)
        places = furnish(guilds, own_knowledge=4, knowledge=tmp_path, traffic=traffic)

    assert {shard_of(guild.id, count=4) for guild in guilds} == {0, 1, 2, 3}
    assert sum(len(on_shards(places, [shard], of=4)) for shard in range(4)) == 64
    folders = sorted(tmp_path.joinpath("servers").iterdir())
    own = [place for place in places if tmp_path / "servers" / f"server-{place.server_id}" in folders]
    assert len(own) == len(folders) == 4
    for place, folder in zip(own, folders, strict=True):
        entries = {entry.question for entry in load_server(folder, None).entries}
        assert {question.text for question in place.questions} <= entries
        assert len(place.questions) > len(entries) / 2


def test_sessions_are_judged_by_the_shortest_time_between_two_in_a_bucket() -> None:
    identified = [(0.0, 0), (1.0, 1), (5.5, 2), (7.0, 3), (30.0, 0)]

    assert Sessions.of(identified, too_early=0, buckets=2) == Sessions(begun=5, too_early=0, shortest=5.5)
    assert Sessions.of(identified[:2], too_early=1, buckets=2).shortest == math.inf


def size(servers: int, megabytes: float, *, channels: int = 20, roles: int = 10) -> Size:
    return Size("this bot", servers, channels, roles, 1, 4.2, megabytes, 0.125)


def test_the_table_of_sizes_says_what_each_further_server_takes_and_of_what() -> None:
    ours = [size(1, 100.0), size(1_025, 120.0)]
    less = {"without_roles": size(1_025, 115.0), "bare": size(1_025, 105.0)}
    sizes = Sizes(ours, Anatomy(full=ours[1], **less, pong=ours[1], pong_in_one=ours[0]))

    text = wrapped(markdown(Results(load=0.0, sizes=sizes)))

    assert "| 1 | 1 | 4 s | 100 MiB |  | 0.12 ms |\n| 1,025 | 1 | 4 s | 120 MiB | 20.0 KiB | 0.12 ms |" in text
    assert "5.0 KiB for one with nothing in it but the bot, 0.50 KiB for a channel" in text
    assert "| memory per server, of 1,025 | at most 20 KiB | 20 KiB | kept |" in text


def test_a_lost_question_an_early_session_or_a_second_registration_is_missed_in_the_report() -> None:
    report = Report(Plan())
    report.accounts["message"].unexplained = 1
    proven = Proven(SMALL, [1.0], [], [], None, report, [], Sessions(2, 1, 3.0), registered=2)

    missed = [figure.name for figure in figures_of(Results(load=9.0, proven=proven)) if not figure.is_kept]

    assert "of 1 questions, lost" in missed
    assert "of 2 sessions, begun too early" in missed
    assert "times the commands were registered" in missed


def test_what_many_servers_need_is_estimated_from_what_one_takes() -> None:
    costs = estimates.Costs(base=128.0, server=16.0, message=0.2, question=2.0, database=0.5)

    million = estimates.estimate(costs, 1_000_000)

    assert (million.shards, million.processes) == (1_000, 200)
    assert million.memory == pytest.approx((200 * 128 + 1_000_000 / 64) / 1024)
    assert million.cores == pytest.approx(1_000_000 / 60 * 0.0002 + 1_000_000 / 86_400 * 0.002)
    assert "| 1,000,000 | 1,000 | 200 |" in estimates.markdown(costs)


def test_the_part_between_the_marks_is_replaced_and_nothing_else() -> None:
    document = f"# Title\n\n{BEGIN}\nold\n{END}\n\nby hand\n"

    assert with_part(document, "new") == f"# Title\n\n{BEGIN}\n\nnew\n\n{END}\n\nby hand\n"
    for broken in ("no marks", document.replace(END, ""), document + document):
        with pytest.raises(ValueError, match="once each"):
            with_part(broken, "new")


def test_paragraphs_are_wrapped_and_tables_are_not() -> None:
    long = "word " * 40
    table = f"| {long} |"

    assert wrapped(f"{long}\n\n{table}\n\n1. {long}").split("\n\n")[1] == table
    assert max(map(len, wrapped(f"1. {long}").splitlines())) <= 125
    assert wrapped(f"1. {long}\n2. more").splitlines()[1].startswith("   word")
    assert wrapped(f"1. {long}\n2. more").splitlines()[-1] == "2. more"


def test_the_page_about_scaling_has_room_for_what_is_measured() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")

    assert "new" in with_part(document, "new")
