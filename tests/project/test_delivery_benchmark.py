from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.delivery.account import Account, Case
from benchmarks.delivery.books import Report
from benchmarks.delivery.chaos import mend
from benchmarks.delivery.comparison import Measured
from benchmarks.delivery.digests import QUESTION, WeeklyDigests
from benchmarks.delivery.excuses import (
    CUT_MEANWHILE,
    KILLED,
    KILLED_LATER,
    NOBODY_CONNECTED,
    NOT_TRIED_AGAIN,
    STOPPING,
    STRUCK,
    Ending,
    excuse_for,
)
from benchmarks.delivery.figures import at_least, at_most, percentile, percentile_of_buckets
from benchmarks.delivery.plan import Plan
from benchmarks.delivery.reading import Reading, read
from benchmarks.delivery.report import Measurements, figures_of, markdown
from benchmarks.delivery.tally import Tally, tally
from benchmarks.delivery.traffic import Crowd, Rounds, Traffic, add_channels, questions_of_a_channel
from bot.discord_app.asking.texts import render_said_already, render_too_many_questions
from bot.discord_app.page import Page, render_storage_away
from bot.knowledge.loading import load_knowledge
from bot.matching.meaning import Encoders
from bot.storage.resolutions import Resolution
from fake_discord import Entry, FakeDiscord

cases = st.builds(
    Case,
    answers=st.integers(0, 2),
    emojis=st.frozensets(st.sampled_from("⏳🔇💙"), max_size=2),
    slowed_down=st.booleans(),
    resolution=st.none() | st.sampled_from(Resolution),
    excuse=st.none() | st.just("the fake Discord knows why"),
)


@pytest.fixture(scope="module")
def traffic() -> Traffic:
    return Traffic(Encoders())


@given(st.lists(cases))
def test_an_account_adds_up_to_what_was_asked(asked: list[Case]) -> None:
    account = Account()
    for case in asked:
        account.add(case)

    assert account.asked == len(asked)


@pytest.mark.parametrize(
    ("case", "account"),
    [
        (Case(answers=1), Account(answered=1)),
        (Case(answers=1, resolution=Resolution.closed_unconfirmed), Account(answered=1)),
        (Case(answers=2, resolution=Resolution.answered), Account(twice=1)),
        (Case(answers=1, emojis=frozenset("⏳")), Account(twice=1)),
        (Case(answers=1, slowed_down=True), Account(declined=Counter(declined_too_many=1))),
        (Case(emojis=frozenset("🔇")), Account(declined=Counter(declined_elsewhere=1))),
        (Case(resolution=Resolution.closed_gone), Account(closed=Counter(closed_gone=1))),
        (Case(resolution=Resolution.closed_gone, excuse="offline"), Account(closed=Counter(closed_gone=1))),
        (Case(excuse="offline"), Account(closed=Counter(offline=1))),
        (Case(), Account(unexplained=1)),
        (Case(resolution=Resolution.answered), Account(unexplained=1)),
        (Case(resolution=Resolution.declined_courtesy), Account(unexplained=1)),
    ],
)
def test_what_was_seen_weighs_more_than_what_the_bot_says(case: Case, account: Account) -> None:
    entered = Account()
    entered.add(case)

    assert entered == account


@pytest.mark.parametrize(
    ("entry", "excuse"),
    [
        (Entry(1.0, "command", heard=False), NOBODY_CONNECTED),
        (Entry(9.95, "command"), CUT_MEANWHILE),
        (Entry(9.85, "command"), None),
        (Entry(10.05, "command"), None),
        (Entry(20.5, "command"), STOPPING),
        (Entry(19.0, "command"), None),
        (Entry(40.0, "command"), KILLED),
        (Entry(37.1, "command"), KILLED),
        (Entry(36.9, "command"), None),
        (Entry(40.2, "command"), KILLED),
        (Entry(40.3, "command"), None),
        (Entry(1.0, "command", struck_at=[1.1, 3.5]), STRUCK),
        (Entry(1.0, "command", struck_at=[1.1]), None),
        (Entry(1.0, "autocomplete", struck_at=[1.1]), NOT_TRIED_AGAIN),
        (Entry(1.0, "autocomplete"), None),
    ],
)
def test_an_interaction_is_excused_only_by_what_kept_its_first_response_from_coming(
    entry: Entry, excuse: str | None
) -> None:
    assert excuse_for(entry, cuts=[10.0], endings=[Ending(20.0, 22.0), Ending(40.1, 40.15, by_kill=True)]) == excuse


