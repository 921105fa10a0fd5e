"""What an operator can set, read once from the environment or a `.env` file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

highest_port = 65535


class ConfigurationError(Exception):
    """Say in one sentence what is wrong with the configuration and how to put it right."""


def _web_address(value: str) -> str:
    if not value.startswith(("http://", "https://")) or any(character in value for character in " <>\n"):
        raise ValueError("should be a web address that begins with https://")
    return value


def _gateway_address(value: str) -> str:
    if not value.startswith(("ws://", "wss://")):
        raise ValueError("should be a gateway address that begins with wss://")
    return value


def _host_and_port(value: str) -> str:
    host, colon, port = value.rpartition(":")
    if not (host and colon and port.isdecimal() and int(port) <= highest_port):
        raise ValueError("should be a host and a port, such as 127.0.0.1:8080")
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
GatewayAddress = Annotated[str, AfterValidator(_gateway_address)]
HostAndPort = Annotated[str, AfterValidator(_host_and_port)]


class Settings(BaseSettings):
    """The operator's settings; each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True
    )

    discord_token: SecretStr | None = None
    """The bot's token from Discord's developer portal."""
    discord_token_file: Path | None = None
    """A file with the token in it, such as a Docker secret; instead of DISCORD_TOKEN."""
    knowledge_dir: Path | None = None
    """The folder with faq.yaml, role.yaml and phrasings.yaml. Without it, the knowledge shipped with the bot."""
    source_url: WebAddress | None = None
    """The address of the article that the answers rest on, linked under each answer."""
    contact_url: WebAddress | None = None
    """Where people who want to work as a TPM can write to."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much is logged."""
    log_format: Literal["text", "json"] = "text"
    """Lines for people or for machines."""
    monitoring_address: HostAndPort | None = None
    """Where /livez and /readyz are served, such as 127.0.0.1:8080."""
    discord_api_url: WebAddress = "https://discord.com/api/v10"
    """Discord's REST address; for a proxy or a test server."""
    discord_gateway_url: GatewayAddress | None = None
    """Discord's gateway address; for a test server."""

    def token(self) -> str:
        """Return the bot's token.

        Raises:
            ConfigurationError: There is none, there are two, or its file can't be read.
        """
        if self.discord_token and self.discord_token_file:
            raise ConfigurationError("Both DISCORD_TOKEN and DISCORD_TOKEN_FILE are set. Remove one of them.")
        token = self.discord_token.get_secret_value() if self.discord_token else self._token_from_file()
        token = token.strip().removeprefix("Bot ")
        if not token or not token.isascii() or any(character.isspace() for character in token):
            raise ConfigurationError(
                "The bot's token is missing or garbled. Copy it from https://discord.com/developers/applications "
                "(your application, Bot, Reset Token) into DISCORD_TOKEN, or into the file named by DISCORD_TOKEN_FILE."
            )
        return token

    def _token_from_file(self) -> str:
        if self.discord_token_file is None:
            return ""
        try:
            return self.discord_token_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it isn't text"
            raise ConfigurationError(
                f"The file that DISCORD_TOKEN_FILE names, {self.discord_token_file}, can't be read: {reason}."
            ) from None


def read_settings() -> Settings:
    """Read the settings from the environment and `.env`.

    Raises:
        ConfigurationError: A value is not what it should be, or `.env` can't be read.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc'])).upper()} {_explain(fault['msg'])}." for fault in error.errors()]
        raise ConfigurationError(" ".join(faults)) from None
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError("The file .env can't be read. Check its permissions and save it as UTF-8.") from None


def _explain(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message.replace("Input should be", "should be") if message else "is not valid"
