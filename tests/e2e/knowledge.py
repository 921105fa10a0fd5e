"""The small knowledge about lighthouses, as these tests need it."""

from __future__ import annotations

from pathlib import Path


def name_subject(knowledge_dir: Path, *, more: str = "") -> Path:
    """Say what the knowledge is about, so that it answers from a lower confidence, and append something to faq.yaml."""
    faq = knowledge_dir / "faq.yaml"
    content = faq.read_text(encoding="utf-8").replace("entries:\n", "subject:\n  names: [keeper]\nentries:\n", 1)
    faq.write_text(content + more, encoding="utf-8")
    return knowledge_dir
