"""The least that makes a bot: a folder with one faq.yaml, with a name and three questions with their answers."""

from __future__ import annotations

from pathlib import Path

NAME = "Riverside Home Brewers"
FIRST_QUESTION = "When do you meet?"
FAQ = f"""\
name: {NAME}
entries:
  meetings:
    question: {FIRST_QUESTION}
    answer: On the first Tuesday of each month, at seven.
  beginners:
    question: What do I need to brew my first batch?
    answer: A large pot, a bucket with a lid, and a free afternoon.
  membership:
    question: How much is the membership fee?
    answer: Twenty dollars a year.
"""
ROLE = """\
title: Cellar Keeper
sections:
  cellar-keeper:
    question: What does a cellar keeper do?
    heading: About the role
    text: A cellar keeper looks after the club's kegs.
"""


def write_faq(directory: Path, content: str = FAQ) -> Path:
    """Make a folder with nothing but a faq.yaml."""
    directory.mkdir()
    (directory / "faq.yaml").write_text(content, encoding="utf-8")
    return directory
