"""The closed list of what becomes of a question is the same in code and docs."""

from __future__ import annotations

import re
from pathlib import Path

from bot.storage.resolutions import Resolution

DOCS = Path(__file__).parents[2] / "docs" / "delivery.md"


def test_the_docs_list_each_fate_and_no_other() -> None:
    listed = re.findall(r"`(answered|declined_\w+|closed_\w+)`", DOCS.read_text(encoding="utf-8"))

    assert set(listed) == {resolution.value for resolution in Resolution}


def test_each_fate_is_either_an_answer_or_declined_or_closed() -> None:
    kinds = {
        resolution: (resolution is Resolution.answered, resolution.is_declined, resolution.is_closed)
        for resolution in Resolution
    }

    assert {resolution: sum(kind) for resolution, kind in kinds.items()} == dict.fromkeys(Resolution, 1)
