"""Work that goes on as long as the bot does: a fault that ends it doesn't stay unnoticed."""

from __future__ import annotations

import asyncio

import pytest

from bot.operations.background import begin, end


async def test_work_that_a_fault_ends_is_in_the_log_at_once(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    task = begin(fail())
    await asyncio.wait([task])
    await asyncio.sleep(0)

    [record] = caplog.records
    assert "fail ended unexpectedly" in record.getMessage()
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError


async def test_ending_work_waits_for_its_end_and_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    tasks = [begin(work()), begin(work())]
    await asyncio.sleep(0)
    await end(tasks)

    assert ended == [True, True]
    assert not caplog.records
