"""Discord's refusals, as exceptions that know their status, code and wording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request body: where, Discord's name for it, and in words."""

    path: tuple[str | int, ...]
    code: str
    message: str

    def __str__(self) -> str:
        where = ".".join(map(str, self.path)) or "body"
        return f"{where}: {self.message} ({self.code})"


class ApiError(Exception):
    """Refuse a request with Discord's status, JSON code and message."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> dict[str, Any]:
        """Return the JSON body that goes with the status."""
        return {"message": self.message, "code": self.code}


class InvalidForm(ApiError):
    """Refuse a body that breaks Discord's rules; every fault is told at once.

    `recorded` is false where only the moment made it wrong (a reply to a message that was
    deleted meanwhile): no client can avoid that, so no test should fail for it.
    """

    def __init__(self, faults: Iterable[Fault], *, recorded: bool = True) -> None:
        super().__init__(400, 50035, "Invalid Form Body")
        self.faults = tuple(faults)
        self.recorded = recorded

    def body(self) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        for fault in self.faults:
            node = errors
            for step in fault.path:
                node = node.setdefault(str(step), {})
            node.setdefault("_errors", []).append({"code": fault.code, "message": fault.message})
        return super().body() | {"errors": errors}


class EmptyMessage(ApiError):
    """Refuse a message with nothing to show."""

    def __init__(self) -> None:
        super().__init__(400, 50006, "Cannot send an empty message")


def unauthorized() -> ApiError:
    """Refuse the bot's token."""
    return ApiError(401, 0, "401: Unauthorized")


def invalid_webhook_token() -> ApiError:
    """Refuse an interaction token that has outlived its quarter of an hour."""
    return ApiError(401, 50027, "Invalid Webhook Token")


def missing_access() -> ApiError:
    """Refuse what lies in a channel that the bot cannot see."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """Refuse what the bot may not do."""
    return ApiError(403, 50013, "Missing Permissions")


def no_history_for_reply() -> ApiError:
    """Refuse a reply where the bot may not read the history."""
    return ApiError(403, 160002, "Cannot reply without permission to read message history")


def no_first_message_yet() -> ApiError:
    """Refuse a message in a forum post whose author has not yet said anything."""
    return ApiError(
        403,
        40058,
        "Cannot message this thread until after the post author has sent an initial message.",
    )


def unknown_channel() -> ApiError:
    """Refuse an id that names no channel."""
    return ApiError(404, 10003, "Unknown Channel")


def unknown_message() -> ApiError:
    """Refuse an id that names no message here."""
    return ApiError(404, 10008, "Unknown Message")


def unknown_webhook() -> ApiError:
    """Refuse a follow-up to an interaction that was never answered."""
    return ApiError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    """Refuse a first response that is too late, or to no interaction at all."""
    return ApiError(404, 10062, "Unknown interaction")


def already_acknowledged() -> ApiError:
    """Refuse a second first response."""
    return ApiError(400, 40060, "Interaction has already been acknowledged.")
