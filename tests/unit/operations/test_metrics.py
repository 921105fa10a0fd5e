"""What happens is counted under names and labels that are fixed from the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from bot.operations.metrics import Dropped, Metrics, Reload, RetryReason, SkipReason, State
from bot.outcomes import Label
from bot.storage.resolutions import QuestionSource, Resolution

calm = State(
    knowledge_version="0123456789ab",
    database_up=True,
    circuit_open=False,
    circuit_opened=0,
    questions_in_flight=0,
    shards={0: True},
    dropped={},
)

NAMES: dict[str, type[StrEnum]] = {
    "face": QuestionSource,
    "fate": Resolution,
    "outcome": Label,
    "result": Reload,
    "what": Dropped,
}
REASONS: dict[str, type[StrEnum]] = {"tpm_bot_retries": RetryReason, "tpm_bot_gap_channels_skipped": SkipReason}

seconds = st.floats(min_value=0, max_value=1e6)
EVENT = "MESSAGE_CREATE"
HAPPENINGS: dict[str, st.SearchStrategy[Callable[[Metrics], None]]] = {
    "question_matched": st.builds(
        lambda source, matched: lambda metrics: metrics.question_matched(source, matched),
        st.sampled_from(QuestionSource),
        st.sampled_from(Label),
    ),
    "question_settled": st.builds(
        lambda source, resolution: lambda metrics: metrics.question_settled(source, resolution),
        st.sampled_from(QuestionSource),
        st.sampled_from(Resolution),
    ),
    "reply_arrived": st.builds(
        lambda source, after: lambda metrics: metrics.reply_arrived(source, after),
        st.sampled_from(QuestionSource),
        seconds,
    ),
    "interaction_acknowledged": st.builds(
        lambda after: lambda metrics: metrics.interaction_acknowledged(after), seconds
    ),
    "request_retried": st.builds(
        lambda reason: lambda metrics: metrics.request_retried(reason), st.sampled_from(RetryReason)
    ),
    "session_begun": st.just(Metrics.session_begun),
    "outage_looked_through": st.just(Metrics.outage_looked_through),
    "missed_question_found": st.just(Metrics.missed_question_found),
    "channel_skipped": st.builds(
        lambda reason: lambda metrics: metrics.channel_skipped(reason), st.sampled_from(SkipReason)
    ),
    "time_unseen": st.builds(lambda time: lambda metrics: metrics.time_unseen(time), seconds),
    "knowledge_reloaded": st.builds(
        lambda result: lambda metrics: metrics.knowledge_reloaded(result), st.sampled_from(Reload)
    ),
    "event_dropped": st.builds(lambda kind: lambda metrics: metrics.event_dropped(kind), st.just(EVENT)),
    "loop_lagged": st.builds(lambda lag: lambda metrics: metrics.loop_lagged(lag), seconds),
}


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Metrics:
    return Metrics(registry)


def labels_of(registry: CollectorRegistry) -> set[tuple[str, str, str]]:
    """Return each label by its metric, name and value."""
    return {
        (metric.name, name, value)
        for metric in registry.collect()
        for sample in metric.samples
        for name, value in sample.labels.items()
    }


def test_a_question_is_counted_by_where_it_was_asked_and_what_matching_said(
    metrics: Metrics, registry: CollectorRegistry
) -> None:
    metrics.question_matched(QuestionSource.direct, Label.suggested)

    counted = registry.get_sample_value("tpm_bot_questions_total", {"face": "direct", "outcome": "suggested"})
    assert counted == 1


def test_a_question_is_counted_by_what_became_of_it(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.question_settled(QuestionSource.interaction, Resolution.closed_expired)

    counted = registry.get_sample_value("tpm_bot_fates_total", {"face": "interaction", "fate": "closed_expired"})
    assert counted == 1


@pytest.mark.parametrize(("bound", "within"), [("0.1", 0), ("0.25", 1), ("60.0", 1), ("+Inf", 2)])
def test_the_time_to_a_reply_falls_between_a_millisecond_and_a_minute(
    metrics: Metrics, registry: CollectorRegistry, bound: str, within: int
) -> None:
    metrics.reply_arrived(QuestionSource.mention, 0.25)
    metrics.reply_arrived(QuestionSource.mention, 61)

    assert registry.get_sample_value("tpm_bot_reply_seconds_bucket", {"face": "mention", "le": "0.001"}) == 0
    assert registry.get_sample_value("tpm_bot_reply_seconds_bucket", {"face": "mention", "le": bound}) == within


def test_each_thing_that_happens_shows(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.interaction_acknowledged(0.2)
    metrics.request_retried(RetryReason.timeout)
    metrics.session_begun()
    metrics.outage_looked_through()
    metrics.missed_question_found()
    metrics.channel_skipped(SkipReason.too_many)
    metrics.time_unseen(90)
    metrics.knowledge_reloaded(Reload.refused)
    metrics.loop_lagged(0.03)

    shown = {
        sample.name: sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.value and sample.name.startswith("tpm_bot_") and "le" not in sample.labels
    }
    assert shown == {
        "tpm_bot_acknowledge_seconds_count": 1,
        "tpm_bot_acknowledge_seconds_sum": 0.2,
        "tpm_bot_retries_total": 1,
        "tpm_bot_identifies_total": 1,
        "tpm_bot_gaps_total": 1,
        "tpm_bot_gap_questions_total": 1,
        "tpm_bot_gap_channels_skipped_total": 1,
        "tpm_bot_unseen_seconds_total": 90,
        "tpm_bot_knowledge_reloads_total": 1,
        "tpm_bot_loop_lag_seconds_count": 1,
        "tpm_bot_loop_lag_seconds_sum": 0.03,
    }


def test_a_clock_that_is_set_back_takes_nothing_from_the_time_unseen(
    metrics: Metrics, registry: CollectorRegistry
) -> None:
    metrics.time_unseen(90)
    metrics.time_unseen(-3600)

    assert registry.get_sample_value("tpm_bot_unseen_seconds_total") == 90


def test_what_never_happened_stands_at_zero(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.watch(lambda: calm)

    resolutions = {
        (sample.labels["face"], sample.labels["fate"]): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "tpm_bot_fates_total"
    }
    assert resolutions == {(source, resolution): 0 for source in QuestionSource for resolution in Resolution}
    assert registry.get_sample_value("tpm_bot_retries_total", {"reason": "connection"}) == 0
    assert registry.get_sample_value("tpm_bot_dropped_total", {"what": "claims"}) == 0


def test_the_state_is_read_at_each_scrape(metrics: Metrics, registry: CollectorRegistry) -> None:
    states = iter(
        [
            calm,
            replace(
                calm,
                database_up=False,
                circuit_open=True,
                circuit_opened=2,
                questions_in_flight=50,
                shards={0: True, 1: False},
                dropped={Dropped.statistics: 7},
            ),
        ]
    )
    metrics.watch(lambda: next(states))

    def scrape() -> dict[str, float]:
        return {
            sample.name + "".join(sample.labels.values()): sample.value
            for metric in registry.collect()
            for sample in metric.samples
        }

    before, after = scrape(), scrape()

    assert {name: after[name] for name in after if after[name] != before.get(name) and "process" not in name} == {
        "tpm_bot_database_up": 0,
        "tpm_bot_circuit_open": 1,
        "tpm_bot_circuit_opened_total": 2,
        "tpm_bot_questions_in_flight": 50,
        "tpm_bot_shard_up1": 0,
        "tpm_bot_dropped_totalstatistics": 7,
    }


def test_only_the_knowledge_in_use_is_shown_however_often_it_changed(
    metrics: Metrics, registry: CollectorRegistry
) -> None:
    versions = iter(["0123456789ab", "ba9876543210"])
    metrics.watch(lambda: replace(calm, knowledge_version=next(versions)))

    [*registry.collect()]
    known = {value for metric, _, value in labels_of(registry) if metric == "tpm_bot_knowledge"}

    assert known == {"ba9876543210"}


def test_operators_see_the_memory_and_the_time_that_the_process_takes(
    metrics: Metrics, registry: CollectorRegistry
) -> None:
    metrics.session_begun()

    assert (registry.get_sample_value("process_resident_memory_bytes") or 0) > 1_000_000
    assert (registry.get_sample_value("process_cpu_seconds_total") or 0) > 0


@given(happenings=st.lists(st.one_of(*HAPPENINGS.values())))
def test_whatever_happens_no_label_holds_anything_but_the_names_fixed_in_advance(
    happenings: list[Callable[[Metrics], None]],
) -> None:
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    metrics.watch(lambda: calm)
    before = labels_of(registry)

    for happen in happenings:
        happen(metrics)

    assert labels_of(registry) - before <= {("tpm_bot_events_dropped", "type", EVENT)}  # as discord.py names it
    for metric, name, value in before:
        match name:
            case "le":
                assert float(value) > 0
            case "shard":
                assert value == "0"
            case "version":
                assert value == calm.knowledge_version
            case "reason":
                assert value in {*REASONS[metric]}
            case _:
                assert value in {*NAMES[name]}


def test_the_random_calls_leave_nothing_out_that_can_happen() -> None:
    can_happen = {name for name in vars(Metrics) if not name.startswith("_")} - {"watch"}

    assert set(HAPPENINGS) == can_happen
