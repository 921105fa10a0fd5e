from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

from bot.storage.database import Database
from bot.storage.statistics import Statistics
from bot.storage.votes import Tally, Votes

voting = Path(__file__).with_name("voting.py")
kills = 3


async def test_every_acknowledged_vote_survives_a_kill_in_a_burst_of_votes(address: str) -> None:
    acknowledged: list[int] = []
    for kill in range(kills):
        arguments = [sys.executable, str(voting), address, str(1 + kill * 1_000_000)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220, S603
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(100 + 37 * kill)]
            process.kill()
            lines += process.stdout.readlines()
        acknowledged += [int(line) for line in lines if line.endswith("\n")]
    assert len(acknowledged) >= kills * 100

    async with Database.open(address) as database:
        votes = Votes(database=database)
        lost = [number for number in acknowledged if await votes.tally(number) != Tally(helpful=1, unhelpful=0)]
        [total] = await Statistics(database=database).totals(7, since=date(2020, 1, 1))

    assert lost == []
    # Those whose acknowledgement was cut off by the kill may have been stored, too.
    assert len(acknowledged) <= total.count <= len(acknowledged) + kills * 20


async def test_a_file_is_sound_after_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "bot.db"
    arguments = [sys.executable, str(voting), f"sqlite:///{file}", "1"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:  # noqa: ASYNC220, S603
        assert process.stdout is not None
        assert process.stdout.readline()
        process.kill()

    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
