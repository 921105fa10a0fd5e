"""The log is one line for each thing said, for people or for machines, and no text can forge another."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.logs import configure_logging

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


def test_what_discord_py_says_below_info_is_never_logged_for_it_contains_what_people_write(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("DEBUG", "text")

    logging.getLogger("discord.gateway").debug("WebSocket Event: a secret")
    logger.debug("ours")

    [line] = logged(capsys)
    assert "ours" in line


@pytest.mark.parametrize("log_format", ["text", "json"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.characters() | st.sampled_from("\n\r\x1b\x85\u2028\x9b")))
def test_no_message_and_no_traceback_can_forge_a_line_or_steer_a_terminal(
    capsys: pytest.CaptureFixture[str], log_format: Literal["text", "json"], words: str
) -> None:
    configure_logging("INFO", log_format)

    logger.info("heard %s", words)
    [line] = logged(capsys)
    log_failure(words)
    first, *traceback = logged(capsys)

    for written in (line, first, *traceback):
        assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in written)
        assert len(written.splitlines()) == 1
    if log_format == "text":
        assert all(written.startswith("    ") for written in traceback)
        assert traceback[-1].startswith("    ")
    else:
        assert traceback == []
        assert "RuntimeError" in json.loads(first)["traceback"]


def test_a_failure_comes_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", "text")

    log_failure("for a reason")

    first, *traceback = logged(capsys)
    assert first.endswith("It failed.")
    assert traceback[-1] == "    RuntimeError: for a reason"


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
