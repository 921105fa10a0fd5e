from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from spare_catalogs import catalogs_in, write_catalog

from bot.language.languages import ENGLISH, Language
from bot.language.speech import _, ngettext, speak, speaking, spoken

GERMAN, JAPANESE = Language("de"), Language("ja")


@pytest.fixture(autouse=True)
def _catalogs(tmp_path: Path) -> Iterator[None]:
    write_catalog(
        tmp_path,
        GERMAN,
        {
            "Hello": "Hallo",
            "{name} asked {asker}": "{asker} wurde von {name} gefragt",
            ("{count} vote", "{count} votes"): ("{count} Stimme", "{count} Stimmen"),
        },
    )
    write_catalog(tmp_path, JAPANESE, {"Hello": "こんにちは", ("{count} vote", "{count} votes"): ("{count}票",)})
    with catalogs_in(tmp_path):
        yield


def test_english_is_spoken_until_somebody_speaks_another_language() -> None:
    assert (spoken(), _("Hello")) == (ENGLISH, "Hello")


def test_a_text_is_said_in_the_language_being_spoken() -> None:
    with speaking(GERMAN):
        assert (spoken(), _("Hello")) == (GERMAN, "Hallo")


def test_what_a_catalog_lacks_is_said_in_english() -> None:
    with speaking(GERMAN):
        assert _("Good night, {name}", name="Ada") == "Good night, Ada"


def test_values_go_where_the_translation_puts_them_and_keep_their_braces() -> None:
    with speaking(GERMAN):
        assert _("{name} asked {asker}", name="{asker}", asker="Bo") == "Bo wurde von {asker} gefragt"


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [(ENGLISH, "1 vote", "2 votes"), (GERMAN, "1 Stimme", "2 Stimmen"), (JAPANESE, "1票", "2票")],
)
def test_a_number_takes_the_form_that_its_language_has_for_it(language: Language, one: str, many: str) -> None:
    with speaking(language):
        assert [ngettext("{count} vote", "{count} votes", count, count=count) for count in (1, 2)] == [one, many]


def test_a_language_that_the_bot_does_not_speak_is_english() -> None:
    with speaking(GERMAN), speaking(Language("ko")):
        assert (spoken(), _("Hello")) == (ENGLISH, "Hello")


async def test_a_language_set_in_a_task_does_not_affect_other_tasks() -> None:
    async def speaking_german() -> Language:
        speak(GERMAN)
        await asyncio.sleep(0)
        return spoken()

    async def speaking_nothing_else() -> Language:
        await asyncio.sleep(0)
        return spoken()

    assert set(await asyncio.gather(speaking_german(), speaking_nothing_else())) == {GERMAN, ENGLISH}


def test_the_previous_language_returns_even_after_an_error() -> None:
    with speaking(GERMAN):
        with pytest.raises(ZeroDivisionError), speaking(JAPANESE):
            raise ZeroDivisionError
        assert _("Hello") == "Hallo"
    assert _("Hello") == "Hello"


async def test_concurrent_tasks_each_speak_their_own_language() -> None:
    both_speak = asyncio.Barrier(3)

    async def greet(language: Language) -> str:
        with speaking(language):
            await both_speak.wait()
            return _("Hello")

    greetings = asyncio.gather(greet(GERMAN), greet(JAPANESE))
    await both_speak.wait()

    assert _("Hello") == "Hello"
    assert (*await greetings,) == ("Hallo", "こんにちは")


async def test_a_task_and_a_thread_speak_the_language_of_what_began_them() -> None:
    async def greet() -> str:
        return _("Hello")

    with speaking(GERMAN):
        task, thread = asyncio.create_task(greet()), asyncio.create_task(asyncio.to_thread(_, "Hello"))

    assert (await task, await thread) == ("Hallo", "Hallo")


async def test_a_thread_does_not_change_what_is_spoken_elsewhere() -> None:
    def greet() -> str:
        with speaking(JAPANESE):
            return _("Hello")

    with speaking(GERMAN):
        assert await asyncio.to_thread(greet) == "こんにちは"
        assert _("Hello") == "Hallo"