@pytest.mark.parametrize(("acknowledged_at", "excuse"), [(40.0, KILLED_LATER), (39.0, KILLED_LATER), (41.0, None)])
def test_an_interaction_that_was_acknowledged_is_excused_only_by_a_kill_after_that(
    acknowledged_at: float, excuse: str | None
) -> None:
    entry = Entry(38.9, "component", acknowledged_at=acknowledged_at)

    assert excuse_for(entry, cuts=[39.0], endings=[Ending(40.0, 41.0), Ending(40.1, 40.15, by_kill=True)]) == excuse


@given(st.lists(st.floats(0, 1000), min_size=1), st.floats(0.01, 1.0))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values: list[float], share: float) -> None:
    found = percentile(values, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) < share * len(values)


def test_a_percentile_of_a_histogram_is_the_bound_of_its_bucket() -> None:
    buckets = [(0.01, 90.0), (0.05, 99.0), (math.inf, 100.0)]

    assert [percentile_of_buckets(buckets, share) for share in (0.5, 0.99, 1.0)] == [0.01, 0.05, math.inf]
    assert math.isnan(percentile_of_buckets([], 0.5))


def test_a_figure_that_was_not_measured_is_not_reached() -> None:
    assert at_most(3, "seconds", 3.0).is_kept
    assert at_least(3, "answers", 3.0).is_kept
    assert not at_most(3, "seconds", 3.1).is_kept
    assert not at_least(3, "answers", 2.9).is_kept
    assert not at_most(3, "seconds", math.nan).is_kept
    assert str(at_most(3, "delay", 12.345, "s")) == "delay: 12.3 s, required at most 3 s"
    assert str(at_least(1000, "rate", math.nan)) == "rate: not measured, required at least 1,000"


async def test_an_answer_is_read_for_what_it_shows(traffic: Traffic) -> None:
    async with FakeDiscord() as fake:
        [channel] = add_channels(fake, 1, 1)
        expected = traffic.by_topic["coding"]
        [(title, text, source)] = expected

        def card(text: str) -> list[dict[str, Any]]:
            texts = [{"type": 10, "content": part} for part in (f"### {title}\n{text}", source)]
            return [{"type": 17, "components": texts}]

        def reads(content: str, components: list[dict[str, Any]] | None = None) -> Reading:
            return read(fake.seed(channel, fake.bot, content, components=components), expected)

        assert reads("", card(text)) is Reading.full
        shown = fake.seed(channel, fake.bot, components=card(text))
        assert read(shown, traffic.by_topic["degree"]) is Reading.wrong
        assert reads("", card("cut …")) is Reading.wrong
        assert reads(render_said_already(Page(content="And more."), "https://x").content) is Reading.link
        assert reads(render_too_many_questions().content) is Reading.slow_down
        assert reads(render_storage_away().content) is Reading.apology


def test_every_question_is_about_what_it_is_asked_for_and_has_an_answer_of_its_own(traffic: Traffic) -> None:
    assert all(question.topics == (topic,) for topic, asked in traffic.singles.items() for question in asked)
    assert all(len(set(pair.topics)) == 2 == len(pair.expected) for pair in traffic.pairs)
    assert len({frozenset(pair.topics) for pair in traffic.pairs}) == len(traffic.pairs) > 100


def test_no_channel_gets_the_same_topics_twice_a_minute_and_half_are_pairs(
    traffic: Traffic,
) -> None:
    a_minute_of_a_channel = round(Plan().questions_a_second * 60 / Plan().channels)
    asked = [frozenset(question.topics) for question in islice(questions_of_a_channel(traffic, seed=3), 300)]

    assert all(
        len(set(asked[start : start + a_minute_of_a_channel])) == a_minute_of_a_channel
        for start in range(300 - a_minute_of_a_channel)
    )
    assert sum(len(topics) == 2 for topics in asked) == 150


