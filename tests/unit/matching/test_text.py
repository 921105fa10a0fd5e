from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.text import MAX_MESSAGE_LENGTH, clean, rewritten, sentences, stem, words

MARKUP = (
    "<@123456789012345678>",
    "<@!123>",
    "<@&42>",
    "<#42>",
    "<id:guide>",
    "<id:linked-roles>",
    "<:partyblob:123>",
    "<a:dance:123>",
    "</ask:123456789012345678>",
    "</jd post:99>",
    "<t:1618953630>",
    "<t:1618953630:R>",
    "@everyone",
    "@here",
    "https://example.com/what_is_a-tpm?does=it&need#code",
    "<https://example.com/code>",
    "```python\nprint('code')\n```",
    "```what``` ",
)
FRAGMENTS = (
    "<",
    ">",
    "<@",
    "<:a:",
    "</",
    "](",
    "`",
    "```",
    "*",
    "_",
    "\\",
    "'",
    "\n",
    " ",
    "> ",
    "# ",
    ".",
    "?",
    "vs.",
)
messages = st.text() | st.lists(st.sampled_from(MARKUP + FRAGMENTS) | st.text(max_size=8)).map("".join)


@pytest.mark.parametrize("markup", MARKUP)
def test_what_discord_shows_in_its_own_way_is_no_part_of_the_text(markup: str) -> None:
    assert words(clean(f"hello {markup} there")) == ["hello", "there"]


@pytest.mark.parametrize(
    ("message", "cleaned"),
    [
        ("**Does** a __TPM__ *need* to ~~really~~ ||code||?", "does a tpm need to really code ?"),
        ("run `queries`", "run queries"),
        ("> quoted\nasked", "quoted\nasked"),
        (">>> # deep\n-# small\n## heading", "deep\nsmall\nheading"),
        ("see [our guide](https://example.com/a_b) please", "see [our guide please"),
        ("see [it](<https://example.com>) please", "see [it please"),
        ("__https://example.com/a__ works", "works"),
    ],
)
def test_markup_goes_and_the_words_inside_it_stay(message: str, cleaned: str) -> None:
    assert clean(message) == cleaned


def test_a_link_takes_no_punctuation_of_the_sentence_with_it() -> None:
    assert clean("did you read https://example.com/tpm?") == "did you read ?"


def test_a_sign_that_only_looks_like_markup_stays() -> None:
    assert clean("is 3 < 4 > 2, #1 in c#?") == "is 3 < 4 > 2, #1 in c#?"


@pytest.mark.parametrize(
    "message",
    [
        "t\u200bp\u200dm",  # zero-width
        "\u202etpm\u202c\u200f",  # right-to-left marks
        "t\u00adpm",  # soft hyphen
        "ｔｐｍ",  # noqa: RUF001  full-width letters are what is being tested
        "T̷̡̛͖P̸̧̛͓M̴̨̛̘",
        "\u3164tpm\u3164",  # a letter to Unicode, nothing to the eye
        "TPM",
        "𝐓𝐏𝐌",  # noqa: RUF001  so are mathematical ones
    ],
)
def test_disguised_letters_are_read_as_what_they_look_like(message: str) -> None:
    assert words(clean(message)) == ["tpm"]


@pytest.mark.parametrize(
    "message", ["", " \n\t ", "\u200b", "\u3164", "🎉 👍🏽", "<@123>", "<:a:1>", "?!...", "```x```", "'"]
)
def test_a_message_without_words_has_none(message: str) -> None:
    assert words(clean(message)) == []
    assert sentences(clean(message)) == []


def test_capital_letters_make_no_difference() -> None:
    assert clean("STRASSE Straße İ") == "strasse strasse i"


def test_lines_stay_apart_and_other_white_space_becomes_one_space() -> None:
    assert clean("one \t two\r\n\r\n  three\u3000four\u2028five ") == "one two\nthree four\nfive"


