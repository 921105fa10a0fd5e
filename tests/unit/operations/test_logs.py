"""The log is one line for each thing said, for people or for machines, and no text can forge another."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.operations.logs import configure_logging, question_logged
from bot.storage.resolutions import QuestionSource, Resolution

logger = logging.getLogger("bot.somewhere")


@pytest.fixture(autouse=True)
def _root_logger_as_before() -> Iterator[None]:
    root, library = logging.getLogger(), logging.getLogger("discord")
    handlers, level, library_level = root.handlers[:], root.level, library.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    library.setLevel(library_level)


def logged(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the lines written since the last call."""
    return capsys.readouterr().err.removesuffix("\n").split("\n")


def fail(error: Exception) -> None:
    raise error


def log_failure(words: str) -> None:
    try:
        fail(RuntimeError(words))
    except RuntimeError:
        logger.exception("It failed.")


def test_a_line_for_people_says_when_how_grave_who_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text")

    logger.warning("Can't answer in channel %s.", 7)

    [line] = logged(capsys)
    assert datetime.fromisoformat(line[:23])
    assert line.endswith(" WARNING bot.somewhere: Can't answer in channel 7.")


def test_a_line_for_machines_is_a_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "json")

    logger.warning("Can't answer in channel %s.", 7)

    record = json.loads(*logged(capsys))
    assert datetime.fromisoformat(record.pop("time")).tzinfo is not None
    assert record == {"level": "WARNING", "logger": "bot.somewhere", "message": "Can't answer in channel 7."}


def test_what_is_below_the_level_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("WARNING", "text")

    logger.info("quiet")
    logger.warning("loud")

    [line] = logged(capsys)
    assert "loud" in line


def test_discord_py_debug_lines_are_never_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("DEBUG", "text")

    logging.getLogger("discord.gateway").debug("WebSocket Event: a secret")
    logger.debug("ours")

    [line] = logged(capsys)
    assert "ours" in line


@pytest.mark.parametrize("log_format", ["text", "json"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.text() | st.sampled_from("%\n\r\x1b\x7f\x85\u2028\u202e\x9b\ud800")).map("".join))
def test_no_message_and_no_traceback_can_forge_a_line_or_steer_a_terminal(
    capsys: pytest.CaptureFixture[str], log_format: Literal["text", "json"], words: str
) -> None:
    configure_logging("INFO", log_format)

    logger.info("heard %s", words)
    logger.info(words)
    logger.info(words, "an argument")
    logger.info("heard", extra={"face": words, "topics": (words,)})
    lines = logged(capsys)
    log_failure(words)
    first, *traceback = logged(capsys)

    assert len(lines) == 4
    for written in (*lines, first, *traceback):
        assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in written)
        assert not any("\u202a" <= character <= "\u202e" for character in written)
        assert len(written.splitlines()) == 1
        assert written.encode()
    if log_format == "text":
        assert all(written.startswith("    ") for written in traceback)
        assert traceback
    else:
        assert traceback == []
        assert "RuntimeError" in json.loads(first)["traceback"]
        assert json.loads(lines[0])["message"] == f"heard {words}"


def test_a_failure_comes_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text")

    log_failure("for a reason")

    first, *traceback = logged(capsys)
    assert first.endswith("It failed.")
    assert traceback[0] == "    Traceback (most recent call last):"
    assert any("in log_failure" in line for line in traceback)
    assert traceback[-1] == "    RuntimeError"


def test_the_text_of_an_error_stays_out_of_the_log_and_what_the_system_says_is_in_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("DEBUG", "text")

    try:
        try:
            empty: dict[str, str] = {}
            empty["violet heron"]
        except KeyError as error:
            raise OSError(28, "No space left on device", "violet heron") from error
    except OSError:
        logger.exception("It failed.")

    lines = logged(capsys)
    assert "violet heron" not in "\n".join(line for line in lines if "raise " not in line and 'empty["' not in line)
    assert [line.strip() for line in lines if not line.strip().startswith(("File", "empty", "raise", "~", "^"))][
        1:
    ] == [
        "Traceback (most recent call last):",
        "KeyError",
        "which led to:",
        "Traceback (most recent call last):",
        "OSError: No space left on device",
    ]


async def test_an_error_that_nobody_waited_for_is_logged_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text")
    sentence = "violet " + "heron"

    async def fail_unheard() -> None:
        raise RuntimeError(sentence)

    task = asyncio.create_task(fail_unheard())
    await asyncio.wait({task})
    del task
    gc.collect()

    lines = logged(capsys)
    assert lines[0].endswith("Task exception was never retrieved")
    assert lines[-1] == "    RuntimeError"
    assert sentence not in "\n".join(lines)


def test_a_connection_that_is_being_restored_is_worth_one_line_with_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("INFO", "text")

    try:
        fail(ConnectionResetError())
    except ConnectionResetError:
        library = logging.getLogger("discord.shard")
        library.error("Attempting a reconnect for shard ID %s in %.2fs", 0, 1.5, exc_info=sys.exc_info())
        library.exception("Failed to connect for shard_id: %s. Retrying...", 0)

    [line] = logged(capsys)
    assert line.endswith(
        " WARNING discord.shard: Attempting a reconnect for shard ID 0 in 1.50s (ConnectionResetError)"
    )


