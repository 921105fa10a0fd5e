"""Read the questions and answers in JSON, however they are nested and whatever their keys are called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.authoring.findings import quoted
from bot.authoring.importing.collected import Collected, Item, NothingFound
from bot.authoring.importing.columns import ANSWER, GROUP, ID, QUESTION, WORDINGS, role_of
from bot.authoring.importing.discord_text import from_cell, plain_cell

_GENERIC = frozenset("faq faqs items data entries results rows records mainentity content".split())


def read_json(text: str, name: str) -> Collected:
    """Return the questions of JSON, or of JSON Lines.

    Raises:
        NothingFound: It isn't JSON.
    """
    collected = Collected()
    _Walker(collected).walk(_parsed(text, name), "")
    return collected


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise NothingFound(f"{name} is nested too deeply.") from None
    except ValueError as error:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
            raise NothingFound(f"{name} isn't valid JSON{where}.") from None


class _Walker:
    """Look for objects with a question and an answer, and for mappings from one to the other."""

    def __init__(self, collected: Collected) -> None:
        self._collected = collected
        self._count = 0

    def walk(self, value: Any, group: str) -> None:
        """Add what a value holds; `group` is the category that it stands in."""
        if isinstance(value, list):
            if [type(each) for each in value] == [str, str]:
                self._add(value[:1], value[1:], id_=None, group=group)
            for each in value:
                self.walk(each, group)
        elif isinstance(value, dict):
            self._walk_object(value, group)

    def _walk_object(self, value: Mapping[str, Any], group: str) -> None:
        roles: dict[frozenset[str], Any] = {}
        for key, below in value.items():
            if (role := role_of(key)) is not None and (role not in roles or not _texts(roles[role])):
                roles[role] = below
        questions = _texts(roles.get(QUESTION)) or _texts(value.get("name")) * (ANSWER in roles)
        wordings = _texts(roles.get(WORDINGS))
        answers = _texts(roles.get(ANSWER))
        groups = _texts(roles.get(GROUP))
        if answers and (questions or wordings):
            is_named = bool(groups) and not questions  # as in {"tag": …, "patterns": […], "responses": […]}
            id_, group = (groups[0], group) if is_named else (roles.get(ID), groups[0] if groups else group)
            self._add([*questions, *wordings], answers, id_=id_, group=group)
        elif _is_mapping_of_answers(value):
            for question, answer in value.items():
                self._add([question], [answer], id_=None, group=group)
        else:
            if ANSWER in roles and isinstance(roles[ANSWER], str) and questions:
                self._collected.warnings.append(f"{quoted(questions[0])} has no answer, so it was left out.")
            self._walk_around(value, group, [*_texts(value.get("name")), *questions, *groups])

    def _walk_around(self, value: Mapping[str, Any], group: str, titles: list[str]) -> None:
        """Go on with what an object without a question contains; it may be a category."""
        if titles and not self._collected.title and not group:
            self._collected.title = titles[0]
        parts = {key: below for key, below in value.items() if isinstance(below, list | dict)}
        for key, below in parts.items():
            is_category = len(parts) > 1 and key.casefold() not in _GENERIC and role_of(key) is None
            self.walk(below, titles[0] if titles else key if is_category else group)

    def _add(self, questions: list[str], answers: list[str], *, id_: Any, group: str) -> None:
        self._count += 1
        place = f"question {self._count}"

        def warn(problem: str) -> None:
            self._collected.warnings.append(f"{place}: {problem}")

        wordings = [plain for question in questions if (plain := plain_cell(question))]
        answer = from_cell(answers[0], warn)
        if not (wordings and answer):
            warn("It has no text, so it was left out." if wordings else "It is empty, so it was left out.")
            return
        if len(answers) > 1:
            warn(f"It has {len(answers)} answers; only the first was taken.")
        self._collected.add(
            Item(
                wordings[0],
                answer,
                place,
                wordings=wordings[1:],
                id=str(id_) if isinstance(id_, str | int) else "",
                group=plain_cell(group),
            )
        )


def _is_mapping_of_answers(value: Mapping[str, Any]) -> bool:
    """Return whether an object's keys are questions, and its values their answers."""
    worded = [key for key in value if " " in key.strip() or key.endswith(("?", "\uff1f"))]
    return bool(worded) and 2 * len(worded) > len(value) and all(isinstance(below, str) for below in value.values())


def _texts(value: Any) -> list[str]:
    """Return the texts in a value: itself, those of a list, or what an object such as schema.org's Answer says."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, dict):
        said = [below for key, below in value.items() if role_of(key) is ANSWER and isinstance(below, str)]
        return [text for text in said if text.strip()][:1]
    return []
