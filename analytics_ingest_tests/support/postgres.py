"""A real PostgreSQL server on loopback, of the programs that the system's package installs."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg2
import pytest

from analytics_ingest_tests.support.commands import LOOPBACK, free_port
from analytics_ingest_tests.support.waiting import wait_for

USER, PASSWORD = "loader", "canary-of-the-warehouse"
_PACKAGES = Path("/usr/lib/postgresql")
_UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root."""

_FOR_TESTS = ("-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=50")
_STARTS_WITHIN = 60
_STOPS_WITHIN = 60

_numbers = count(1)


@dataclass(frozen=True)
class PostgresServer:
    """A server that runs."""

    port: int

    def create_database(self, template: str = "template1") -> str:
        """Create an empty database, or one like another that nobody uses; returns its address."""
        name = f"warehouse_{next(_numbers)}"
        with closing(psycopg2.connect(self.url("postgres"))) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://{USER}:{PASSWORD}@{LOOPBACK}:{self.port}/{database}"

    def is_up(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg2.connect(self.url("postgres")).close()
        except psycopg2.OperationalError:
            return False
        return True


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server in a temporary folder; a test is skipped where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip(f"PostgreSQL is not installed: initdb is neither in PATH nor in {_PACKAGES}")
    owner = _UNPRIVILEGED if os.geteuid() == 0 else None
    # Not in pytest's folder, which nobody else may enter.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if owner:
        os.chown(folder, pwd.getpwnam(owner).pw_uid, -1)
    try:
        _initialise(programs, folder, owner)
        with _running(programs, folder, owner) as server:
            yield server
    finally:
        shutil.rmtree(folder)


def _initialise(programs: Path, folder: Path, owner: str | None) -> None:
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    # SCRAM would take a client five times as long to connect, and a load connects 15 times.
    signing_in = ["-U", USER, "--pwfile", password, "-A", "md5"]
    plain = ["--no-sync", "--encoding=UTF8", "--locale=C"]
    command = [programs / "initdb", "-D", folder / "data", *signing_in, *plain]
    subprocess.run(command, check=True, user=owner, cwd=folder, stdout=subprocess.DEVNULL)


@contextmanager
def _running(programs: Path, folder: Path, owner: str | None) -> Iterator[PostgresServer]:
    server = PostgresServer(free_port())
    listening = ["-h", LOOPBACK, "-p", str(server.port), "-k", folder]
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *listening, *_FOR_TESTS],
            user=owner,
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(server.is_up, "PostgreSQL", seconds=_STARTS_WITHIN, tell=log.read_text)
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # at once, whoever is connected
        process.wait(_STOPS_WITHIN)


def _programs() -> Path | None:
    """The folder of `initdb` and `postgres`: Debian's package does not put them into PATH."""
    initdb = shutil.which("initdb")
    if initdb:
        return Path(initdb).resolve().parent
    folders = sorted(_PACKAGES.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return folders[-1].parent if folders else None
