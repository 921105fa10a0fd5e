"""Find the questions and answers in a Markdown text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from bot.authoring.findings import quoted
from bot.authoring.importing.blocks import Block, blocks_of
from bot.authoring.importing.collected import Collected, Item
from bot.authoring.importing.discord_text import from_markdown

_FRONT_MATTER = re.compile(r"---\n(?P<fields>.*?)\n(?:---|\.\.\.)\n", re.DOTALL)
_TITLE_FIELD = re.compile(r"^title:\s*[\"']?(?P<title>.*?)[\"']?\s*$", re.MULTILINE)
_CONTENTS = re.compile(r"(?:table of )?contents|toc|index", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def read_markdown(text: str) -> Collected:
    """Return the questions of a Markdown text with their answers.

    Questions are headings, paragraphs, numbered items, or what can be unfolded: whichever kind is mostly worded as
    questions. Where nothing is, the innermost headings are taken.
    """
    collected = Collected()
    text = _COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), text)
    if matter := _FRONT_MATTER.match(text):
        title = _TITLE_FIELD.search(matter["fields"])
        collected.title = title["title"] if title else ""
        text = "\n" * matter.group().count("\n") + text[matter.end() :]
    blocks, references = blocks_of(text)
    _Collector(collected, references).collect(blocks, _questions(blocks))
    return collected


def _questions(blocks: Sequence[Block]) -> frozenset[int]:
    """Return the positions of the blocks that are questions."""
    kinds = _kinds_of_questions(blocks)
    if kinds:
        return frozenset(place for place, block in enumerate(blocks) if block.kind in kinds)
    headings = [place for place, block in enumerate(blocks) if block.level]
    is_titled = [blocks[place].level for place in headings].count(1) == 1
    return frozenset(
        place
        for place, after in pairwise([*headings, None])
        if place is not None
        and (after is None or blocks[after].level <= blocks[place].level)
        and not (is_titled and blocks[place].level == 1)
    )


def _kinds_of_questions(blocks: Sequence[Block]) -> frozenset[str]:
    """Return which kinds of blocks are mostly worded as questions, of the family that has most of them."""
    kinds: defaultdict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        if block.kind != "text":
            kinds[block.kind].append(block)
    worded = {kind: sum(block.looks_like_a_question for block in found) for kind, found in kinds.items()}
    mostly = {kind: count for kind, count in worded.items() if 2 * count >= len(kinds[kind])}
    if len(mostly) > 1 and len(kinds["heading 1"]) == 1:
        mostly.pop("heading 1", None)  # it is the title
    families: Counter[str] = Counter()
    for kind, count in mostly.items():
        families[kind.split()[0]] += count
    best = [family for family, _ in families.most_common(1)]
    return frozenset(kind for kind in mostly if kind.split()[0] in best)


class _Collector:
    """Go through the parts of a text, and put what follows a question below it."""

    def __init__(self, collected: Collected, references: dict[str, Any]) -> None:
        self._collected = collected
        self._references = references
        self._question: Block | None = None
        self._answer: list[str] = []
        self._group = ""
        self._lost: set[str] = set()
        self._unsure: list[Block] = []

    def collect(self, blocks: Sequence[Block], questions: frozenset[int]) -> None:
        """Add what the blocks hold, of which some are questions."""
        for place, block in enumerate(blocks):
            if place in questions:
                self._finish(is_followed_by_inner=self._is_inner(block))
                self._question, self._answer = block, [block.rest]
            elif block.level and not self._is_inner(block):
                self._finish(is_followed_by_inner=False)
                self._name(block)
            elif self._question is not None:
                self._answer.append(block.source)
            elif self._collected.items and self._group and self._group not in self._lost:
                self._lost.add(self._group)
                told = f"What stands below {quoted(self._group)} was left out, since no question is there."
                self._collected.warnings.append(f"line {block.line}: {told}")
        self._finish(is_followed_by_inner=False)
        if 2 * len(self._unsure) < len(self._collected.items):
            for question in self._unsure:
                told = f"{quoted(question.title)} isn't worded as a question. Remove it if it isn't one."
                self._collected.warnings.append(f"line {question.line}: {told}")

    def _is_inner(self, block: Block) -> bool:
        """Return whether a heading is part of the answer, because it is below the question's level."""
        if self._question is None or not block.level:
            return False
        return block.level > self._question.level > 0

    def _name(self, heading: Block) -> None:
        if heading.level == 1 and not self._collected.title and not self._collected.items:
            self._collected.title = heading.title
        else:
            self._group = heading.title

    def _finish(self, *, is_followed_by_inner: bool) -> None:
        """Add the question, if it has an answer; without one, before questions further in, it is their heading."""
        question, self._question = self._question, None
        if question is None:
            return
        warnings = self._collected.warnings

        def warn(problem: str) -> None:
            warnings.append(f"line {question.line}: {problem}")

        source = "\n\n".join(filter(None, (part.strip("\n") for part in self._answer)))
        answer = from_markdown(source, warn, references=self._references)
        if _CONTENTS.fullmatch(question.title):
            return
        if answer:
            self._collected.add(Item(question.title, answer, f"line {question.line}", group=self._group))
            if not question.looks_like_a_question:
                self._unsure.append(question)
        elif is_followed_by_inner or question.level == 1:
            self._name(question)
        else:
            warn(f"{quoted(question.title)} has no answer, so it was left out.")
