"""What a file of questions and answers holds, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Item:
    """A question with its answer, as the file has them.

    Attributes:
        place: where the question stands, such as line 12.
        wordings: other wordings of the question.
        id: what the file calls it.
        group: the heading or category that it stands under.
    """

    question: str
    answer: str
    place: str
    wordings: list[str] = field(default_factory=list)
    id: str = ""
    group: str = ""


@dataclass(slots=True)
class Collected:
    """All questions of a file, its title, and what was left out of it, with the reason."""

    items: list[Item] = field(default_factory=list)
    title: str = ""
    warnings: list[str] = field(default_factory=list)


class NothingFound(Exception):
    """Say why a file has no questions and answers that can be imported, and what to do."""
