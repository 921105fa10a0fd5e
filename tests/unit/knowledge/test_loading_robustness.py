"""Whatever stands in the files, loading them gives knowledge or faults, and never anything else."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.faults import Fault
from bot.knowledge.loading import KnowledgeError, load_knowledge
from lighthouse import FAQ, PHRASINGS, ROLE

FILES = ("faq.yaml", "role.yaml", "phrasings.yaml")
VISIBLE = st.characters(exclude_categories=["C", "Zl", "Zp"])


@given(text=st.text(VISIBLE | st.just("\n"), min_size=1, max_size=400).filter(str.strip))
def test_an_answer_arrives_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    faq = yaml.safe_load(FAQ)
    faq["entries"]["night-shift"]["answer"] = text
    content = yaml.safe_dump(faq, allow_unicode=True)
    directory = folder(tmp_path_factory, content.encode(), ROLE.encode(), PHRASINGS.encode())

    assert load_knowledge(directory).entry("night-shift").answer == text.strip()


def folder(tmp_path_factory: pytest.TempPathFactory, *contents: bytes) -> Path:
    directory = tmp_path_factory.mktemp("knowledge")
    for file, content in zip(FILES, contents, strict=True):
        (directory / file).write_bytes(content)
    return directory


SNIPPETS = [
    *rb"- ? : *a &a !!str << --- ... %TAG [ ] { } ' | >- # NO 010 12:30 2026-13-45 ~ null entries: sections:".split(),
    *(
        b'"',
        b"\t",
        b"\r\n",
        b"\r",
        b"\n",
        b"  ",
        b"\0",
        b"\x1b",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
    ),
    *(b"[key]: x\n", b"\n---\n", b"related: [jd, jd]\n", b"x" * 2000, b"[" * 50, b'"\\0\\n"', b"\xf0\x9f\x92\x99"),
]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return a file with a few accidents of the kind that happen in an editor."""
    for _ in range(chance.randint(0, 4)):
        at = chance.randint(0, len(content))
        to = min(len(content), at + chance.choice([0, 1, 4, 40, 400]))
        lines = content.splitlines(keepends=True) or [b""]
        content = chance.choice(
            [
                content[:at] + chance.choice(SNIPPETS) + content[at:],
                content[:at] + chance.choice(SNIPPETS) + content[to:],
                content[:at] + content[to:],
                content[:at],
                content[:at] + content[at:to] * 2 + content[to:],
                content[:at] + chance.randbytes(3) + content[to:],
                b"".join([*lines, chance.choice(lines)]),
                b"".join(chance.sample(lines, len(lines))),
            ]
        )
    return content


@settings(max_examples=400)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_in_the_files_loading_them_gives_knowledge_or_faults(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    contents = [mutated(content.encode(), chance) for content in (FAQ, ROLE, PHRASINGS)]

    assert_knowledge_or_faults(folder(tmp_path_factory, *contents))


@settings(max_examples=200)
@given(contents=st.tuples(st.binary(), st.binary(), st.binary()))
def test_bytes_that_are_no_yaml_give_faults(
    tmp_path_factory: pytest.TempPathFactory, contents: tuple[bytes, bytes, bytes]
) -> None:
    assert_knowledge_or_faults(folder(tmp_path_factory, *contents))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.text(VISIBLE, max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(VISIBLE, max_size=9), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "entries",
    "off_topic",
    "source",
    "sections",
    "title",
    "vocabulary",
    "phrasings",
    "definition",
    "answer",
    "related",
]


@settings(max_examples=200)
@given(
    file=st.sampled_from(FILES),
    way=st.lists(
        st.sampled_from([*KEYS, "night-shift", "jd", "duties", "text", "items", "reviewed"]), min_size=1, max_size=3
    ),
    value=VALUES,
)
def test_any_value_in_any_place_gives_knowledge_or_faults(
    tmp_path_factory: pytest.TempPathFactory, file: str, way: list[str], value: object
) -> None:
    contents = {"faq.yaml": FAQ, "role.yaml": ROLE, "phrasings.yaml": PHRASINGS}
    data = place = yaml.safe_load(contents[file])
    for key in way[:-1]:
        place = place[key] if isinstance(place.get(key), dict) else place
    place[way[-1]] = value
    contents[file] = yaml.safe_dump(data, allow_unicode=True)

    assert_knowledge_or_faults(folder(tmp_path_factory, *(contents[file].encode() for file in FILES)))


def assert_knowledge_or_faults(directory: Path) -> None:
    for fault in faults_if_any(directory):
        content = (directory / fault.file).read_bytes()
        assert 1 <= fault.line <= max(1, len(content.splitlines()))
        assert fault.problem
        assert fault.remedy
        assert str(fault).isprintable()


def faults_if_any(directory: Path) -> tuple[Fault, ...]:
    try:
        load_knowledge(directory)
    except KnowledgeError as error:
        return error.faults or pytest.fail("An error without a fault tells nobody anything.")
    return ()
