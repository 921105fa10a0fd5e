from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.phrasings.reply import Reply, read_reply

QUESTIONS = {"join": "How do I join the club?", "dues": "How much is the membership?", "tpm-vs-pm": "TPM or PM?"}


def read(text: str) -> Reply:
    return read_reply(text, questions=QUESTIONS, off_topics=frozenset({"wine"}))


def phrasings(text: str) -> dict[str, list[str]]:
    return {each.id: each.phrasings for each in read(text).proposals if each.phrasings}


AS_ASKED = """\
```yaml
join:
  phrasings:
    - "how do i get in"
    - "can anyone join, or is it: invite only"
  not:
    - "how do I leave"
dues:
  phrasings:
    - "the fee"
off_topic:
  leaving:
    name: "leaving the club"
    phrasings:
      - "I want to quit"
      - "cancel my membership"
  wine:
    phrasings:
      - "red wine from grapes"
```
"""
BOTH = {"join": ["how do i get in", "sign me up"], "dues": ["the fee"]}
LAYOUTS = {
    "a list below each id": "join:\n  - how do i get in\n  - sign me up\ndues:\n  - the fee\n",
    "lists without indentation": "join:\n- how do i get in\n- sign me up\ndues:\n- the fee\n",
    "below phrasings": "phrasings:\n  join:\n    - how do i get in\n    - sign me up\n  dues:\n    - the fee\n",
    "brackets": 'join: ["how do i get in", "sign me up"]\ndues: [the fee]\n',
    "a fence for each id": "### join\n```yaml\n- how do i get in\n- sign me up\n```\n### dues\n```\n- the fee\n```\n",
    "fences with ids": "First:\n```yaml\njoin:\n- how do i get in\n- sign me up\n```\n"
    "Then:\n```\ndues:\n- the fee\n```\nBye.",
    "numbers below headings": "## join\n\n1. how do i get in\n2. sign me up\n\n## dues\n\n1) the fee\n",
    "bold ids": "**join**\n* how do i get in\n* sign me up\n\n**`dues`**:\n• the fee\n",
    "headings with questions": "### How do I join the club?\n- how do i get in\n- sign me up\n"
    "### dues - the price\n- the fee\n",
    "ids with their questions": "1. **join** (How do I join the club?)\n   - how do i get in\n   - sign me up\n"
    "2. **dues:**\n   - the fee",
    "quotes and labels": 'join:\n- "how do i get in"  # terse\n- Chatty: sign me up\ndues:\n- the fee (fragment)\n',
    "groups by register": "join:\n  formal:\n    - how do i get in\n  slang:\n    - sign me up\n"
    "dues:\n  terse:\n    - the fee\n",
    "other spellings": "Join:\n- how do i get in\n- sign me up\n`DUES`:\n- the fee\n",
    "echoed entries": "join:\n  question: How do I join the club?\n  answer: Come along.\n  phrasings:\n"
    "    - how do i get in\n    - sign me up\ndues:\n  phrasings:\n    - the fee\n",
    "prose around": "Sure! Here are some phrasings:\n\njoin:\n- how do i get in\n- sign me up\n\ndues:\n- the fee\n\n"
    "Some notes:\n- I left out a few.\n",
    "lines that go on": "join:\n  - how do i\n    get in\n  - sign me up\ndues:\n  - the fee\n",
    "Windows": "join:\r\n  - how do i get in\r\n  - sign me up\r\ndues:\r\n  - the fee\r\n",
    "tabs": "join:\n\t- how do i get in\n\t- sign me up\ndues:\n\t- the fee\n",
    "JSON": json.dumps(BOTH),
    "indented JSON": "```json\n" + json.dumps({k: {"phrasings": v} for k, v in BOTH.items()}, indent=2) + "\n```",
    "JSON objects": json.dumps([{"id": id_, "phrasings": texts} for id_, texts in BOTH.items()]),
    "JSON objects, id last": json.dumps([{"phrasings": texts, "id": id_} for id_, texts in BOTH.items()]),
    "JSON below entries": json.dumps({"entries": BOTH}),
    "an object for each": json.dumps([{"id": id_, "text": text} for id_, texts in BOTH.items() for text in texts]),
    "JSON with a comma too many": '{"join": ["how do i get in", "sign me up",], "dues": ["the fee",],}',
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_phrasings_are_read_from_any_layout(layout: str) -> None:
    assert phrasings(LAYOUTS[layout]) == BOTH
    assert read(LAYOUTS[layout]).unknown == {}
    assert read(LAYOUTS[layout]).cut_off_at is None


@pytest.mark.parametrize("text", [AS_ASKED, f"Here you go!\n\n{AS_ASKED}\nTell me if you need more.\n- Bye"])
def test_a_reply_in_the_format_asked_for_is_read_whole(text: str) -> None:
    reply = read(text)

    join, dues, wine = reply.proposals
    assert (join.id, join.phrasings) == ("join", ["how do i get in", "can anyone join, or is it: invite only"])
    assert join.not_examples == ["how do I leave"]
    assert (dues.id, dues.phrasings, dues.not_examples) == ("dues", ["the fee"], [])
    assert (wine.id, wine.phrasings) == ("wine", ["red wine from grapes"])
    [leaving] = reply.subjects
    assert (leaving.id, leaving.name) == ("leaving", "leaving the club")
    assert leaving.phrasings == ["I want to quit", "cancel my membership"]
    assert reply.cut_off_at is None


def test_json_in_the_format_asked_for_is_read_whole() -> None:
    text = json.dumps(
        {
            "join": {"phrasings": ["get in"], "not": ["how do I leave"]},
            "off_topic": {"leaving": {"name": "leaving", "phrasings": ["quit"]}},
        }
    )

    reply = read(text)

    assert [(each.id, each.phrasings, each.not_examples) for each in reply.proposals] == [
        ("join", ["get in"], ["how do I leave"])
    ]
    assert [(each.id, each.name, each.phrasings) for each in reply.subjects] == [("leaving", "leaving", ["quit"])]


@pytest.mark.parametrize(
    "text",
    [
        "## join\n### Phrasings\n- get in\n### Near misses\n- how do I leave\n",
        "join:\n  phrasings:\n    - get in\n  near_misses:\n    - how do I leave\n",
        "join:\n  phrasings:\n    - get in\n  off_topic:\n    - how do I leave\n",
        "**join**\n- get in\n\n**Near misses**\n- how do I leave\n",
    ],
)
def test_near_misses_are_told_from_phrasings(text: str) -> None:
    [join] = read(text).proposals

    assert (join.phrasings, join.not_examples) == (["get in"], ["how do I leave"])


def test_a_phrasing_that_is_an_id_stays_a_phrasing() -> None:
    assert phrasings("join:\n  - dues\n  - join\n  - dues: how much\n") == {
        "join": ["dues", "join"],
        "dues": ["how much"],
    }


@pytest.mark.parametrize("text", ["quick question: how do I get in", "help!! fee: 30 or 15", "50% off?", "it's me"])
def test_a_phrasing_keeps_what_it_says(text: str) -> None:
    assert phrasings(f"join:\n  - {text}\n") == {"join": [text]}
    assert phrasings(f"join:\n  - {json.dumps(text)}\n") == {"join": [text]}


def test_quotes_and_escapes_are_undone() -> None:
    text = "join:\n  - \"is it \\\"invite only\\\"\"\n  - 'it''s free?'\n  - \u201chow do I get in\u201d\n"

    assert phrasings(text) == {"join": ['is it "invite only"', "it's free?", "how do I get in"]}


@pytest.mark.parametrize("text", ["<phrasing 1>", "...", "\u2026", '""', "\u200b"])
def test_what_says_nothing_is_left_out(text: str) -> None:
    assert phrasings(f"join:\n  - {text}\n  - get in\n") == {"join": ["get in"]}


def test_ids_that_the_knowledge_lacks_are_counted_and_the_one_meant_is_named() -> None:
    reply = read("join:\n- get in\njoining:\n- sign up\n- enroll\nweather:\n- rain\n")

    assert phrasings("join:\n- get in\njoining:\n- sign up\n") == {"join": ["get in"]}
    assert dict(reply.unknown) == {"joining": 2, "weather": 1}
    assert dict(reply.closest) == {"joining": "join"}


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ('```yaml\njoin:\n  phrasings:\n    - "get in"\n    - "can I com', ["get in"]),
        ('```yaml\njoin:\n  phrasings:\n    - "get in"\n    - "sign', ["get in"]),
        ("```yaml\njoin:\n  phrasings:\n    - get in\n    - sign up\n", ["get in", "sign up"]),
        ('{"join": {"phrasings": ["get in", "can I co', ["get in"]),
        ('{"join": {"phrasings": ["get in", "sign up"', ["get in", "sign up"]),
        ('```json\n{\n  "join": [\n    "get in",\n', ["get in"]),
    ],
)
def test_of_a_reply_that_is_cut_off_all_whole_lines_count(text: str, texts: list[str]) -> None:
    assert phrasings(text) == {"join": texts}
    assert read(text).cut_off_at == "join"


@pytest.mark.parametrize(
    "text", ["", "I can't help with that.", "Dear club,\n\n- one\n- two\n", "[]", "{}", "null", "```\n```"]
)
def test_without_an_id_nothing_is_read(text: str) -> None:
    reply = read(text)

    assert (reply.proposals, reply.subjects) == ((), ())


@given(st.text(max_size=300) | st.text("join: -\"'[]{}\n#*`,\\dues", max_size=300))
def test_whatever_the_reply_phrasings_are_single_lines_for_known_ids(text: str) -> None:
    for proposal in read(text).proposals:
        assert proposal.id in {*QUESTIONS, "wine"}
        for phrasing in (*proposal.phrasings, *proposal.not_examples):
            assert phrasing == " ".join(phrasing.split())
            assert phrasing
