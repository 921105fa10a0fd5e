"""A backup is made while the bot runs, and restored while it doesn't."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.storage.backups import back_up, restore
from bot.storage.database import Database
from bot.storage.errors import DamagedDatabase, NotMoved
from bot.storage.secret import SecretKey


def key_in(file: Path) -> bytes:
    with closing(sqlite3.connect(file)) as connection:
        [(key,)] = connection.execute("SELECT key FROM secret_key").fetchall()
        return bytes(key)


@contextmanager
def in_use(file: Path) -> Iterator[sqlite3.Connection]:
    """Use a file as a bot that does nothing just now: in WAL mode, with a change that is in the log only."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE secret_key SET key = x'abcd'")
        yield connection


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """A database of the bot, which isn't running."""
    file = tmp_path / "data" / "bot.db"
    async with Database.open(f"sqlite:///{file}") as opened:
        await SecretKey(database=opened).read()
    return file


@pytest.fixture
def address(database: Path) -> str:
    return f"sqlite:///{database}"


@pytest.fixture
def backup(tmp_path: Path, address: str) -> Path:
    file = tmp_path / "backup.db"
    back_up(address, file)
    return file


def files_beside(file: Path) -> list[str]:
    return sorted(each.name for each in file.parent.glob(f"{file.name}*"))


def test_a_backup_has_what_was_just_written_and_needs_no_other_file(
    database: Path, address: str, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.db"

    with in_use(database):
        back_up(address, backup)

    assert key_in(backup) == b"\xab\xcd"
    assert files_beside(backup) == ["backup.db"]
    assert backup.read_bytes()[18:20] == b"\x01\x01"  # opening it makes no second file


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_its_owner_can_read_a_backup(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600


def test_a_file_that_exists_is_not_overwritten(address: str, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(NotMoved, match=r"mine\.txt exists already"):
        back_up(address, tmp_path / "mine.txt")

    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("sqlite:///nowhere.db", "There's no database at"),
        ("postgresql://a/b", "use pg_dump"),
        ("bot.db", "DATABASE_URL should look like"),
    ],
)
def test_only_a_database_in_a_file_can_be_backed_up(tmp_path: Path, address: str, says: str) -> None:
    with pytest.raises(NotMoved, match=says):
        back_up(address, tmp_path / "backup.db")

    assert not (tmp_path / "backup.db").exists()


@pytest.mark.parametrize(
    "do", [back_up, lambda _, file: restore(file.parent / "diary", "sqlite:///x.db", replace=True)]
)
def test_a_file_that_is_not_a_database_is_neither_backed_up_nor_restored(tmp_path: Path, do: object) -> None:
    (tmp_path / "diary").write_text("Dear diary, " * 100, encoding="utf-8")

    with pytest.raises(DamagedDatabase, match="is damaged, or isn't an SQLite database"):
        do(f"sqlite:///{tmp_path}/diary", tmp_path / "backup.db")  # type: ignore[operator]

    assert files_beside(tmp_path / "backup.db") == []


def test_the_database_of_another_program_is_neither_backed_up_nor_restored(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "songs.db")) as connection:
        connection.execute("CREATE TABLE songs (title)")

    with pytest.raises(NotMoved, match="isn't a database of the bot"):
        back_up(f"sqlite:///{tmp_path}/songs.db", tmp_path / "backup.db")
    with pytest.raises(NotMoved, match="isn't a database of the bot"):
        restore(tmp_path / "songs.db", f"sqlite:///{tmp_path}/bot.db", replace=False)

    assert sorted(each.name for each in tmp_path.iterdir()) == ["songs.db"]


def spoil(file: Path) -> None:
    """Damage a page in the middle."""
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    file.write_bytes(content)


