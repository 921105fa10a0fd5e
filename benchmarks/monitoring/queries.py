"""The queries of the dashboard and of the alerts in `deploy/monitoring`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "deploy" / "monitoring"
ALERTS = FOLDER / "alerts.yaml"

_COMPARISON = re.compile(r"\s(?:==|[<>])\s[\d.e]+")
_COMBINATION = re.compile(r"\s(?:and|or|unless)(?:\s(?:on|ignoring)\s?\([^)]*\))?\s(?=\w+\{|tpm_bot)")
_ABSENT = re.compile(r"absent\((.*)\)")


@dataclass(frozen=True, slots=True)
class Query:
    """A query in PromQL, and the panel or alert that it belongs to."""

    owner: str
    expression: str


def of_dashboard() -> list[Query]:
    """Return the query of each line in each panel, with Grafana's variables as they are."""
    dashboard: dict[str, Any] = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
    return [
        Query(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel.get("targets", ())
    ]


def of_alerts() -> list[Query]:
    """Return the condition of each alert."""
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [Query(rule["alert"], rule["expr"]) for group in groups for rule in group["rules"]]


def filled_in(query: Query, *, window: str) -> Query:
    """Return a dashboard's query as Grafana sends it, for everything and a time window such as `30s`."""
    expression = query.expression
    for variable, value in (("$__rate_interval", window), ("$__range", window), ("$job", ".*"), ("$instance", ".*")):
        expression = expression.replace(variable, value)
    return Query(query.owner, expression)


def measured_by(alert: Query) -> Iterator[Query]:
    """Yield what a condition compares: while all is well, the condition itself finds nothing."""
    for part in _COMBINATION.split(alert.expression):
        expression = _COMPARISON.sub("", part)
        yield Query(alert.owner, _ABSENT.sub(r"\1", expression))
