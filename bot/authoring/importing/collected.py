"""What a file of questions and answers holds, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_ITEMS = 2_000


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


class NothingFound(Exception):
    """Say why a file has no questions and answers that can be imported, and what to do."""


@dataclass(slots=True)
class Collected:
    """All questions of a file, its title, and what was left out of it, with the reason."""

    items: list[Item] = field(default_factory=list)
    title: str = ""
    warnings: list[str] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Add a question.

        Raises:
            NothingFound: There are too many for a knowledge file.
        """
        if len(self.items) == MAX_ITEMS:
            raise NothingFound(f"There are more than {MAX_ITEMS:,} questions. Import the file in parts.")
        self.items.append(item)
