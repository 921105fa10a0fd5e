from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import plot
from benchmarks.matching import HARD_INPUTS, compare
from benchmarks.report import HardInput, Measured, Row, markdown
from benchmarks.rivals import CONTENDERS, Contender, Ours
from benchmarks.scaling import Scaling, resized
from benchmarks.servers import measure as measure_servers
from benchmarks.servers import write_knowledge
from benchmarks.thresholds import (
    Judgement,
    Scored,
    Treatment,
    auroc,
    choose,
    halves,
    judge_fairly,
    score_by_owner,
    threshold_for,
)
from bot.authoring.evaluation import LabeledQuestion, Share
from bot.knowledge.model import Entry, KnowledgeBase, OffTopic, Vocabulary

scores = st.lists(st.floats(-100, 100), min_size=1)


def entry(id_: str, *phrasings: str) -> Entry:
    return Entry(id_, phrasings[0], "An answer.", phrasings)


LIGHTHOUSE = KnowledgeBase(
    name="lighthouses",
    entries=(
        entry("lamp", "How bright is the lamp?", "what strength has the lamp", "brightness of the lamp"),
        entry("night", "Do keepers work at night?", "when do keepers sleep", "night work of keepers"),
        entry("fog", "What happens in fog?", "who sounds the horn in thick fog", "fog horn"),
    ),
    off_topics=(OffTopic("wages", "wages", ("What are the wages?", "how much money do they pay", "wages and money")),),
    vocabulary=Vocabulary({}),
    version="0",
)


def question(id_: str, text: str, *topics: str, kind: str = "plain") -> LabeledQuestion:
    return LabeledQuestion(id_, text, kind, (frozenset(topics),) if topics else (), kind)


QUESTIONS = (
    question("1", "is the lamp bright", "lamp"),
    question("2", "are keepers at work all night", "night"),
    question("3", "what about thick fog", "fog"),
    question("4", "the strength of that lamp", "lamp"),
    question("5", "tell me what money they pay as wages"),
    question("6", "are the wages much money"),
)


@pytest.mark.parametrize("contender", [*CONTENDERS, Contender("ours", Ours, "bot")], ids=lambda one: one.name)
def test_every_matcher_that_is_installed_knows_a_phrasing_with_a_word_changed(contender: Contender) -> None:
    if not contender.is_installed:
        pytest.skip(f"{contender.name} is not installed")
    rival = contender.teach(LIGHTHOUSE)

    best = [
        int(score_by_owner(rival.compare(text), rival.owners, 4)[0].argmax())
        for text in ("how bright is this lamp?", "do keepers work the night?", "what happens in thick fog?")
    ]

    assert best == [0, 1, 2]


@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda one: one.name)
def test_every_other_matcher_sees_an_off_topic_subject_and_bears_text_without_a_word(contender: Contender) -> None:
    if not contender.is_installed:
        pytest.skip(f"{contender.name} is not installed")
    rival = contender.teach(LIGHTHOUSE)

    off_topic = score_by_owner(rival.compare("what are their wages?"), rival.owners, 4)[0]
    nothing = [rival.compare(text) for text in ("", "?!", "\u4f60\u597d", "'\" OR x:*")]

    assert off_topic.argmax() == 3
    assert all(len(one) == len(rival.owners) and np.isfinite(one).all() for one in nothing)


@given(scores, st.sampled_from([0.0, 0.05, 0.5]))
def test_a_threshold_is_the_lowest_that_lets_no_more_than_the_target_through(
    refused: list[float], target: float
) -> None:
    threshold = threshold_for(refused, target)
    just_below = np.nextafter(threshold, -np.inf)

    assert sum(score >= threshold for score in refused) <= target * len(refused)
    assert sum(score >= just_below for score in refused) > target * len(refused)


def test_without_questions_to_refuse_everything_is_answered() -> None:
    assert threshold_for([]) == -np.inf


@given(scores, scores)
def test_the_auroc_is_the_share_of_pairs_in_the_right_order(accepted: list[float], refused: list[float]) -> None:
    pairs = [(a > r) + (a == r) / 2 for a in accepted for r in refused]

    assert auroc(accepted, refused) == pytest.approx(sum(pairs) / len(pairs))
    assert auroc(refused, accepted) == pytest.approx(1 - sum(pairs) / len(pairs))


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert Share(5, 10).interval == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert Share(0, 10).interval == pytest.approx((0, 0.2775), abs=1e-4)


