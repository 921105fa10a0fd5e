"""A small knowledge base about lighthouses, in a folder that a test may edit."""

from __future__ import annotations

from pathlib import Path

from bot.answering import Answering
from bot.knowledge.loading import load_knowledge
from bot.matching.matcher import Matcher

FAQ = """\
# yaml-language-server: $schema=schemas/faq.schema.json
source:
  publisher: The Lighthouse Society
  title: On keeping a light
  url: https://lighthouse.example/keeping
entries:
  night-shift:
    question: Does a keeper work at night?
    answer: |-
      Yes, **most** nights.

      The lamp is lit at dusk.
    source_section: Nights
    related: [definition]
    reviewed: 2026-11-22
    phrasings:
      - Does a keeper work at night?
      - when do keepers sleep
off_topic:
  salary:
    name: salaries
    reply: I have nothing on salaries yet.
    phrasings:
      - What does a keeper earn?
  thanks:
    name: thanks
    reaction: "💙"
    phrasings:
      - thank you
"""

ROLE = """\
# yaml-language-server: $schema=schemas/role.schema.json
title: Lighthouse Keeper
sections:
  definition:
    question: What is a lighthouse keeper?
    heading: About the role
    text: A keeper looks after the lamp.
    source_section: The keeper
    related: [duties, night-shift]
    reviewed: 2026-11-22
    phrasings:
      - What is a keeper?
  duties:
    question: What are a keeper's duties?
    heading: Duties
    text: "Every day a keeper has to:"
    items:
      - clean the lens
      - fill in the log
    source_section: Duties
    reviewed: 2026-11-22
    phrasings:
      - What does a keeper do all day?
  jd:
    question: Is there a job description?
    job_description: true
    source_section: Vacancy
    related: [duties]
    reviewed: 2026-11-22
    phrasings:
      - Show me the job description.
  contact:
    question: Whom can I write to?
    heading: Interested?
    text: Write to the society.
    source_section: Vacancy
    link: https://lighthouse.example/jobs
    reviewed: 2026-11-22
    phrasings:
      - Whom do I contact?
"""

PHRASINGS = """\
# yaml-language-server: $schema=schemas/phrasings.schema.json
vocabulary:
  keeper: [lighthouse keeper, warden]
  lamp: [light, beacon]
phrasings:
  definition:
    - who lives in that tower
  night-shift:
    - is it a job for owls
  salary:
    - how much do they pay a warden
"""


def write_knowledge(directory: Path) -> Path:
    """Write the knowledge base into a new folder."""
    directory.mkdir()
    for name, content in {"faq.yaml": FAQ, "role.yaml": ROLE, "phrasings.yaml": PHRASINGS}.items():
        (directory / name).write_text(content, encoding="utf-8")
    return directory


def name_subject(directory: Path, *, more: str = "") -> Path:
    """Say what the knowledge is about, so that it answers from a lower confidence, and append to faq.yaml."""
    faq = directory / "faq.yaml"
    content = faq.read_text(encoding="utf-8").replace("entries:\n", "subject:\n  names: [keeper]\nentries:\n", 1)
    faq.write_text(content + more, encoding="utf-8")
    return directory


def answering_from(directory: Path | None = None) -> Answering:
    """Answer from a folder, by words alone; by default from the shipped knowledge."""
    knowledge = load_knowledge(directory) if directory else load_knowledge()
    return Answering(knowledge=knowledge, matcher=Matcher(knowledge))