async def test_people_and_topics_take_turns(
    traffic: Traffic,
) -> None:
    async with FakeDiscord() as fake:
        channels = add_channels(fake, 2, 5)
        crowd, walk = Crowd(), Rounds(traffic, channels, seed=1)
        asked: defaultdict[int, int] = defaultdict(int)
        places = []
        for channel, question in (walk.following() for _ in range(5 * len(traffic.singles))):
            assert channel.guild is not None
            asked[crowd.somebody(channel.guild).id] += 1
            places.append((channel.id, question.topics))

        assert set(asked.values()) == {1}
        assert len(set(places)) == len(places)


def test_knowledge_is_mended_to_what_is_shipped(tmp_path: Path) -> None:
    mend(tmp_path / "knowledge")
    with (tmp_path / "knowledge" / "faq.yaml").open("a") as faq:
        faq.write("\nentries: [\n")
    mend(tmp_path / "knowledge")

    assert load_knowledge(tmp_path / "knowledge").entries == load_knowledge().entries


def test_everything_else_people_did_is_there_once_or_counts_against_the_bot() -> None:
    found = {"told and there": 1, "told and there twice": 2, "told and gone": 0, "never told": 0}

    counted = tally("hand-offs", found, told=[name for name in found if name.startswith("told")])

    assert counted == Tally("hand-offs", once=1, twice=1, lost=1, given_up=1)
    measured = Measurements(questions=0, beside=Report(Plan(), beside=(counted,)))
    assert "| hand-offs | 4 | 1 | 1 | 1 | 1 |" in markdown(measured)
    [figure] = [figure for figure in figures_of(measured) if "hand-offs" in figure.name]
    assert (figure.value, figure.is_kept) == (3, False)


async def test_a_digest_that_was_due_counts_by_how_often_it_stands_in_its_channel(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        digests = WeeklyDigests.in_new_servers(fake, tmp_path / "bot.db", 4)
        await digests.prepare()
        for number in range(3):
            await digests.do(number)
        once, twice, _, _ = digests.channels
        for channel in (once, twice, twice):
            fake.seed(channel, fake.bot, f"Asked once: {QUESTION}")

        [counted] = digests.tallies()

    assert counted == Tally("digests that were due", once=1, twice=1, lost=1)
    assert not digests.is_settled()


def test_the_report_shows_what_was_measured_and_what_is_missed() -> None:
    compared = tuple(
        Measured(
            name=name,
            resident_at_rest=100.0,
            resident_warm=105.0,
            latencies=[p50],
            rates=[1000.0 / p50],
            computing=[p50],
            resident=[104.0, 112.0],
            asked=10,
            full=10,
        )
        for name, p50 in (("pong", 1.0), ("this bot", 2.5))
    )
    load = Report(Plan())
    load.accounts["message"] = Account(answered=3, unexplained=1, closed=Counter(closed_gone=2))
    load.accounts["autocomplete"] = Account(closed=Counter({NOBODY_CONNECTED: 7}))
    load.readings["message"][Reading.full] = 3
    measured = Measurements(questions=10, compared=compared, load=load)

    missed = [figure.name for figure in figures_of(measured) if not figure.is_kept]
    text = markdown(measured)

    assert "event to reply, p50" in missed
    assert "replies that are full answers" not in missed
    assert "load: unexplained" in missed
    assert "load: loop lag, p99" in missed
    assert "| event to reply, p50 | at most 2 times pong | 2.50 times pong | **missed** |" in text
    assert "| replies that are full answers | at least 99 % | 100 % | kept |" in text
    assert "worst change since 1,000 questions (since rest: +12.0 %) | at most 5 % | 6.67 % | **missed** |" in text
    assert "| this bot | 100 | 105 | 112 | +12.0 % | 6.7 % |" in text
    assert "Asked 6 = answered once 3 + declined 0 + closed 2 + twice 0 + unexplained 1." in text
    assert "| closed: `closed_gone` | 2 | 0 | 0 |" in text
    assert "| closed: sent while no session was connected | 0 | 0 | 7 |" in text
