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
class NameSubject:
    """Say what the questions are about; `share` of them are answered right then."""

    name: str
    share: float

    def __str__(self) -> str:
        """Return it as a sentence that `yaml` follows."""
        return (
            "name what the questions are about, so that the bot answers more of them instead of offering a choice: "
            f"{of_ten(self.share)} correctly. Add this to faq.yaml, with all the names people use:"
        )

    @property
    def yaml(self) -> str:
        """What to add to `faq.yaml`."""
        names: str = yaml.safe_dump([self.name], default_flow_style=True, allow_unicode=True, width=1000)
        return f"subject:\n  names: {names.strip()}"


@dataclass(frozen=True, slots=True)
class AddPhrasings:
    """Write more ways to ask for the entries; `first` for the one with this question, which is found least often."""

    first: str | None

    def __str__(self) -> str:
        """Return it as a sentence that the command to run follows."""
        where = f", first to “{self.first}”, which is found least often" if self.first else ""
        return (
            f"add phrasings{where}. Write them by hand, or ask the language model of your choice; this command prints "
            "what to ask it:"
        )


Advice = NameSubject | AddPhrasings


def next_step(
    knowledge: KnowledgeBase,
    findings: Sequence[Finding],
    expected: Expectation | None,
    expect: Callable[[KnowledgeBase], Expectation | None],
) -> Advice | None:
    """Return what helps most; None if there are errors, which come first, or nothing stands out.

    `expected` is what to expect of the knowledge, if it has phrasings to measure it with, and `expect` measures what to
    expect of other knowledge.
    """
    if any(finding.severity is Severity.ERROR for finding in findings):
        return None
    if expected is None:
        return AddPhrasings(first=None)
    if not knowledge.subject.own:
        name = knowledge.name.removeprefix("the ")
        named = expect(replace(knowledge, subject=SubjectNames((name,))))
        if named and named.right >= expected.right + WORTH_IT:
            return NameSubject(name, named.right)
    if expected.phrasings_per_entry < MIN_PHRASINGS:
        return AddPhrasings(first=knowledge.entry(expected.weakest).question)
    return None
