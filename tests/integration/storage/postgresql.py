"""The fixture of a real PostgreSQL for all tests of a run."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from typing import NoReturn

import pytest
from postgresql import PostgreSQLServer, programs_folder, running_postgresql


def _do_without(reason: str) -> NoReturn:
    """Skip the tests, except in CI."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQLServer]:
    if importlib.util.find_spec("asyncpg") is None:
        _do_without("asyncpg is not installed, so PostgreSQL is not tested")
    programs = programs_folder()
    if programs is None:
        _do_without("PostgreSQL is not installed (no initdb on PATH or below /usr/lib/postgresql)")
    with running_postgresql(programs) as server:
        yield server
