"""Count what happens, for Prometheus. No label holds what people wrote, or an id of a person, server or channel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.outcomes import Label
from bot.storage.resolutions import QuestionSource, Resolution


class RetryReason(StrEnum):
    """Why a request is made again."""

    server_error = "server_error"
    blocked = "blocked"
    timeout = "timeout"
    connection = "connection"


class SkipReason(StrEnum):
    """Why a channel wasn't searched for missed questions."""

    no_permission = "no_permission"
    too_many = "too_many"
    failed = "failed"


class Dropped(StrEnum):
    """What is dropped when memory is full."""

    statistics = "statistics"
    claims = "claims"


class Reload(StrEnum):
    """What became of an attempt to read the knowledge again."""

    replaced = "replaced"
    refused = "refused"
    unchanged = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The current state.

    Attributes:
        knowledge_version: of the knowledge that questions are answered from.
        database_up: whether the database could be used the last time.
        circuit_open: whether requests to Discord are held back.
        circuit_opened: how often that has begun since the start.
        questions_in_flight: how many questions are being answered.
        shards: by number, whether each receives events.
        dropped: how much was dropped since the start.
    """

    knowledge_version: str
    database_up: bool
    circuit_open: bool
    circuit_opened: int
    questions_in_flight: int
    shards: Mapping[int, bool]
    dropped: Mapping[Dropped, int]


# In seconds. The figures to keep are among them: 50 ms of lag, 250 ms to a reply, 500 ms to an acknowledgement.
_BRIEF = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_LONG = (*_BRIEF, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """Count what happens; callers never name a metric.

    Every counter starts at 0, so that its first event shows as an increase.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, which nobody reads
        ProcessCollector(registry=registry)
        self._questions = self._counter("questions", "Questions by outcome.", face=QuestionSource, outcome=Label)
        self._fates = self._counter("fates", "Questions by resolution.", face=QuestionSource, fate=Resolution)
        self._reply = self._histogram(
            "reply_seconds", "From a question's event to its reply.", _LONG, face=QuestionSource
        )
        self._acknowledge = self._histogram(
            "acknowledge_seconds", "From an interaction's event to its acknowledgement.", _BRIEF
        )
        self._retries = self._counter("retries", "Retried requests to Discord.", reason=RetryReason)
        self._identifies = self._counter("identifies", "New sessions with Discord, of 1,000 allowed a day.")
        self._outages = self._counter("gaps", "Outages after which the history was searched.")
        self._missed_questions = self._counter("gap_questions", "Missed questions found in the history.")
        self._channels_skipped = self._counter(
            "gap_channels_skipped", "Channels whose history was not searched.", reason=SkipReason
        )
        self._unseen = self._counter("unseen_seconds", "Time too long ago to be searched for missed questions.")
        self._reloads = self._counter("knowledge_reloads", "Attempts to read the knowledge again.", result=Reload)
        self._events_dropped = Counter(
            "tpm_bot_events_dropped", "Events from Discord that couldn't be read.", ["type"], registry=registry
        )
        self._loop_lag = self._histogram("loop_lag_seconds", "How late the event loop wakes a task.", _BRIEF)

    def watch(self, read: Callable[[], State]) -> None:
        """Read the state at each scrape from now on. Call it once."""
        self._registry.register(_StateCollector(read))

    def question_matched(self, source: QuestionSource, label: Label) -> None:
        """Count a question by its outcome."""
        self._questions.labels(source, label).inc()

    def question_settled(self, source: QuestionSource, resolution: Resolution) -> None:
        """Count a question by its resolution."""
        self._fates.labels(source, resolution).inc()

    def reply_arrived(self, source: QuestionSource, seconds: float) -> None:
        """Note how long a question waited for its reply."""
        self._reply.labels(source).observe(seconds)

    def interaction_acknowledged(self, seconds: float) -> None:
        """Note how long an interaction waited for its acknowledgement."""
        self._acknowledge.observe(seconds)

    def request_retried(self, reason: RetryReason) -> None:
        """Count a request that is made again."""
        self._retries.labels(reason).inc()

    def session_begun(self) -> None:
        """Count an IDENTIFY."""
        self._identifies.inc()

    def outage_looked_through(self) -> None:
        """Count an outage after which the history is searched."""
        self._outages.inc()

    def missed_question_found(self) -> None:
        """Count a missed question that was found in the history."""
        self._missed_questions.inc()

    def channel_skipped(self, reason: SkipReason) -> None:
        """Count a channel whose history was not searched."""
        self._channels_skipped.labels(reason).inc()

    def time_unseen(self, seconds: float) -> None:
        """Add time too long ago to be searched."""
        self._unseen.inc(max(0.0, seconds))  # the system's clock may be set back

    def knowledge_reloaded(self, result: Reload) -> None:
        """Count an attempt to read the knowledge again."""
        self._reloads.labels(result).inc()

    def event_dropped(self, kind: str) -> None:
        """Count an event that couldn't be read."""
        self._events_dropped.labels(kind).inc()

    def loop_lagged(self, seconds: float) -> None:
        """Note how late the event loop woke a task."""
        self._loop_lag.observe(seconds)

    def _counter(self, name: str, text: str, **labels: type[StrEnum]) -> Counter:
        counter = Counter(f"tpm_bot_{name}", text, labels, registry=self._registry)
        _begin_at_zero(counter, labels.values())
        return counter

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], **labels: type[StrEnum]) -> Histogram:
        histogram = Histogram(f"tpm_bot_{name}", text, labels, registry=self._registry, buckets=buckets)
        _begin_at_zero(histogram, labels.values())
        return histogram


def _begin_at_zero(metric: MetricWrapperBase, labels: Iterable[type[StrEnum]]) -> None:
    for values in product(*labels):
        if values:
            metric.labels(*values)


class _StateCollector(Collector):
    def __init__(self, read: Callable[[], State]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        state = self._read()
        yield InfoMetricFamily("tpm_bot_knowledge", "The knowledge in use.", value={"version": state.knowledge_version})
        yield GaugeMetricFamily("tpm_bot_database_up", "Whether the database can be used.", state.database_up)
        yield GaugeMetricFamily("tpm_bot_circuit_open", "Whether requests are held back.", state.circuit_open)
        yield CounterMetricFamily("tpm_bot_circuit_opened", "How often that began.", state.circuit_opened)
        yield GaugeMetricFamily("tpm_bot_questions_in_flight", "Questions being answered.", state.questions_in_flight)
        shards = GaugeMetricFamily("tpm_bot_shard_up", "Whether a shard receives events.", labels=["shard"])
        for shard, is_up in state.shards.items():
            shards.add_metric([str(shard)], is_up)
        yield shards
        dropped = CounterMetricFamily("tpm_bot_dropped", "What was dropped because memory was full.", labels=["what"])
        for what in Dropped:
            dropped.add_metric([what], state.dropped.get(what, 0))
        yield dropped