@given(st.permutations(range(20)))
def test_halves_share_out_each_kind_evenly_whatever_the_order(order: list[int]) -> None:
    asked = [question(f"{i:02}", "?", *(["fog"] if i % 2 else []), kind="noisy" if i < 8 else "plain") for i in order]

    first, second = halves(asked, seed=1)

    assert first | second == {one.id for one in asked}
    assert not first & second
    assert (first, second) == halves(sorted(asked, key=lambda one: one.id), seed=1)
    assert (first, second) != halves(asked, seed=2)
    for kind in ("noisy", "plain"):
        for answerable in (True, False):
            alike = {one.id for one in asked if one.kind == kind and bool(one.topics) == answerable}
            assert len(alike & first) == len(alike & second)


def test_an_owner_scores_as_its_best_phrasing_or_as_the_mean_of_its_best_few() -> None:
    best, best_three, *_ = score_by_owner(np.array([0.2, 0.8, 0.5, 0.1, 0.3]), np.array([0, 0, 0, 0, 2]), 3)

    assert best.tolist() == [0.8, 0.0, 0.3]
    assert best_three.tolist() == pytest.approx([0.5, 0.0, 0.3])


def test_the_best_off_topic_subject_lowers_the_score_of_the_best_entry() -> None:
    scored = Scored(question("1", "?", "fog"), (np.array([0.5, 0.75, 0.25, 0.5]),) * 4)

    choice = choose(scored, Treatment(nearest=1, off_topic_share=0.5), ["lamp", "fog"])

    assert (choice.is_right, choice.score) == (True, 0.5)


def test_what_is_judged_is_not_what_the_threshold_was_tuned_on() -> None:
    # Each half has one of the questions to refuse: tuned on the lower, the higher is answered, and the other way round.
    def scored(id_: str, score: float, *topics: str) -> Scored:
        return Scored(question(id_, "?", *topics), (np.array([score, 0.0]),) * 4)

    sample = [scored("1", 0.1), scored("2", 0.9), scored("3", 0.5, "lamp"), scored("4", 0.5, "lamp")]

    judgement = judge_fairly(sample, ["lamp", "fog"], apart=frozenset())

    assert judgement.top_1 == Share(2, 2)
    assert judgement.right == Share(1, 2)
    assert judgement.false_answers == Share(1, 2)


def test_kinds_kept_apart_are_judged_but_neither_counted_nor_tuned_on() -> None:
    def scored(number: int, score: float, *topics: str, kind: str) -> Scored:
        return Scored(question(str(number), "?", *topics, kind=kind), (np.array([score, 0.0]),) * 4)

    sample = [scored(number, 0.5, "lamp", kind="plain") for number in range(10)]
    sample += [scored(number, 0.1, kind="plain") for number in range(10, 20)]
    sample += [scored(number, 0.9, kind="long") for number in range(20, 30)]
    sample += [scored(number, 0.4, "fog", kind="long") for number in range(30, 40)]

    judgement = judge_fairly(sample, ["lamp", "fog"], apart=frozenset({"long"}))

    assert judgement.right == Share(10, 10)
    assert judgement.false_answers == Share(0, 10)
    assert judgement.right_by_kind == {"plain": Share(10, 10), "long": Share(0, 10)}


@pytest.mark.parametrize("size", [3, 7, 12, 300])
def test_knowledge_is_cut_down_or_grown_to_a_size_the_same_way_every_time(size: int) -> None:
    knowledge = resized(LIGHTHOUSE, size)
    owners: list[Entry | OffTopic] = [*knowledge.entries, *knowledge.off_topics]

    assert sum(len(owner.phrasings) for owner in owners) == size
    assert all(owner.phrasings for owner in owners)
    assert len({owner.id for owner in owners}) == len(owners)
    assert knowledge == resized(LIGHTHOUSE, size)


