"""The request for translations that is pasted into a language model."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from checked import edit
from translated import translate

from bot.authoring.requests import Request, UnknownId
from bot.authoring.translations.request import make_request
from bot.authoring.translations.standings import standing_of
from bot.knowledge.loading import load_with_documents
from bot.language.languages import Language


def request(folder: Path, *ids: str, code: str = "de", per_request: int = 40) -> Request | None:
    knowledge, documents = load_with_documents(folder)
    standing = standing_of(documents, Language(code))
    return make_request(knowledge, standing, ids=ids, per_request=per_request)


def asked(folder: Path, *ids: str, code: str = "de", per_request: int = 40) -> Request:
    found = request(folder, *ids, code=code, per_request=per_request)
    assert found
    return found


def texts_in(text: str) -> dict[str, dict[str, object]]:
    """Return the YAML at the end of a request."""
    found: dict[str, dict[str, object]] = yaml.safe_load(text.rsplit("```yaml\n", maxsplit=1)[-1].removesuffix("```\n"))
    return found


def test_it_holds_each_text_with_the_version_it_has_now(knowledge_dir: Path) -> None:
    found = texts_in(asked(knowledge_dir).text)

    assert found["entries"]["night-shift"] == {
        "of": "mggjsmc",
        "question": "Does a keeper work at night?",
        "answer": "Yes, **most** nights.\n\nThe lamp is lit at dusk.",
    }
    assert found["head"] == {"of": "cvkjmqq", "title": "Lighthouse Keeper"}
    assert [*found["sections"]] == ["definition", "duties", "jd", "contact"]


def test_it_names_the_languages_and_how_a_name_is_used_in_that_language(knowledge_dir: Path) -> None:
    text = asked(knowledge_dir, code="pt-BR").text

    assert "from English into Portuguese (Brazil)" in text
    assert "{" not in text.replace("{name}", "")


def test_it_asks_only_for_texts_without_a_usable_translation(knowledge_dir: Path) -> None:
    translate(knowledge_dir)
    edit(knowledge_dir, "faq.yaml", "**most** nights", "all nights")
    edit(knowledge_dir, "translations/de.yaml", "    heading: Aufgaben\n", "")

    found = asked(knowledge_dir)

    assert found.asked == ("duties", "night-shift")
    assert "# Earlier translations" in found.text
    assert "Ja, **meistens**." in found.text
    assert "# Already translated" in found.text


def test_nothing_is_asked_for_once_everything_is_translated(knowledge_dir: Path) -> None:
    translate(knowledge_dir)

    assert request(knowledge_dir) is None


def test_it_asks_for_some_and_says_how_many_are_left(knowledge_dir: Path) -> None:
    found = asked(knowledge_dir, per_request=3)

    assert found.asked == ("head", "definition", "duties")
    assert found.later == ("jd", "contact", "night-shift", "salary", "thanks")


def test_texts_can_be_named_even_if_they_are_translated(knowledge_dir: Path) -> None:
    translate(knowledge_dir)

    assert asked(knowledge_dir, "jd", "head").asked == ("jd", "head")


def test_an_unknown_id_is_reported_with_the_closest_one(knowledge_dir: Path) -> None:
    with pytest.raises(UnknownId, match=r"nothing to translate called nightshift. Do you mean night-shift\?"):
        request(knowledge_dir, "nightshift")
