"""The pictures of what people see: those shown exist, every flow is shown, Markdown is drawn as on Discord."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from screens.flows import FLOWS
from screens.markdown import to_html

root = Path(__file__).parents[2]
documents = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
kilobytes = 1024


def pictures(document: Path) -> list[Path]:
    """Return the pictures of this repository that a document shows."""
    addresses = re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"", document.read_text(encoding="utf-8"))
    local = [markdown or html for markdown, html in addresses if "://" not in markdown + html]
    return [(document.parent / address).resolve() for address in local]


@pytest.mark.parametrize("document", documents, ids=lambda document: document.name)
def test_every_picture_that_a_document_shows_exists(document: Path) -> None:
    assert [picture.name for picture in pictures(document) if not picture.is_file()] == []


def test_every_flow_is_shown() -> None:
    shown = {picture.stem for picture in pictures(root / "docs" / "screens.md")}

    assert shown == {*FLOWS, "phone"}  # which has several of them


@pytest.mark.parametrize("flow", FLOWS)
def test_a_picture_is_sharp_and_small(flow: str) -> None:
    picture = (root / "docs" / "images" / f"{flow}.png").read_bytes()

    assert picture.startswith(b"\x89PNG\r\n")
    assert struct.unpack(">I", picture[16:20]) == (1320,)
    assert len(picture) < 500 * kilobytes


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("**the product**, not *people*", "<p><strong>the product</strong>, not <em>people</em></p>"),
        ("Acme \\*GmbH\\* & co", "<p>Acme *GmbH* &amp; co</p>"),
        ("-# Posted for <@7>", '<small>Posted for <span class="mention">@7</span></small>'),
        ("in <#8>", '<p>in <span class="mention">#8</span></p>'),
        ("[a <b>](<https://a.example>)", '<p><a href="https://a.example">a &lt;b&gt;</a></p>'),
        ("<https://a.example/x>", '<p><a href="https://a.example/x">https://a.example/x</a></p>'),
        ("```\na  1 █\n```", "<pre>a  1 █</pre>"),
    ],
)
def test_markdown_is_drawn_as_discord_draws_it(text: str, drawn: str) -> None:
    assert to_html(text, lambda sign, id_: f"{sign}{id_}") == drawn
