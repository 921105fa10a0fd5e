"""The comparison on public intent data, run on data that is made here."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import public

# Looked for rather than imported, which would take each worker a second.
pytestmark = pytest.mark.skipif(
    find_spec("sklearn") is None or find_spec("bm25s") is None, reason="sklearn or bm25s is not installed"
)

TEXTS = {
    "lights": ["make it darker", "dim the lamp", "turn the lights on", "switch off the lamp", "brighter please"],
    "alarm": ["wake me at six", "set an alarm", "cancel my alarm", "is there an alarm", "remind me to get up"],
    "music": ["play a song", "next track", "louder music", "put on some jazz", "stop the music"],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    records = [
        {"text": text, "intent": intent, "split": "test" if text == texts[-1] else "train", "sample": "published-5"}
        for intent, texts in TEXTS.items()
        for text in texts
    ]
    lines = "\n".join(json.dumps(record) for record in records)
    (tmp_path / "banking77.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def test_every_matcher_is_measured(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["public", "--data", str(data), "--dataset", "banking77", "--k", "5", "--json"]
    monkeypatch.setattr(sys, "argv", arguments)

    public.main()

    results = json.loads(capsys.readouterr().out)
    assert [result["matcher"] for result in results if "bot" in result["matcher"]] == [
        "this bot, words alone",
        "this bot, MiniLM",
        "this bot, Universal",
        "**this bot, as shipped**",
    ]
    assert all(0 <= result["top_1"] <= 1 and result["milliseconds"] > 0 for result in results)
    assert all(0 <= result["right"] + result["wrong"] <= 1 for result in results if result["right"] is not None)


def test_a_table_names_what_was_published(data: Path) -> None:
    task = public.read_task(data, "banking77", 5, "others 80.0")

    table = public.as_markdown(
        task, [public.Result(task.name, "a matcher", 0.5, 0.25, 0.125, 0.75, None, None, None, 1.5)]
    )

    assert "12 texts to learn from, 3 to test with. Published: others 80.0." in table
    assert table.endswith("| a matcher | 50.0 | 25.0 | 12.5 | 75.0 |  |  |  | 1.50 |")