def test_grown_knowledge_keeps_what_was_there_and_brings_new_words() -> None:
    knowledge = resized(LIGHTHOUSE, 300)
    old_words = {word for one in LIGHTHOUSE.entries for phrasing in one.phrasings for word in phrasing.split()}
    new = [phrasing.split() for one in knowledge.entries[3:] for phrasing in one.phrasings]

    assert knowledge.entries[:3] == LIGHTHOUSE.entries
    assert knowledge.off_topics == LIGHTHOUSE.off_topics
    assert sum(bool(set(phrasing) - old_words) for phrasing in new) > 0.9 * len(new)


def test_hard_inputs_are_no_longer_than_discord_lets_a_message_be() -> None:
    assert {name: len(text) for name, text in HARD_INPUTS.items() if len(text) > 4000} == {}


JUDGEMENT = Judgement(Share(9, 10), 0.97, Share(8, 10), Share(1, 20), {"plain": Share(8, 10)}, Treatment(3, 0.5))
ROWS = (Row("another", JUDGEMENT, 12.3, 45.6, 7.8), Row("**ours**", replace(JUDGEMENT, treatment=None), 0.2, 1.4, 0.5))
SIZES = (Scaling(10, 2, 0.1, 0.5, 0.01, 60, 50, 0.02), Scaling(1000, 20, 0.2, 0.6, 0.1, 70, 50, 2.0))


def test_the_report_shows_each_matcher_each_size_and_each_hard_input() -> None:
    text = markdown(
        Measured(
            questions_file="questions.jsonl",
            entry_phrasings=9,
            off_topic_examples=3,
            questions=tuple(replace(one, text="never shown") for one in QUESTIONS),
            apart=frozenset({"long"}),
            rows=ROWS,
            absent=("one that is missing",),
            hard_inputs=(HardInput("a long word", 4000, 1.25),),
            scaling=SIZES,
        )
    )

    assert "| another | 90 % | 0.970 | 80 % (49-94) | 5.0 % | 12.3 | 45.6 | 7.8 |" in text
    assert "| 1,000 | 20 | 0.20 | 0.60 | 0.10 | 70 (50) | 2.00 | 10 times |" in text
    assert "| a long word | 4,000 | 1.25 |" in text
    assert "4 to answer and 2 to refuse" in text
    assert "one that is missing" in text
    assert "never shown" not in text


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not installed")
def test_the_pictures_are_svg_and_the_same_figures_make_the_same_ones(tmp_path: Path) -> None:
    for name in ("first", "second"):
        plot.accuracy(ROWS, tmp_path / f"accuracy-{name}.svg")
        plot.scaling(SIZES, tmp_path / f"scaling-{name}.svg")

    for picture in ("accuracy", "scaling"):
        first, second = ((tmp_path / f"{picture}-{name}.svg").read_bytes() for name in ("first", "second"))
        assert first == second
        assert ET.fromstring(first).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314


def test_a_comparison_has_a_row_for_each_matcher_and_three_for_ours() -> None:
    few = [one for one in CONTENDERS if one.module in {"rapidfuzz", "sqlite3"}]

    rows = compare(LIGHTHOUSE, QUESTIONS, few)

    assert len(rows) == len(few) + 3
    assert all(row.name.startswith("**this bot") for row in rows[-2:])
    assert all(row.judgement.top_1.total == 4 and row.p50 <= row.p99 for row in rows)
    assert rows[-2].judgement.top_1.count == 4


@pytest.mark.parametrize("encoder", ["off", "random"])
def test_servers_are_counted_and_timed(encoder: str) -> None:
    two = measure_servers(2, encoder=encoder)

    assert (two.servers, two.in_memory) == (2, 2)
    assert two.after > two.before > 0
    assert two.kilobytes_each > 0
    assert min(two.find, two.load, two.again, two.look, two.counted) > 0


def test_each_server_has_words_of_its_own_and_the_same_ones_every_time(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_knowledge(tmp_path / name, 2)

    contents = [file.read_bytes() for file in sorted((tmp_path / "first").rglob("*.yaml"))]
    assert contents == [file.read_bytes() for file in sorted((tmp_path / "second").rglob("*.yaml"))]
    assert len(set(contents)) == len(contents) == 5
