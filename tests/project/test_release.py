"""A tag is released only if the version, the changelog, and the manifests agree with it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OVERLAY = "deploy/kubernetes/overlays/plain/kustomization.yaml"
CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.2.0] - 2026-12-01

### Added

- A door.

## [1.1.0] - 2026-11-01

- A window.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".ci").mkdir()
    (tmp_path / OVERLAY).parent.mkdir(parents=True)
    shutil.copy(ROOT / ".ci/check-release", tmp_path / ".ci")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.2.0"\n', encoding="utf-8")
    (tmp_path / OVERLAY).write_text("images:\n  - name: x\n    newTag: 1.2.0\n", encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    return tmp_path


def check_release(project: Path, tag: str) -> subprocess.CompletedProcess[str]:
    program = project / ".ci/check-release"
    return subprocess.run([program, tag], capture_output=True, text=True, check=False)  # noqa: S603 - our own


def test_the_notes_are_the_section_of_that_version(project: Path) -> None:
    done = check_release(project, "v1.2.0")

    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "### Added\n\n- A door.", "")


@pytest.mark.parametrize(
    ("tag", "file", "old", "new", "says"),
    [
        ("v1.1.0", "pyproject.toml", "", "", "pyproject.toml has version 1.2.0. Tag v1.2.0"),
        ("v1.2.0", OVERLAY, "1.2.0", "1.1.0", "names another image than 1.2.0"),
        ("v1.2.0", "CHANGELOG.md", "[1.2.0]", "[1.3.0]", "has no section '## [1.2.0] - YYYY-MM-DD'"),
        ("v1.2.0", "CHANGELOG.md", "### Added\n\n- A door.\n", "", "has no section '## [1.2.0] - YYYY-MM-DD'"),
    ],
)
def test_a_release_that_does_not_agree_with_its_tag_is_refused(
    project: Path, tag: str, file: str, old: str, new: str, says: str
) -> None:
    (project / file).write_text((project / file).read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    done = check_release(project, tag)

    assert (done.returncode, done.stdout) == (1, "")
    assert says in done.stderr


def test_the_manifests_name_the_version_of_the_project() -> None:
    done = check_release(ROOT, "v0")
    version = done.stderr.partition("has version ")[2].partition(". Tag")[0]

    assert f"newTag: {version}\n" in (ROOT / OVERLAY).read_text(encoding="utf-8")
