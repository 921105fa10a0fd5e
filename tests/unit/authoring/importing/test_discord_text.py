from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.authoring.importing.discord_text import cut, from_cell, from_html, from_markdown, plain, plain_cell
from bot.authoring.links import malformed_links


def said(text: str) -> tuple[str, list[str]]:
    warnings: list[str] = []
    return from_cell(text, warnings.append), warnings


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One<br>two</p><p>three</p>", "One\ntwo\n\nthree"),
        ("a <b>bold</b> <em>word</em>, <s>gone</s>", "a **bold** *word*, ~~gone~~"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('<pre><code class="language-sh">a\n  b</code></pre>', "```sh\na\n  b\n```"),
        ("<h2>Head</h2><p>text</p><hr>", "**Head**\n\ntext"),
        ("<blockquote><p>said</p></blockquote>", "> said"),
        ('<a href="https://x.example/a b">x</a>', "[x](https://x.example/a%20b)"),
        ('<a href="https://x.example/">https://x.example/</a>', "<https://x.example/>"),
        ('<a href="mailto:a@x.example">write</a>', "write (a@x.example)"),
        (
            '<a href="https://x.example"><img src="https://y.example/b.svg" alt="badge"></a>',
            "[badge](https://x.example)",
        ),
        ("<script>alert(1)</script><style>p {}</style>text", "text"),
        ("&euro;5&nbsp;&lt;ok&gt; it&rsquo;s", "€5 <ok> it\u2019s"),
        ("snake_case, 5 * 3", "snake_case, 5 * 3"),
    ],
)
def test_html_becomes_discords_markdown(html: str, markdown: str) -> None:
    assert from_html(html, lambda _: None) == markdown


@pytest.mark.parametrize(
    ("markdown", "result", "warning"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | |\n", "- **1**: 2\n- 3", "A table became a list."),
        ("| | x | y |\n|---|---|---|\n| a | 1 | 2 |\n", "- **a**: x: 1; y: 2", "A table became a list."),
        (
            "![the map](https://x.example/m.png)",
            "[the map](https://x.example/m.png)",
            "The image the map became a link.",
        ),
        ("![](img/a.png) text", "text", "The image img/a.png was left out."),
        ("[x](docs/a.md)", "x", "The link to docs/a.md leads nowhere on Discord, so only its text stays."),
        ("[x](#top)", "x", "The link to #top leads nowhere on Discord, so only its text stays."),
    ],
)
def test_what_discord_cannot_show_is_replaced_and_told(markdown: str, result: str, warning: str) -> None:
    warnings: list[str] = []

    assert from_markdown(markdown, warnings.append) == result
    assert warnings == [warning]


@pytest.mark.parametrize(
    "text", ["one\ntwo", "ask in #help", "a * b * c", "1) first", "use <name> here", "**bold** and `code`", "a & b < c"]
)
def test_a_cell_of_plain_text_stays_as_it_is(text: str) -> None:
    assert said(text) == (text, [])


def test_a_cell_may_mix_lines_and_tags() -> None:
    assert said("one\n<b>two</b>") == ("one\n**two**", [])


def test_an_address_without_its_beginning_gets_one() -> None:
    assert said("see www.x.example/a")[0] == "see https://www.x.example/a"


@given(st.text("ab [](){}<>!/:.*_`\n|-#htpsw", max_size=80))
def test_no_link_is_left_that_the_check_would_call_malformed_unless_it_was_plain_text(text: str) -> None:
    written = from_html(f'<a href="{text}">label</a>', lambda _: None)

    assert [*malformed_links(written)] == [] or "](" not in written


def test_long_text_is_cut_behind_a_paragraph() -> None:
    text = f"{'One. ' * 20}\n\n{'Two. ' * 20}\n\n{'Three. ' * 20}"

    assert cut(text, 260) == f"{'One. ' * 20}\n\n{('Two. ' * 20).strip()}\n\n…"
    assert cut(text, len(text)) == text


def test_a_block_of_code_that_is_cut_is_closed() -> None:
    assert cut("Run:\n\n```\n" + "line\n" * 40 + "```", 100).endswith("line\n```\n\n…")


@given(st.text("ab \n`", min_size=20, max_size=400), st.integers(20, 100))
def test_what_is_cut_is_short_enough(text: str, most: int) -> None:
    assert len(cut(text, most)) <= most


@pytest.mark.parametrize(
    ("text", "line"), [("How do **I** `join` the [club](x)?", "How do I join the club?"), ("a <b>b</b>\n c", "a b c")]
)
def test_a_title_loses_its_markup(text: str, line: str) -> None:
    assert plain(text) == line


def test_a_question_in_a_cell_loses_only_tags() -> None:
    assert plain_cell("<p>What is <b>*args</b>?</p>") == "What is *args?"
    assert plain_cell("What is\n<name> for?") == "What is <name> for?"
