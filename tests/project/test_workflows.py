"""The workflows on GitHub, our own and the one that `tpm-bot new` makes, can do no more than they have to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = [*(ROOT / ".github/workflows").iterdir(), ROOT / "bot/authoring/starter/template/check.yaml"]
every_workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)


def parsed(file: Path) -> dict[Any, Any]:
    workflow: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return workflow


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in parsed(file)["jobs"].values() for step in job["steps"]]


@every_workflow
def test_a_workflow_may_only_read_the_repository(file: Path) -> None:
    assert parsed(file)["permissions"] == {"contents": "read"}
    assert not [job for job in parsed(file)["jobs"].values() if "permissions" in job]


@every_workflow
def test_a_workflow_leaves_no_token_for_what_it_runs(file: Path) -> None:
    checkouts = [step for step in steps(file) if step.get("uses", "").startswith("actions/checkout@")]

    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@every_workflow
def test_the_actions_of_a_workflow_are_pinned_by_commit(file: Path) -> None:
    used = [step["uses"] for step in steps(file) if "uses" in step]

    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in used)


@every_workflow
def test_no_text_from_outside_becomes_part_of_a_script(file: Path) -> None:
    assert not [step for step in steps(file) if "${{" in step.get("run", "")]


@every_workflow
def test_no_job_of_a_workflow_hangs_for_hours(file: Path) -> None:
    assert all(job["timeout-minutes"] <= 60 for job in parsed(file)["jobs"].values())
