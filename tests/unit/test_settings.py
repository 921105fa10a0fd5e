from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import MAX_LINK_LENGTH, MAX_TOKEN_LENGTH, ConfigurationError, Settings, read_settings

pytestmark = pytest.mark.usefixtures("empty_folder")

TOKEN = "in.no-way.real_1"  # noqa: S105


def complaint() -> str:
    with pytest.raises(ConfigurationError) as error:
        read_settings()
    return str(error.value)


def complaint_about_the_token() -> str:
    with pytest.raises(ConfigurationError) as error:
        read_settings().token()
    return str(error.value)


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings()

    assert settings.log_level == "INFO"
    assert settings.log_format == "text"
    assert settings.question_text == "on"
    assert settings.discord_api_url == "https://discord.com/api/v10"
    assert (settings.knowledge_dir, settings.source_url, settings.contact_url) == (None, None, None)
    assert (settings.monitoring_address, settings.discord_gateway_url) == (None, None)


def test_every_setting_is_read_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "DISCORD_TOKEN": TOKEN,
        "KNOWLEDGE_DIR": str(tmp_path),
        "SOURCE_URL": "https://example.org/article?id=1",
        "CONTACT_URL": "http://example.org/jobs",
        "QUESTION_TEXT": "OFF",
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "JSON",
        "MONITORING_ADDRESS": "[::1]:8080",
        "DISCORD_API_URL": "http://127.0.0.1:9000/api",
        "DISCORD_GATEWAY_URL": "ws://127.0.0.1:9001",
    }.items():
        monkeypatch.setenv(name, value)

    settings = read_settings()

    assert settings.token() == TOKEN
    assert settings.knowledge_dir == tmp_path
    assert settings.source_url == "https://example.org/article?id=1"
    assert settings.contact_url == "http://example.org/jobs"
    assert settings.question_text == "off"
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")
    assert settings.monitoring_address == "[::1]:8080"
    assert settings.discord_api_url == "http://127.0.0.1:9000/api"
    assert settings.discord_gateway_url == "ws://127.0.0.1:9001"


def test_the_environment_takes_precedence_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("LOG_LEVEL=ERROR\nLOG_FORMAT=json\n", encoding="utf-8")
    monkeypatch.setenv("LOG_LEVEL", "WARNING")

    settings = read_settings()

    assert (settings.log_level, settings.log_format) == ("WARNING", "json")


def test_foreign_keys_in_the_file_are_ignored() -> None:
    Path(".env").write_text("DATABASE_PASSWORD=secret\nLOG_LEVEL=ERROR\n", encoding="utf-8")

    assert read_settings().log_level == "ERROR"


@pytest.mark.parametrize("blank", ["", " ", "\t "])
@pytest.mark.parametrize("name", [name.upper() for name in Settings.model_fields])
def test_an_empty_value_counts_as_unset(name: str, blank: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, blank)

    assert read_settings() == Settings()


def test_an_empty_value_in_the_environment_leaves_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("LOG_LEVEL=ERROR\n", encoding="utf-8")
    monkeypatch.setenv("LOG_LEVEL", "")

    assert read_settings().log_level == "ERROR"


