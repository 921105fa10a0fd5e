"""The workflows on GitHub, our own and the one that `tpm-bot new` makes, can do no more than they have to."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = [*(ROOT / ".github/workflows").iterdir(), ROOT / "bot/authoring/starter/template/check.yaml"]
RELEASE = ROOT / ".github/workflows/release.yml"
MAY_DO_MORE = {  # jobs that publish, and what each needs for it
    "release.yml": {
        "attest": {"attestations": "write", "contents": "read", "id-token": "write"},
        "image": {"attestations": "write", "contents": "read", "id-token": "write", "packages": "write"},
        "publish": {"contents": "read", "id-token": "write"},
        "announce": {"contents": "write"},
    },
}
every_workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)


def parsed(file: Path) -> dict[Any, Any]:
    workflow: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return workflow


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in parsed(file)["jobs"].values() for step in job.get("steps", ())]


@every_workflow
def test_a_workflow_may_only_read_the_repository_unless_it_publishes(file: Path) -> None:
    jobs = parsed(file)["jobs"]

    assert parsed(file)["permissions"] == {"contents": "read"}
    granted = {name: job["permissions"] for name, job in jobs.items() if "permissions" in job}
    assert granted == MAY_DO_MORE.get(file.name, {})


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
    jobs = parsed(file)["jobs"].values()

    assert all(job["timeout-minutes"] <= 60 for job in jobs if "steps" in job)


@pytest.mark.parametrize(
    ("schema", "files"),
    [("github-workflows", WORKFLOWS), ("dependabot", [ROOT / ".github/dependabot.yml"])],
    ids=["workflows", "dependabot"],
)
def test_github_understands_what_is_written_for_it(schema: str, files: list[Path]) -> None:
    checked = subprocess.run(  # noqa: S603 - arguments of our own
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *files],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_nothing_is_published_before_it_is_tested_and_audited() -> None:
    jobs = parsed(RELEASE)["jobs"]

    def before(name: str) -> set[str]:
        needs = jobs[name].get("needs", [])
        direct = {needs} if isinstance(needs, str) else {*needs}
        return direct.union(*map(before, direct))

    for name in MAY_DO_MORE[RELEASE.name]:
        assert {"test", "audit", "build"} <= before(name), name


def test_an_audit_fails_if_a_package_cannot_be_looked_up() -> None:
    audits = [step["run"] for step in parsed(RELEASE)["jobs"]["audit"]["steps"] if "pip-audit" in step.get("run", "")]
    locks = sorted(lock.name for lock in ROOT.glob("*.lock"))

    assert sorted(audit.split()[-1] for audit in audits) == locks
    assert all("--strict" in audit for audit in audits)


def test_what_a_release_installs_is_pinned_by_hash() -> None:
    installs = [line for step in steps(RELEASE) for line in step.get("run", "").split("&&") if "pip install" in line]

    assert installs
    assert all("--require-hashes" in line or "--no-index dist/" in line for line in installs)


def test_a_release_pins_the_base_that_the_image_is_built_on() -> None:
    bases = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert {*bases} == {parsed(RELEASE)["jobs"]["image"]["env"]["BASE"]}
