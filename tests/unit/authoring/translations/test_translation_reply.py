"""A model's reply is read however it is laid out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from translated import GERMAN

from bot.authoring.translations.reply import Reply, read_reply
from bot.authoring.translations.standings import originals_in
from bot.knowledge.loading import load_with_documents
from bot.knowledge.originals import Key, Original

NIGHTS = Key("entries", "night-shift")
ENTRY = """\
entries:
  night-shift:
    of: mggjsmc
    question: Arbeitet ein Wärter nachts?
    answer: |-
      Ja, **meistens**.

      Das Feuer wird in der Dämmerung entzündet.
"""


@pytest.fixture
def originals(knowledge_dir: Path) -> tuple[Original, ...]:
    return originals_in(load_with_documents(knowledge_dir)[1])


def answer_in(reply: Reply) -> object:
    return reply.parts[NIGHTS].texts["answer"]


def fenced(text: str, *, info: str = "yaml") -> str:
    return f"Here is the translation:\n\n```{info}\n{text}```\n\nLet me know: it's my pleasure!\n"


@pytest.mark.parametrize(
    "text",
    [
        GERMAN,
        fenced(GERMAN),
        fenced(GERMAN, info=""),
        json.dumps(yaml.safe_load(GERMAN)),
        fenced(json.dumps(yaml.safe_load(GERMAN), indent=2) + "\n", info="json"),
        "\n".join(f"  {line}" for line in GERMAN.splitlines()).replace("  head:", "de:\n  head:", 1),
    ],
    ids=["plain", "fenced", "no info", "JSON", "fenced JSON", "below the language"],
)
def test_a_whole_reply_is_read(originals: tuple[Original, ...], text: str) -> None:
    reply = read_reply(text, originals)

    assert set(reply.parts) == {original.key for original in originals}
    assert answer_in(reply) == "Ja, **meistens**.\n\nDas Feuer wird in der Dämmerung entzündet."
    assert (reply.unreadable, reply.unknown, reply.cut_off_at) == ({}, {}, None)


def test_ids_may_lack_their_top_key(originals: tuple[Original, ...]) -> None:
    flat = "\n".join(line[2:] for line in ENTRY.splitlines()[1:])

    assert answer_in(read_reply(fenced(f"{flat}\n"), originals))


def test_a_missing_version_means_the_current_one(originals: tuple[Original, ...]) -> None:
    reply = read_reply(ENTRY.replace("    of: mggjsmc\n", ""), originals)

    assert reply.parts[NIGHTS].of == "mggjsmc"


def test_code_inside_an_answer_ends_nothing(originals: tuple[Original, ...]) -> None:
    text = ENTRY.replace("      Ja, **meistens**.\n", "      ```\n      coding:\n      entries:\n      ```\n")

    assert answer_in(read_reply(fenced(text), originals)) == (
        "```\ncoding:\nentries:\n```\n\nDas Feuer wird in der Dämmerung entzündet."
    )


def test_a_slip_of_yaml_is_read_as_it_was_meant(originals: tuple[Original, ...]) -> None:
    reply = read_reply(ENTRY.replace("Arbeitet ein Wärter nachts?", "Nachts: arbeitet man da?"), originals)

    assert reply.parts[NIGHTS].texts["question"] == "Nachts: arbeitet man da?"


def test_unreadable_parts_are_reported_and_the_rest_is_read(originals: tuple[Original, ...]) -> None:
    reply = read_reply(GERMAN.replace("question: Arbeitet ein Wärter nachts?", "question: 7"), originals)

    assert set(reply.unreadable) == {NIGHTS}
    assert len(reply.parts) == len(originals) - 1


def test_a_reply_that_is_cut_off_loses_its_last_text(originals: tuple[Original, ...]) -> None:
    reply = read_reply(fenced(GERMAN).partition("Feuer wird")[0], originals)

    assert reply.cut_off_at == NIGHTS
    assert [*map(str, reply.parts)] == ["head", "definition", "duties", "jd", "contact"]


def test_an_unknown_id_is_reported_with_the_closest_one(originals: tuple[Original, ...]) -> None:
    reply = read_reply(ENTRY.replace("night-shift", "nightshift"), originals)

    assert reply.unknown == {"nightshift": "night-shift"}
    assert reply.parts == {}


@pytest.mark.parametrize("text", ["", "I can't do that.", "```yaml\n```", "{", "entries:\n", "- a\n- b", "\x00\x1b"])
def test_without_translations_nothing_is_found(originals: tuple[Original, ...], text: str) -> None:
    reply = read_reply(text, originals)

    assert (reply.parts, reply.unreadable, reply.unknown) == ({}, {}, {})


@pytest.mark.parametrize("cut", range(0, len(GERMAN), 37))
def test_a_reply_cut_off_anywhere_yields_only_whole_texts(originals: tuple[Original, ...], cut: int) -> None:
    whole = read_reply(GERMAN, originals).parts

    reply = read_reply(f"```yaml\n{GERMAN[:cut]}", originals)

    assert all(reply.parts[key] == whole[key] for key in reply.parts)
