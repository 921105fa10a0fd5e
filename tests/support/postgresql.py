"""A real PostgreSQL of our own, if the machine has one: for tests and benchmarks."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PostgreSQLServer:
    """A server on a Unix socket in a folder of its own; it runs as somebody unprivileged, as it insists on."""

    def __init__(self, *, programs: Path, folder: Path, user: str | None) -> None:
        self._programs = programs
        self._folder = folder
        self._user = user

    @property
    def socket(self) -> Path:
        return self._folder / ".s.PGSQL.5432"

    def initialise(self) -> None:
        self._run("initdb", "-D", self._folder / "data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self._folder}' -c fsync=off"
        self._run("pg_ctl", "start", "-w", "-D", self._folder / "data", "-l", self._folder / "log", "-o", options)

    def stop(self) -> None:
        """Stop at once, with every connection cut."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self._folder / "data")

    def process_ids(self) -> list[int]:
        """Return the ids of its processes, the main one first."""
        main = int(self._folder.joinpath("data", "postmaster.pid").read_text().split()[0])
        return [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it answer nothing for a while, with every connection open."""
        processes = self.process_ids()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def empty_database(self) -> str:
        """Empty the one database and return its address."""
        self.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return self.address_by(self._folder)

    def run(self, statements: str) -> None:
        """Run SQL statements as one transaction."""
        self._run("psql", "-q", "-h", self._folder, "-U", "tester", "-d", "postgres", "-c", statements)

    @contextmanager
    def keeping_tables_in(self, folder: Path) -> Iterator[None]:
        """Put tables that are made meanwhile into a new folder, and drop all tables in the end."""
        folder.mkdir()
        if self._user:
            shutil.chown(folder, self._user)
        self.run(f"CREATE TABLESPACE elsewhere LOCATION '{folder}'")
        self.run("ALTER DATABASE postgres SET default_tablespace = elsewhere")
        try:
            yield
        finally:
            self.run("ALTER DATABASE postgres RESET default_tablespace")
            self.empty_database()
            self.run("DROP TABLESPACE elsewhere")

    def address_by(self, folder: Path) -> str:
        """Return the address by a socket in a folder."""
        return f"postgresql://tester@/postgres?host={folder}"

    def _run(self, program: str, *arguments: str | Path) -> None:
        with self._folder.joinpath("output").open("w+b") as output:  # no pipe: the server would keep it open
            done = subprocess.run(  # noqa: S603 - arguments of our own
                [self._programs / program, *arguments],
                user=self._user,
                group=pwd.getpwnam(self._user).pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
                cwd=self._folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self._folder)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
            output.seek(0)
            assert done.returncode == 0, f"{program}: {output.read().decode()}"


def programs_folder() -> Path | None:
    """Return where PostgreSQL's programs are on this machine: the newest, if there are several."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        candidates.insert(0, Path(on_path).resolve().parent)
    return next((path for path in candidates if (path / "initdb").exists() and (path / "postgres").exists()), None)


@contextmanager
def running_postgresql(programs: Path) -> Iterator[PostgreSQLServer]:
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a short name: that of a socket has at most 107 characters
    try:
        if user:
            shutil.chown(folder, user)
        server = PostgreSQLServer(programs=programs, folder=folder, user=user)
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