def test_a_damaged_database_is_not_backed_up(database: Path, address: str, tmp_path: Path) -> None:
    spoil(database)

    with pytest.raises(DamagedDatabase, match="damaged"):
        back_up(address, tmp_path / "backup.db")

    assert files_beside(tmp_path / "backup.db") == []


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files")
def test_a_full_disk_leaves_no_backup(database: Path, address: str, tmp_path: Path) -> None:
    half = database.stat().st_size // 2
    code = (
        "import sys; from pathlib import Path; from bot.storage.backups import back_up; back_up(sys.argv[1], Path('b'))"
    )

    done = subprocess.run(  # noqa: S603 - arguments of our own
        [sys.executable, "-c", code, address],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (half, half)),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr.splitlines()[-1].startswith("bot.storage.errors.NotMoved: "), done.stderr
    assert files_beside(tmp_path / "b") == []


def test_a_backup_takes_the_place_of_the_database(database: Path, address: str, backup: Path) -> None:
    former = key_in(backup)
    with in_use(database):
        pass
    assert key_in(database) != former

    restore(backup, address, replace=True)

    assert key_in(database) == former
    assert files_beside(database) == ["bot.db"]
    assert backup.exists()


async def test_the_bot_goes_on_with_what_was_restored(database: Path, address: str, backup: Path) -> None:
    former = key_in(backup)
    shutil.rmtree(database.parent)

    restore(backup, address, replace=False)

    async with Database.open(address) as opened:
        assert await SecretKey(database=opened).read() == former


def test_a_database_is_replaced_only_if_asked(database: Path, address: str, backup: Path) -> None:
    with in_use(database):
        pass

    with pytest.raises(NotMoved, match="With --replace, the backup takes its place"):
        restore(backup, address, replace=False)

    assert key_in(database) == b"\xab\xcd"


def test_a_database_in_use_is_not_replaced(database: Path, address: str, backup: Path) -> None:
    with in_use(database) as bot:
        with pytest.raises(NotMoved, match="Stop it first"):
            restore(backup, address, replace=True)

        assert bot.execute("SELECT key FROM secret_key").fetchone() == (b"\xab\xcd",)

    assert files_beside(database) == ["bot.db"]


def test_a_damaged_database_is_replaced_along_with_its_log(database: Path, address: str, backup: Path) -> None:
    database.write_text("Dear diary, " * 100, encoding="utf-8")
    Path(f"{database}-wal").write_bytes(b"whatever")

    restore(backup, address, replace=True)

    assert key_in(database) == key_in(backup)
    assert files_beside(database) == ["bot.db"]


def test_a_copy_with_a_log_is_restored_with_what_the_log_has(database: Path, tmp_path: Path, address: str) -> None:
    with in_use(database):
        for suffix in ("", "-wal"):
            shutil.copy(f"{database}{suffix}", tmp_path / f"copy.db{suffix}")
    back_up(address, tmp_path / "other.db")

    restore(tmp_path / "copy.db", address, replace=True)

    assert key_in(database) == b"\xab\xcd"


def test_a_backup_on_a_read_only_disk_can_be_restored(address: str, backup: Path, database: Path) -> None:
    before = backup.parent.stat().st_mtime_ns, files_beside(backup)

    restore(backup, address, replace=True)

    assert (backup.parent.stat().st_mtime_ns, files_beside(backup)) == before  # no file was made beside it
    assert key_in(database) == key_in(backup)


def test_a_damaged_backup_is_refused_and_the_database_stays(database: Path, address: str, backup: Path) -> None:
    spoil(backup)
    key = key_in(database)

    with pytest.raises(DamagedDatabase, match="damaged"):
        restore(backup, address, replace=True)

    assert key_in(database) == key
    assert files_beside(database) == ["bot.db"]


def test_a_backup_that_only_newer_versions_can_use_is_refused(database: Path, address: str, backup: Path) -> None:
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("UPDATE oldest_program SET revision = '9999'")

    with pytest.raises(NotMoved, match="newer version of the bot"):
        restore(backup, address, replace=True)

    assert files_beside(database) == ["bot.db"]


@pytest.mark.parametrize(
    ("name", "says"), [("nothing.db", "There's no file"), ("data/bot.db", "is the database itself")]
)
def test_a_file_that_is_not_a_backup_is_refused(database: Path, address: str, name: str, says: str) -> None:
    with pytest.raises(NotMoved, match=says):
        restore(database.parents[1] / name, address, replace=True)