def test_that_discord_py_has_no_voice_is_not_worth_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text")

    logging.getLogger("discord.client").warning("PyNaCl is not installed, voice will NOT be supported")
    logger.info("ours")

    [line] = logged(capsys)
    assert "ours" in line


def test_lines_about_a_question_bear_its_id_also_in_tasks_begun_there(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text")

    async def answer(question_id: int) -> None:
        with question_logged(question_id):
            logger.info("claimed")
            await asyncio.create_task(send())
        logger.info("elsewhere")

    async def send() -> None:
        logger.info("sent")

    asyncio.run(answer(123456))

    assert [line.split(" bot.somewhere: ")[1] for line in logged(capsys)] == [
        "[123456] claimed",
        "[123456] sent",
        "elsewhere",
    ]


def test_questions_answered_at_once_do_not_mix_up_their_ids(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "json")

    async def answer(question_id: int, barrier: asyncio.Barrier) -> None:
        with question_logged(question_id):
            await barrier.wait()
            logger.info("about %s", question_id)

    async def answer_all() -> None:
        barrier = asyncio.Barrier(3)
        await asyncio.gather(*(answer(question_id, barrier) for question_id in range(3)))

    asyncio.run(answer_all())

    records = [json.loads(line) for line in logged(capsys)]
    assert len(records) == 3
    assert all(record["message"] == f"about {record['question']}" for record in records)


def test_a_question_about_which_answering_failed_no_longer_marks_lines(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "json")

    with pytest.raises(RuntimeError), question_logged(7):
        fail(RuntimeError())
    logger.info("later")

    assert "question" not in json.loads(*logged(capsys))


SETTLED = {
    "face": QuestionSource.mention,
    "fate": Resolution.answered,
    "topics": ("coding", "degree"),
    "seconds": 0.01234567,
    "attempts": 2,
    "text": "what somebody wrote",
}


def test_a_line_for_machines_has_the_known_fields_of_a_record_and_no_others(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "json")

    with question_logged(7):
        logger.info("Settled.", extra=SETTLED)

    record = json.loads(*logged(capsys))
    record.pop("time")
    assert record == {
        "level": "INFO",
        "logger": "bot.somewhere",
        "message": "Settled.",
        "question": "7",
        "face": "mention",
        "fate": "answered",
        "topics": ["coding", "degree"],
        "seconds": 0.0123,
        "attempts": 2,
    }


def test_a_line_for_people_ends_with_the_known_fields_and_no_others(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text")

    with question_logged(7):
        logger.info("Settled.", extra=SETTLED)

    [line] = logged(capsys)
    assert line.endswith(
        ": [7] Settled. face=mention fate=answered topics=coding,degree seconds=0.0123 attempts=2",
    )


def test_the_value_of_a_field_can_not_pass_for_another_field(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text")

    logger.info("Settled.", extra={"face": "mention fate=answered"})

    [line] = logged(capsys)
    assert line.endswith(': Settled. face="mention fate=answered"')


TOKEN = "MTIzNDU2.G_abcd.planted-token"  # noqa: S105 - nobody's


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_the_token_stands_in_no_line_wherever_it_comes_from(
    capsys: pytest.CaptureFixture[str], log_format: Literal["text", "json"]
) -> None:
    configure_logging("DEBUG", log_format, secrets=(TOKEN,))

    logger.debug("Bot %s", TOKEN)
    logger.debug("headers: %r", {"Authorization": f"Bot {TOKEN}"})
    logger.debug(f"Bot {TOKEN}")  # noqa: G004 - as others may
    logger.debug("Settled.", extra={"face": TOKEN, "topics": [TOKEN]})
    logging.getLogger("aiohttp.client").debug("GET /%s/", TOKEN)
    logging.getLogger("asyncio").error("Task failed: %s", TimeoutError(TOKEN))
    try:
        try:
            fail(ValueError(TOKEN))
        except ValueError as error:
            error.add_note(f"with {TOKEN}")
            raise RuntimeError(f"within {TOKEN}") from error
    except RuntimeError:
        logger.exception("It failed with %s.", TOKEN)

    written = capsys.readouterr().err
    assert TOKEN not in written
    assert written.count("[token]") == 8


def test_without_a_secret_nothing_is_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "json", secrets=("",))

    logger.info("ours")

    assert json.loads(*logged(capsys))["message"] == "ours"


class Unspeakable:
    def __str__(self) -> str:
        raise RuntimeError(TOKEN)


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize(("message", "arguments"), [("%d", "secret"), ("%s %s", "secret"), ("%s", Unspeakable())])
def test_a_log_call_that_cannot_be_formatted_names_only_its_place(
    capsys: pytest.CaptureFixture[str], log_format: Literal["text", "json"], message: str, arguments: object
) -> None:
    configure_logging("INFO", log_format, secrets=(TOKEN,))

    logger.warning(message, arguments)

    [line] = logged(capsys)
    assert "A message can't be put together (" in line
    assert "test_logs:" in line
    assert not any(kept_out in line for kept_out in ("secret", TOKEN))


def test_a_line_that_can_not_be_written_is_lost_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text")
    [handler] = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    full = io.StringIO()
    full.close()
    standard_error = handler.setStream(full)

    logger.info("heard a secret")
    handler.setStream(standard_error)
    logger.info("ours")

    [line] = logged(capsys)
    assert line.endswith("ours")