def test_a_file_with_windows_line_ends_and_a_byte_order_mark_is_read() -> None:
    Path(".env").write_bytes(b"\xef\xbb\xbfLOG_LEVEL=ERROR\r\nLOG_FORMAT=json\r\n")

    settings = read_settings()

    assert (settings.log_level, settings.log_format) == ("ERROR", "json")


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("KNOWLEDGE_DIR", "no-such-folder", "a folder that exists"),
        ("KNOWLEDGE_DIR", __file__, "a folder that exists"),
        ("SOURCE_URL", "example.org", "begins with https://"),
        ("SOURCE_URL", "https://", "begins with https://"),
        ("CONTACT_URL", "mailto:jobs@example.org", "begins with https://"),
        ("CONTACT_URL", "https://example.org/a job", "no spaces"),
        ("CONTACT_URL", "https://example.org/" + "a" * MAX_LINK_LENGTH, f"at most {MAX_LINK_LENGTH} characters"),
        ("QUESTION_TEXT", "maybe", "'on' or 'off'"),
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("LOG_FORMAT", "xml", "'text' or 'json'"),
        ("MONITORING_ADDRESS", "8080", "127.0.0.1:8080"),
        ("MONITORING_ADDRESS", ":8080", "127.0.0.1:8080"),
        ("MONITORING_ADDRESS", "::1:8080", "127.0.0.1:8080"),
        ("MONITORING_ADDRESS", "127.0.0.1:0", "a port from 1 to 65535"),
        ("MONITORING_ADDRESS", "127.0.0.1:65536", "a port from 1 to 65535"),
        ("MONITORING_ADDRESS", "127.0.0.1:٨٠", "127.0.0.1:8080"),
        ("DISCORD_API_URL", "discord.com/api", "begins with https://"),
        ("DISCORD_GATEWAY_URL", "https://gateway.discord.gg", "begins with wss://"),
    ],
)
def test_a_bad_value_is_told_in_a_sentence_with_the_variable_and_the_remedy(
    name: str, value: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    sentence = complaint()

    assert sentence.startswith(f"{name} should ")
    assert remedy in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_all_bad_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    monkeypatch.setenv("CONTACT_URL", "nowhere")

    sentences = complaint()

    assert "LOG_LEVEL should" in sentences
    assert "CONTACT_URL should" in sentences


@given(value=st.text(st.characters(blacklist_characters="\x00", codec="utf-8")))
def test_any_value_of_a_setting_is_taken_or_told(value: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name in Settings.model_fields:
            patch.setenv(name.upper(), value)
        told = ""
        try:
            read_settings().token()
        except ConfigurationError as error:
            told = str(error)

    assert told == "" or told.endswith(".")


@pytest.mark.parametrize("content", [b"\xff\xfeL\x00", b"LOG_FORMAT=\xe9\n"])
def test_a_file_that_is_not_utf_8_is_told_with_its_remedy(content: bytes) -> None:
    Path(".env").write_bytes(content)

    assert complaint() == "The file .env can't be read. Check its permissions and save it as UTF-8."


@pytest.mark.parametrize("line", ['KNOWLEDGE_DIR="../our-bakery', "KNOWLEDGE_DIR ../our-bakery\n=", "='../our-bakery'"])
def test_an_unreadable_env_line_is_refused_without_repeating_it(line: str) -> None:
    Path(".env").write_text(f"LOG_LEVEL=ERROR\n{line}\n", encoding="utf-8")

    assert complaint().startswith("The file .env can't be understood from line ")
    assert "bakery" not in complaint()


@pytest.mark.parametrize("written", [TOKEN, f"  {TOKEN}\n", f"Bot {TOKEN}"])
def test_the_token_comes_from_the_environment_or_from_a_file(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", written)
    from_environment = read_settings().token()
    monkeypatch.delenv("DISCORD_TOKEN")
    Path("secret").write_text(written, encoding="utf-8")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "secret")

    assert (from_environment, read_settings().token()) == (TOKEN, TOKEN)


def test_without_a_token_the_remedy_is_told() -> None:
    sentence = complaint_about_the_token()

    assert sentence.startswith("The bot's token is missing.")
    assert "https://discord.com/developers/applications" in sentence


def test_two_tokens_are_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "secret")

    assert complaint_about_the_token() == "Both DISCORD_TOKEN and DISCORD_TOKEN_FILE are set. Remove one of them."


@pytest.mark.parametrize(
    "garbled", [f"{TOKEN} {TOKEN}", f'"{TOKEN}"', f"{TOKEN}é", f"{TOKEN}\x1b", "a" * (MAX_TOKEN_LENGTH + 1)]
)
def test_what_cannot_be_a_token_is_refused_and_not_shown(garbled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", garbled)

    sentence = complaint_about_the_token()

    assert sentence.startswith("DISCORD_TOKEN doesn't hold a token")
    assert garbled not in sentence


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"\xff\xfe", "isn't text in UTF-8"), (b" \n", "is empty"), (b"a" * 5000, "a token")],
)
def test_a_file_that_holds_no_token_is_refused_with_the_reason(
    content: bytes | None, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if content is not None:
        Path("secret").write_bytes(content)
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "secret")

    sentence = complaint_about_the_token()

    assert sentence.startswith("The file that DISCORD_TOKEN_FILE names")
    assert reason in sentence


@pytest.mark.parametrize("variable", ["DISCORD_TOKEN", "DISCORD_TOKEN_FILE"])
def test_the_token_never_shows_even_in_the_wrong_variable(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, TOKEN)
    monkeypatch.setenv("LOG_LEVEL", TOKEN)
    bad_level = complaint()
    monkeypatch.delenv("LOG_LEVEL")
    settings = read_settings()
    monkeypatch.setenv("DISCORD_TOKEN", f"{TOKEN} ?")

    assert TOKEN not in bad_level
    assert TOKEN not in f"{settings!r} {settings}"
    assert TOKEN not in complaint_about_the_token()


def test_settings_do_not_change() -> None:
    settings = read_settings()

    with pytest.raises(ValueError, match="frozen"):
        settings.log_level = "DEBUG"


def with_password(monkeypatch: pytest.MonkeyPatch, address: str, content: str) -> Settings:
    Path("password").write_text(content, encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", "password")
    return read_settings()


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_the_databases_password_comes_from_a_file(monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    settings = with_password(
        monkeypatch, "postgresql://tpm_bot@database:5432/faq?sslmode=require", f"p@ss:/ w?d{ending}"
    )

    assert settings.database_address() == "postgresql://tpm_bot:p%40ss%3A%2F%20w%3Fd@database:5432/faq?sslmode=require"


@pytest.mark.parametrize(
    ("address", "content", "says"),
    [
        ("", "secret", "needs a DATABASE_URL with a user and no password"),
        ("sqlite:///data/bot.db", "secret", "needs a DATABASE_URL with a user and no password"),
        ("postgresql://database/faq", "secret", "needs a DATABASE_URL with a user and no password"),
        ("postgresql://tpm_bot:another@database/faq", "secret", "needs a DATABASE_URL with a user and no password"),
        ("postgresql://tpm_bot@database/faq", "\n", "is empty"),
    ],
)
def test_a_password_that_does_not_fit_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str, content: str, says: str
) -> None:
    settings = with_password(monkeypatch, address, content)

    with pytest.raises(ConfigurationError, match=says) as error:
        settings.database_address()
    assert "secret" not in str(error.value)
    assert "another" not in str(error.value)


def test_an_unreadable_password_file_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://tpm_bot@database/faq")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", "nowhere")

    with pytest.raises(ConfigurationError, match="DATABASE_PASSWORD_FILE names can't be read: No such file"):
        read_settings().database_address()
