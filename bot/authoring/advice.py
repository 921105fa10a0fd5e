"""The one thing that would help a small knowledge base most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import yaml

from bot.authoring.checking import MIN_PHRASINGS
from bot.authoring.findings import Finding, Severity
from bot.authoring.folds import Expectation, of_ten
from bot.knowledge.model import KnowledgeBase, SubjectNames

WORTH_IT = 0.05  # more of the questions answered right


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do next, and the YAML to add for it, if any."""

    text: str
    yaml: str = ""


def next_step(
    knowledge: KnowledgeBase,
    findings: Sequence[Finding],
    expected: Expectation,
    expect: Callable[[KnowledgeBase], Expectation | None],
) -> Advice | None:
    """Return what helps most; None if there are errors, which come first, or nothing stands out.

    `expect` measures what to expect of other knowledge.
    """
    if any(finding.severity is Severity.ERROR for finding in findings):
        return None
    if not knowledge.subject.own:
        name = knowledge.name.removeprefix("the ")
        named = expect(replace(knowledge, subject=SubjectNames((name,))))
        if named and named.right >= expected.right + WORTH_IT:
            text = (
                "name what the questions are about, so that the bot answers more of them instead of offering a choice: "
                f"{of_ten(named.right)} correctly. Add this to faq.yaml, with all the names people use:"
            )
            names = yaml.safe_dump([name], default_flow_style=True, allow_unicode=True, width=1000)
            return Advice(text, f"subject:\n  names: {names.strip()}")
    if expected.phrasings_per_entry < MIN_PHRASINGS:
        weakest = knowledge.entry(expected.weakest)
        return Advice(
            f"add more phrasings to {weakest.id} ({weakest.question}), which is found least often. It has "
            f"{len(weakest.phrasings)}; ten in different words make a difference."
        )
    return None
