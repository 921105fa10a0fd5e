"""From a FAQ to a bot that knows more ways to ask, by the commands that a maintainer runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parents[3]
FAQ = """\
# Tidewatch FAQ

## How do I install Tidewatch?

Run `pip install tidewatch`.

## Where does the data come from?

From the harbor offices.

## Why are the times wrong?

Set `TZ`: it's the local time of the station that counts.
"""
REPLY = """\
Sure!

```yaml
times-wrong:
  phrasings:
    - "everything is an hour off"
    - "clock shows yesterday"
install:
  phrasings:
    - "setup instructions please"
    - "get it running on linux"
off_topic:
  fishing:
    name: "fishing"
    phrasings:
      - "best tide for fishing bass"
      - "when do the fish bite"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("maintainer")


def run(folder: Path, *arguments: str, text: str | None = None) -> str:
    """Run the real command in a folder, with nothing set but the knowledge, once it is there; return what it prints."""
    unset = {name.upper() for name in Settings.model_fields}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"PYTHONPATH": str(ROOT), "KNOWLEDGE_DIR": "tidewatch" if (folder / "tidewatch").exists() else ""}
    done = subprocess.run(  # noqa: S603 - arguments of our own
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def outcome(folder: Path, question: str) -> tuple[str, list[str]]:
    record = json.loads(run(folder, "ask", "--batch", "-", text=json.dumps({"text": question})))
    return record["outcome"], record["entries"]


def test_an_imported_folder_answers_and_learns_from_a_model(folder: Path) -> None:
    (folder / "faq.md").write_text(FAQ, encoding="utf-8")

    told = run(folder, "import", "faq.md", "tidewatch")
    assert "Made tidewatch: 3 entries with 3 phrasings about Tidewatch." in told
    assert outcome(folder, "why are the times wrong") == ("answered", ["times-wrong"])
    assert "From the harbor offices." in run(folder, "ask", "Where does the data come from?")
    assert outcome(folder, "everything is an hour off")[0] != "answered"

    assert "## times-wrong\n\nQuestion: Why are the times wrong?" in run(folder, "phrasings", "prompt")
    told = run(folder, "phrasings", "add", "-", text=REPLY)
    assert "Added 6 phrasings to tidewatch/faq.yaml." in told
    assert "The reply is cut off at fishing." in told
    assert outcome(folder, "everything is an hour off") == ("answered", ["times-wrong"])
    assert "I don't have anything on fishing." in run(folder, "ask", "when do the fish bite")
