"""Commands that go on running: started in a copy of the project, ended with all their processes."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from analytics_ingest_tests.support.checkout import Checkout
from analytics_ingest_tests.support.forked import Forked, fork

LOOPBACK = "127.0.0.1"
ENDS_WITHIN = 150
"""Seconds from Ctrl-C to the end of the command; a machine with nothing else to do needs 5."""

_PORTS_TO_NAME = (20_000, 32_768)
"""Linux chooses from 32,768 on, macOS from 49,152 on."""

_START = Path(__file__).parent / "start"
"""Holds what Python imports when it starts."""

_GUARD = 'read -r _; kill -s KILL -- "-$1"'
"""Ends a process group when nobody can write to its input any more."""


@dataclass(frozen=True)
class Running:
    """A command that was started, and everything that it prints."""

    process: subprocess.Popen[bytes] | Forked
    log: Path

    @property
    def output(self) -> str:
        """What the command and its processes have printed so far, to the letter."""
        return self.log.read_bytes().decode(errors="replace")

    def interrupt(self) -> int:
        """Press Ctrl-C, which a terminal tells to all processes; returns the command's status."""
        self._signal(signal.SIGINT)
        return self.process.wait(ENDS_WITHIN)

    def kill(self) -> None:
        """End what is left of its processes."""
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):  # nobody is left in the process group
            os.killpg(self.process.pid, number)


@contextmanager
def running(
    checkout: Checkout,
    *command: str,
    settings: Mapping[str, str] | None = None,
    forked: bool = False,
) -> Iterator[Running]:
    """Run a Python module in the project's root, with no settings but the given ones.

    Args:
        forked: Save it the import of Dagster and dlt.
    """
    number = len(list(checkout.home.glob("*.log")))
    log = checkout.home / f"{number}-{command[0]}.log"
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "HOME": str(checkout.home),
        # This is what `pip install -e .` does in the copy's place.
        "PYTHONPATH": os.pathsep.join([str(checkout.root), str(_START)]),
        "PYTHONUNBUFFERED": "1",
        **(settings or {}),
    }
    if forked:
        started = Running(fork(["-m", *command], checkout.root, environment, log), log)
    else:
        started = Running(_start(checkout.root, command, environment, log), log)
    with _guard(started.process.pid):
        try:
            yield started
        finally:
            started.kill()


def _start(
    folder: Path, command: Sequence[str], settings: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A group of its own, so that all its processes can be ended.
            start_new_session=True,
        )


@contextmanager
def _guard(process: int) -> Iterator[None]:
    """Let a command's processes end with the tests, also where those are killed."""
    guard = subprocess.Popen(
        ["sh", "-c", _GUARD, "guard", str(process)],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    with guard:
        yield
        guard.kill()


def materializing(
    checkout: Checkout,
    selection: str,
    *partitions: str,
    settings: Mapping[str, str],
    forked: bool = True,
) -> AbstractContextManager[Running]:
    """Run `dagster asset materialize`, its history in the project's root.

    Args:
        partitions: The options that name them.
        forked: Save it the import of Dagster and dlt.
    """
    command = ("dagster", "asset", "materialize", "-m", "analytics_ingest.definitions")
    home = {"DAGSTER_HOME": str(checkout.root)}
    return running(
        checkout,
        *command,
        *("--select", selection, *partitions),
        settings={**home, **settings},
        forked=forked,
    )


def free_port() -> int:
    """A port that nobody listens on, and that the system gives to nobody who names none.

    A command may need a minute until it listens, while other tests open many connections.
    """
    while True:
        port = random.randrange(*_PORTS_TO_NAME)
        with suppress(OSError), socket.create_server((LOOPBACK, port)):
            return port
