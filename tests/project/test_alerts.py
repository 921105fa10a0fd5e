"""The dashboard and the alerts ask for what the bot counts; `benchmarks.monitoring` asks a real Prometheus."""

from __future__ import annotations

import re

import pytest
import yaml
from prometheus_client import CollectorRegistry

from benchmarks.monitoring.queries import ALERTS, FOLDER, Query, filled_in, measured_by, of_alerts, of_dashboard
from bot.operations.metrics import Metrics, State

OF_PROMETHEUS = {"up"}
QUERIES = [*of_dashboard(), *of_alerts()]
SELECTOR = re.compile(r"\b(up|(?:tpm_bot|process)_\w+)(?:\{([^}]*)\})?")
CONDITION = re.compile(r'(\w+)(=~|!=|=)"([^"]*)"')
OF_TARGETS = {"job", "instance"}


def samples() -> dict[str, list[dict[str, str]]]:
    """Return the labels of each series that the bot shows, by its name."""
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    metrics.watch(
        lambda: State(
            knowledge_version="1",
            database_up=True,
            circuit_open=False,
            circuit_opened=0,
            questions_in_flight=0,
            shards={0: True},
            dropped={},
        )
    )
    metrics.event_dropped("GUILD_CREATE")
    found: dict[str, list[dict[str, str]]] = {}
    for family in registry.collect():
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


SAMPLES = samples()


def selectors(query: Query) -> list[tuple[str, str]]:
    return SELECTOR.findall(query.expression)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.owner)
def test_a_query_asks_for_series_that_exist(query: Query) -> None:
    assert selectors(query)
    for name, conditions in selectors(query):
        assert name in {*SAMPLES, *OF_PROMETHEUS}, name
        for label, operator, value in CONDITION.findall(conditions):
            if label not in OF_TARGETS:
                values = [labels[label] for labels in SAMPLES[name]]
                assert any(re.fullmatch(value if operator == "=~" else re.escape(value), each) for each in values), (
                    label
                )


def test_the_dashboard_shows_each_metric_of_the_bot() -> None:
    ours = {re.sub(r"_(bucket|count|sum)$", "", name) for name in SAMPLES if name.startswith("tpm_bot")}
    shown = {re.sub(r"_bucket$", "", name) for query in of_dashboard() for name, _ in selectors(query)}

    assert ours - shown == set()


def test_the_rules_for_the_operator_are_the_same() -> None:
    rule = yaml.safe_load((FOLDER / "prometheus-rule.yaml").read_text(encoding="utf-8"))

    assert rule["spec"] == yaml.safe_load(ALERTS.read_text(encoding="utf-8"))


def test_every_alert_has_a_test() -> None:
    tried = (FOLDER / "alerts.test.yaml").read_text(encoding="utf-8")

    assert [query.owner for query in of_alerts() if f'alertname="{query.owner}"' not in tried] == []


def test_a_query_of_the_dashboard_is_filled_in_as_grafana_does() -> None:
    query = Query("any", 'rate(a_total{job=~"$job"}[$__rate_interval])')

    assert filled_in(query, window="5m").expression == 'rate(a_total{job=~".*"}[5m])'


@pytest.mark.parametrize(
    ("condition", "measured"),
    [
        ("tpm_bot_database_up == 0", ["tpm_bot_database_up"]),
        ('process_size{job="b"} > 950e6', ['process_size{job="b"}']),
        ('absent(up{job="b"})', ['up{job="b"}']),
        ('up{job="b"} == 1 unless on (job) tpm_bot_shard_up == 1', ['up{job="b"}', "tpm_bot_shard_up"]),
        ("sum by (job) (increase(a_total[1d])) > 0.5", ["sum by (job) (increase(a_total[1d]))"]),
    ],
)
def test_an_alert_compares_series_that_exist(condition: str, measured: list[str]) -> None:
    assert [query.expression for query in measured_by(Query("any", condition))] == measured