def test_what_stands_beyond_the_limit_is_not_looked_at() -> None:
    assert clean("a " * MAX_MESSAGE_LENGTH + "secret") == ("a " * (MAX_MESSAGE_LENGTH // 2)).strip()


@pytest.mark.parametrize("character", ["\ufdfa", "\u0390", "\ufb03", "İ"])
def test_characters_that_unicode_makes_longer_stay_within_the_limit(character: str) -> None:
    assert len(clean(character * 2000)) <= MAX_MESSAGE_LENGTH
    assert len(clean(character * MAX_MESSAGE_LENGTH)) <= MAX_MESSAGE_LENGTH


@pytest.mark.parametrize(
    ("straight", "written_out"),
    [
        ("don't", "do not"),
        ("doesn't", "does not"),
        ("isn't", "is not"),
        ("can't", "can not"),
        ("won't", "will not"),
        ("ain't", "is not"),
        ("weren't", "were not"),
        ("what's", "what is"),
        ("who's", "who is"),
        ("that's", "that is"),
        ("i'm", "i am"),
        ("i've", "i have"),
        ("you're", "you are"),
        ("they'll", "they will"),
        ("how'd", "how would"),
    ],
)
def test_a_contraction_is_written_out_whatever_its_apostrophe(straight: str, written_out: str) -> None:
    spellings = [
        straight.replace("'", apostrophe) for apostrophe in ("'", "\u2019", "\u2018", "\u00b4", "`", "\uff07", "")
    ]

    assert [words(clean(spelling)) for spelling in spellings] == [written_out.split()] * len(spellings)


def test_two_contractions_in_one_word_are_both_written_out() -> None:
    assert words("shouldn't've who'd've") == ["should", "not", "have", "who", "would", "have"]


@pytest.mark.parametrize("possessive", ["tpm's", "tpm\u2019s", "tpms'"])
def test_a_possessive_loses_its_ending(possessive: str) -> None:
    assert words(clean(f"a {possessive} duties"))[1].removesuffix("s") == "tpm"


def test_quotation_marks_are_no_part_of_a_word() -> None:
    assert words(clean("the 'how' and the \u2018what\u2019 of \"it\"")) == [
        "the",
        "how",
        "and",
        "the",
        "what",
        "of",
        "it",
    ]


def test_the_names_of_programming_languages_keep_their_signs() -> None:
    assert words(clean("C++, C# or node.js?")) == ["c++", "c#", "or", "node", "js"]


def test_chat_spellings_are_written_out() -> None:
    assert words("u gonna b what r u") == ["you", "going", "to", "b", "what", "are", "you"]


@pytest.mark.parametrize(
    ("typed", "written_out"),
    [
        ("y do u need reqs 4 it pls", "why do you need requirements for it please"),
        ("idk wat ppl do b4 work tho", "i do not know what people do before work though"),
        ("thx, tysm", "thanks thanks"),
        ("whats the diff abt mgmt", "what is the difference about management"),
        ("yo, is ur 4x4 ok", "yo is your 4x4 ok"),
    ],
)
def test_short_forms_are_written_out_where_they_are_whole_words(typed: str, written_out: str) -> None:
    assert words(clean(typed)) == written_out.split()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("灯台守とは", ["灯台", "台守", "守と", "とは"]),
        ("什么是TPM", ["什么", "么是", "tpm"]),
        ("งาน", ["งา", "าน"]),
        ("猫", ["猫"]),
        ("маяк 등대", ["маяк", "등대"]),
    ],
)
def test_a_script_without_spaces_is_parted_into_pairs(text: str, parts: list[str]) -> None:
    assert words(clean(text)) == parts


@given(messages)
def test_replacing_nothing_only_writes_short_forms_out(message: str) -> None:
    cleaned = clean(message)

    assert words(rewritten(cleaned, {})) == words(cleaned)


def test_words_are_replaced_where_they_are_whole_words() -> None:
    assert rewritten("is cde in cdeer?", {"cde": "code"}) == "is code in cdeer?"


@given(messages)
def test_cleaning_twice_changes_nothing_more(message: str) -> None:
    cleaned = clean(message)

    assert clean(cleaned) == cleaned
    assert len(cleaned) <= MAX_MESSAGE_LENGTH


@given(messages)
def test_words_are_made_of_letters_and_digits_only(message: str) -> None:
    for word in words(clean(message)):
        letters = word.removesuffix("++").removesuffix("#")
        assert letters.isalnum() or all(letter.isalnum() or letter.isnumeric() for letter in letters)
        assert "_" not in word


@given(messages)
def test_the_sentences_hold_all_words_in_their_order(message: str) -> None:
    cleaned = clean(message)

    assert [word for sentence in sentences(cleaned) for word in words(sentence)] == words(cleaned)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hi! what is a tpm? thanks.", ["hi!", "what is a tpm?", "thanks."]),
        ("what is it\ndo i code", ["what is it", "do i code"]),
        ("really?! yes... no; maybe", ["really?!", "yes...", "no;", "maybe"]),
        ("i know node.js 2.0 well. next", ["i know node.js 2.0 well.", "next"]),
        ("a tpm vs. a pm?", ["a tpm vs. a pm?"]),
        ("tools, e.g. jira, help?", ["tools, e.g. jira, help?"]),
        ("? ! ...", []),
    ],
)
def test_text_is_split_where_a_sentence_or_a_line_ends(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "forms",
    [
        ("code", "codes", "coded", "coding"),
        ("manage", "manages", "managed", "managing"),
        ("company", "companies"),
        ("skill", "skills"),
        ("require", "required", "requirement", "requirements"),
        ("plan", "planning", "planned", "plans"),
    ],
)
def test_the_forms_of_a_word_share_a_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@given(st.text())
def test_a_stem_is_never_longer_than_its_word_nor_empty(word: str) -> None:
    assert len(stem(word)) <= max(len(word), 1)
    assert bool(stem(word)) == bool(word)


def test_short_words_keep_their_endings() -> None:
    assert [stem(word) for word in ("is", "us", "bus", "red", "pms")] == ["is", "us", "bus", "red", "pms"]


# What makes a pattern slow when it can be read in two ways: each repeated alone, and in pairs.
HOSTILE = (
    *("<@1", "<a:", "</a", "<t:1", "](", "](http://", "https:/", "```", "`", "*", "\\", "> ", "-# ", "\n", " \n", " "),
    *(
        "a",
        "a'",
        "'s",
        "n't",
        "a#",
        "+",
        ".a",
        ". ",
        ".",
        "vs.",
        "!",
        ";",
        "\u0301\u0327",
        "\ufdfa",
        "\u0130",
        "1",
        ",",
    ),
)


@pytest.mark.parametrize("first", HOSTILE)
def test_no_text_of_full_length_takes_long(first: str) -> None:
    for second in HOSTILE:
        for message in ((first + second) * MAX_MESSAGE_LENGTH, first * 1500 + second * MAX_MESSAGE_LENGTH):
            started = time.process_time()
            cleaned = clean(message)
            assert [word for sentence in sentences(cleaned) for word in words(sentence)] == words(cleaned)
            assert time.process_time() - started < 0.1  # seconds; a quadratic pattern needs more, a linear one 0.02
