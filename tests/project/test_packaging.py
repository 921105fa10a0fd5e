"""What leaves this folder, the wheel and the image, holds what the bot needs to run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def run(*arguments: str | Path, directory: Path, **environment: str) -> str:
    """Run Python with nothing of ours in the environment but what is given; return what it prints."""
    done = subprocess.run(  # noqa: S603 - arguments of our own
        [sys.executable, *arguments],
        cwd=directory,
        env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel, with no network."""
    directory = tmp_path_factory.mktemp("wheel")
    run("-m", "hatchling", "build", "-t", "wheel", "-d", directory, directory=ROOT)
    [path] = directory.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheel, as an installation does."""
    directory = tmp_path_factory.mktemp("site-packages")
    wheel.extractall(directory)
    return directory


def test_the_source_distribution_makes_the_same_wheel(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    run("-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, directory=ROOT)
    [path] = tmp_path.glob("*.tar.gz")
    shutil.unpack_archive(path, tmp_path, filter="data")
    [source] = [each for each in tmp_path.iterdir() if each.is_dir()]
    run("-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, directory=source)
    [built] = tmp_path.glob("*.whl")

    with zipfile.ZipFile(built) as again:
        assert {each.filename: each.CRC for each in again.infolist()} == {
            each.filename: each.CRC for each in wheel.infolist()
        }
    assert [file.name for file in source.rglob("*.jsonl")] == ["questions.jsonl"]


def test_the_wheel_carries_every_file_of_the_bot_and_of_the_knowledge(wheel: zipfile.ZipFile) -> None:
    files = [path for folder in ("bot", "knowledge") for path in (ROOT / folder).rglob("*") if path.is_file()]
    wanted = {path.relative_to(ROOT).as_posix() for path in files if "__pycache__" not in path.parts}

    assert {"bot/cli.py", "knowledge/faq.yaml"} <= wanted
    assert not wanted - set(wheel.namelist())


def test_the_schema_that_each_knowledge_file_names_travels_with_it(wheel: zipfile.ZipFile) -> None:
    files = [name for name in wheel.namelist() if re.fullmatch(r"knowledge/\w+\.yaml", name)]
    assert len(files) >= 3

    for file in files:
        named = re.match(r"# yaml-language-server: \$schema=(\S+)", wheel.read(file).decode())
        assert named, f"{file} names no schema"
        assert f"knowledge/{named[1]}" in wheel.namelist()


def test_the_wheel_carries_nothing_else_than_bot_and_knowledge(wheel: zipfile.ZipFile) -> None:
    folders = {name.partition("/")[0] for name in wheel.namelist()}
    metadata = {folder for folder in folders if folder.endswith(".dist-info")}

    assert len(metadata) == 1
    assert folders - metadata == {"bot", "knowledge"}
    assert not [name for name in wheel.namelist() if name.endswith((".env", ".pyc"))]


def test_the_installed_bot_answers_in_any_folder_from_the_knowledge_it_came_with(
    installed: Path, tmp_path: Path
) -> None:
    where = "from bot.knowledge.loading import SHIPPED_KNOWLEDGE as path; print(path)"
    shipped = run("-c", where, directory=tmp_path, PYTHONPATH=str(installed))
    answer = run(
        "-m",
        "bot",
        "ask",
        "Does a TPM need to code?",
        directory=tmp_path,
        PYTHONPATH=str(installed),
        HOME=str(tmp_path),
    )

    assert Path(shipped.strip()) == installed / "knowledge"
    assert answer.startswith("Does a TPM need to code?")
    assert "Source:" in answer


def test_the_installed_bot_compares_by_the_questions_it_came_with(installed: Path, tmp_path: Path) -> None:
    edited = shutil.copytree(ROOT / "knowledge", tmp_path / "edited")
    asked = [line for line in (ROOT / "tests" / "questions.jsonl").read_bytes().splitlines() if line.strip()]

    told = run(
        *("-m", "bot", "diff", installed / "knowledge", edited),
        directory=tmp_path,
        ENCODER="off",
        PYTHONPATH=str(installed),
        HOME=str(tmp_path),
    )

    count = int(told.split(" questions asked, ")[0].split()[-1])
    assert count >= len(asked)


def test_of_the_labelled_questions_only_the_public_ones_leave_this_folder(wheel: zipfile.ZipFile) -> None:
    image_takes = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert [name for name in wheel.namelist() if name.endswith(".jsonl")] == ["bot/questions.jsonl"]
    assert wheel.read("bot/questions.jsonl") == (ROOT / "tests" / "questions.jsonl").read_bytes()
    assert [line for line in image_takes if line.startswith("!tests")] == ["!tests/questions.jsonl"]


def test_the_installed_command_is_called_tpm_bot(wheel: zipfile.ZipFile) -> None:
    [entry_points] = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]

    assert "tpm-bot = bot.__main__:main" in wheel.read(entry_points).decode()


def test_the_example_of_settings_names_every_setting_once_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^#?\s*([A-Z][A-Z_]+)=", example, flags=re.MULTILINE)

    assert sorted(named) == sorted(
        name.upper() for name in Settings.model_fields if name != "claims"
    )  # it does nothing


def test_the_example_of_settings_copied_as_it_is_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    before = read_settings()

    shutil.copy(ROOT / ".env.example", tmp_path / ".env")

    assert read_settings() == before


def locked(file: str) -> dict[str, list[str]]:
    """Return the versions that a lock pins, by name; a version for some Pythons only is one of several."""
    versions: defaultdict[str, list[str]] = defaultdict(list)
    for requirement in re.split(r"\n(?=\w)", re.sub(r"(?m)^\s*#.*\n", "", (ROOT / file).read_text(encoding="utf-8"))):
        pin = re.match(r"(?P<name>[\w.-]+)==(?P<version>\S+)", requirement)
        assert pin, f"{file} pins nothing here: {requirement}"
        assert "--hash=sha256:" in requirement, f"{file} has no hash for {pin['name']}"
        versions[canonicalize_name(pin["name"])].append(pin["version"])
    return versions


@pytest.mark.parametrize(
    ("file", "requirements"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"]),
        ("requirements-build.lock", PROJECT["build-system"]["requires"]),
    ],
)
def test_a_lock_pins_all_that_the_project_asks_for_by_hash(file: str, requirements: list[str]) -> None:
    versions = locked(file)

    for requirement in map(Requirement, requirements):
        pinned = versions[canonicalize_name(requirement.name)]
        remedy = f"Write {file} anew with the command in its head: it lacks {requirement}."
        assert pinned, remedy
        assert all(requirement.specifier.contains(version) for version in pinned), remedy


def test_the_lock_serves_python_3_13_and_later_which_lack_audioop() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    assert re.search(r"^audioop-lts==\S+ ; python_full_version >= '3\.13'", lock, flags=re.MULTILINE)


def test_the_folder_of_secrets_reaches_neither_git_nor_the_image() -> None:
    ignored_by_git = (ROOT / "secrets" / ".gitignore").read_text(encoding="utf-8").splitlines()
    image_takes = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

    assert "*" in ignored_by_git
    assert "*" in image_takes
    assert not [line for line in image_takes if line.startswith("!") and ("secrets" in line or ".env" in line)]


def test_the_image_shows_its_metrics_only_to_itself_by_default() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert re.findall(r"MONITORING_ADDRESS=(\S+)", image) == ["127.0.0.1:8080"]
    assert "EXPOSE" not in image
