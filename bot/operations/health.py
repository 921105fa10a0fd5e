"""Ask a running bot whether it can answer. Separate from `monitoring` to spare a check its imports."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

PATIENCE = 3.0  # seconds
MAX_REPORT_LENGTH = 4096  # bytes

_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104 - what is listened on, and where it is reached


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a bot is ready, and its report or why there is none."""

    is_ready: bool
    report: str


def ask_health(address: str) -> Health:
    """Ask /readyz at `host:port`."""
    host, _, port = address.rpartition(":")
    connection = HTTPConnection(_ANY_ADDRESS.get(host, host).strip("[]"), int(port), timeout=PATIENCE)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        report = response.read(MAX_REPORT_LENGTH).decode(errors="replace")
    except (OSError, UnicodeError, HTTPException) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return Health(is_ready=False, report=f"No bot answers at {address}: {reason}.")
    finally:
        connection.close()
    is_ready = response.status == HTTPStatus.OK and '"ready": true' in report  # other servers also answer OK
    return Health(is_ready=is_ready, report=report)
