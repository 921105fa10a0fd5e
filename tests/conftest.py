"""What several tests start from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from fake_discord import Channel, FakeDiscord, Guild, Member, RateLimits

# How long an example takes depends on what else the machine does: that is no fault.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Go by words alone, which starts quicker, where a test doesn't ask for more."""
    monkeypatch.setenv("ENCODER", "off")


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


@pytest.fixture
def knowledge_dir(tmp_path: Path) -> Path:
    """A folder with a small knowledge base without fault, to be edited at will."""
    directory = tmp_path / "knowledge"
    directory.mkdir()
    for name, content in {"faq.yaml": FAQ, "role.yaml": ROLE, "phrasings.yaml": PHRASINGS}.items():
        (directory / name).write_text(content, encoding="utf-8")
    return directory


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(rate_limits=RateLimits.generous()) as fake:
        yield fake


@pytest.fixture
def guild(fake: FakeDiscord) -> Guild:
    return fake.add_guild("Product people")


@pytest.fixture
def channel(guild: Guild) -> Channel:
    return guild.add_text_channel("general")


@pytest.fixture
def mia(guild: Guild) -> Member:
    return guild.add_member("mia")
