"""The operator's settings, read once from the environment or a `.env` file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from dotenv.parser import parse_stream
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MAX_LINK_LENGTH = 500  # characters, like a link in the knowledge
MAX_SHARDS = 100_000  # the largest bots have some thousands
MAX_TOKEN_LENGTH = 1000  # bytes; a larger file holds something else than a token or a password

_ADDRESS = r"://[^\s/?#<>]+[^\s<>]*"
_HOST_AND_PORT = r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})"


class ConfigurationError(Exception):
    """The configuration is wrong; the message says how to fix it."""


def _matching(pattern: str, remedy: str, max_length: int | None = None) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not (value.isprintable() and re.fullmatch(pattern, value)):
            raise ValueError(remedy)
        if max_length is not None and len(value) > max_length:
            raise ValueError(f"should have at most {max_length} characters")
        return value

    return check


def _port_in_range(address: str) -> str:
    if not 1 <= int(address.rpartition(":")[2]) <= 65535:  # noqa: PLR2004 - the ports there are
        raise ValueError("should have a port from 1 to 65535, such as 127.0.0.1:8080")
    return address


def _existing_folder(path: Path) -> Path:
    if not os.path.isdir(path):  # noqa: PTH112 - unlike Path.is_dir, it doesn't raise without permission
        raise ValueError(f"should be a folder that exists and that the bot may read; {path} isn't")
    return path


_WEB_ADDRESS = r"should be a web address that begins with https:// and has no spaces"
WebAddress = Annotated[str, AfterValidator(_matching(f"https?{_ADDRESS}", _WEB_ADDRESS))]
Link = Annotated[str, AfterValidator(_matching(f"https?{_ADDRESS}", _WEB_ADDRESS, MAX_LINK_LENGTH))]
GatewayAddress = Annotated[
    str, AfterValidator(_matching(f"wss?{_ADDRESS}", "should be an address that begins with wss:// and has no spaces"))
]
HostAndPort = Annotated[
    str,
    AfterValidator(_matching(_HOST_AND_PORT, "should be a host and a port, such as 127.0.0.1:8080")),
    AfterValidator(_port_in_range),
]


def _database_address(address: SecretStr) -> SecretStr:
    if not re.fullmatch(r"sqlite(\+aiosqlite)?:///.+|postgres(ql)?(\+asyncpg)?://\S+/\S+", address.get_secret_value()):
        raise ValueError("should look like sqlite:///data/bot.db or postgresql://user:password@host/database")
    return address


DatabaseAddress = Annotated[SecretStr, AfterValidator(_database_address)]  # there may be a password in it
Folder = Annotated[Path, AfterValidator(_existing_folder)]


class Settings(BaseSettings):
    """The settings; each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8-sig",  # some editors put a byte order mark in front
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    discord_token: SecretStr | None = None
    """The bot's token from Discord's developer portal."""
    discord_token_file: Annotated[Path | None, Field(repr=False)] = None  # people put the token itself here
    """A file with the token in it, such as a Docker secret; instead of DISCORD_TOKEN."""
    knowledge_dir: Folder | None = None
    """The folder with faq.yaml. Without it, the knowledge shipped with the bot."""
    source_url: Link | None = None
    """The address of the source in faq.yaml, linked under each answer."""
    contact_url: Link | None = None
    """The link of the section `contact` in role.yaml."""
    database_url: DatabaseAddress | None = None
    """Where the bot stores its data. Without it, an SQLite file."""
    database_password_file: Annotated[Path | None, Field(repr=False)] = None
    """A file with the password for DATABASE_URL, such as a Docker secret; instead of a password in it."""
    shard_count: Annotated[int, Field(ge=1, le=MAX_SHARDS)] | None = None
    """How many shards the bot has, in all its processes together. Without it, as many as Discord recommends."""
    shard_ids: str | None = None
    """The shards of this process, such as 0-3 or 0,2,5. Without it, all of them."""
    shard_processes: Annotated[int, Field(ge=1, le=MAX_SHARDS)] | None = None
    """How many processes share the shards evenly; instead of SHARD_IDS."""
    shard_process: str | None = None
    """Which of them this is, from 0 on, or a name that ends so. Without it, the machine's name, as of a pod."""
    claims: str | None = None
    """No longer has any effect."""
    questions_a_minute: Annotated[int, Field(ge=1, le=1000)] = 5
    """How many questions one person may ask in a minute."""
    question_text: Annotated[Literal["on", "off"], BeforeValidator(str.lower)] = "on"
    """Whether unanswered questions are kept, redacted, for 30 days."""
    encoder: Annotated[Literal["on", "off"], BeforeValidator(str.lower)] = "on"
    """Whether questions are also matched by meaning, which takes more memory."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = "INFO"
    """How much is logged."""
    log_format: Annotated[Literal["text", "json"], BeforeValidator(str.lower)] = "text"
    """Lines for people or for machines."""
    monitoring_address: HostAndPort | None = None
    """Where /livez, /readyz and /metrics are served, such as 127.0.0.1:8080."""
    discord_api_url: WebAddress = "https://discord.com/api/v10"
    """Discord's REST address; for a proxy or a test server."""
    discord_gateway_url: GatewayAddress | None = None
    """Discord's gateway address; for a test server."""

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Treat a value of only spaces as none."""
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    def token(self) -> str:
        """Return the bot's token.

        Raises:
            ConfigurationError: There is none, there are two, it can't be one, or its file can't be read.
        """
        if self.discord_token and self.discord_token_file:
            raise ConfigurationError("Both DISCORD_TOKEN and DISCORD_TOKEN_FILE are set. Remove one of them.")
        if self.discord_token:
            return _checked(self.discord_token.get_secret_value(), "DISCORD_TOKEN")
        if self.discord_token_file:
            content = _content(self.discord_token_file, "DISCORD_TOKEN_FILE")
            return _checked(content, "The file that DISCORD_TOKEN_FILE names")
        raise ConfigurationError(f"The bot's token is missing. {_REMEDY}")

    def database_address(self) -> str | None:
        """Return the address of the database with its password, if one is set.

        Raises:
            ConfigurationError: The password doesn't fit the address, or its file can't be read or is empty.
        """
        address = self.database_url.get_secret_value() if self.database_url else None
        if self.database_password_file is None:
            return address
        if not (found := re.fullmatch(r"(postgres[^/]*://[^/@:]+)(@.*)", address or "")):
            raise ConfigurationError(
                "DATABASE_PASSWORD_FILE needs a DATABASE_URL with a user and no password, such as "
                "postgresql://user@host/database."
            )
        password = _content(self.database_password_file, "DATABASE_PASSWORD_FILE").rstrip("\r\n")
        if not password:
            raise ConfigurationError("The file that DATABASE_PASSWORD_FILE names is empty. Put the password into it.")
        return f"{found[1]}:{quote(password, safe='')}{found[2]}"


_REMEDY = (
    "Copy it from https://discord.com/developers/applications (your application, Bot, Reset Token) into DISCORD_TOKEN, "
    "or into a file that DISCORD_TOKEN_FILE names."
)


def _content(file: Path, setting: str) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_TOKEN_LENGTH + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        reason = "it isn't text in UTF-8"
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or "that isn't a file name"
    # Never repeat the name: it may be the token, put into the wrong variable.
    raise ConfigurationError(f"The file that {setting} names can't be read: {reason}.")


def _checked(token: str, where: str) -> str:
    token = token.strip().removeprefix("Bot ").strip()
    if not token:
        raise ConfigurationError(f"{where} is empty. {_REMEDY}")
    if not re.fullmatch(r"[!#-&(-~]+", token) or len(token) > MAX_TOKEN_LENGTH:  # neither spaces nor quotes
        raise ConfigurationError(f"{where} doesn't hold a token, or holds more than one. {_REMEDY}")
    return token


def read_settings() -> Settings:
    """Read the settings from the environment and `.env`.

    Raises:
        ConfigurationError: A value is wrong, or `.env` can't be read.
    """
    try:
        _check_env_file(Path(".env"))
        return Settings()
    except ValidationError as error:
        raise ConfigurationError(
            " ".join(_sentence(fault["loc"][0], fault["msg"]) for fault in error.errors())
        ) from None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError("The file .env can't be read. Check its permissions and save it as UTF-8.") from None


def _check_env_file(file: Path) -> None:
    """Refuse a file with a line that would be skipped, without repeating the line: it may hold the token."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8-sig") as opened:
        for binding in parse_stream(opened):
            if binding.error:
                raise ConfigurationError(
                    f"The file .env can't be understood from line {binding.original.line} on. "
                    "Write each line as NAME=value, and close a quote that you open."
                )


def _sentence(setting: str | int, problem: str) -> str:
    problem = problem.removeprefix("Value error, ").replace("Input should be", "should be")
    return f"{str(setting).upper()} {problem}, or be left empty."
