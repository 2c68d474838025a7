"""The launcher's side of a warm process: starts it, asks it for workers, lets it end."""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from analytics_ingest.orchestration.launcher.protocol import CodeLocation, Reply, StartRun

_MODULE = "analytics_ingest.orchestration.launcher.warm_process"
_IMPORTS_WITHIN = 120
_ANSWERS_WITHIN = 30
"""Seconds."""
_LONGEST_FOLDER = 60
"""The path of a socket has at most 104 characters on macOS, 108 on Linux."""


class WarmProcessError(Exception):
    """The warm process does not answer."""


class WarmClient:
    """A warm process of one code location.

    Args:
        secrets: What Dagster adds to the environment of its runs.

    Raises:
        WarmProcessError: It cannot be started, or the code cannot be imported.
    """

    def __init__(self, location: CodeLocation, secrets: Mapping[str, str]) -> None:
        self.secrets = secrets
        self._numbers = itertools.count(1)
        try:
            is_long = len(tempfile.gettempdir()) > _LONGEST_FOLDER
            self._folder = tempfile.mkdtemp(prefix="runs-", dir="/tmp" if is_long else None)
        except OSError as error:
            raise WarmProcessError(str(error)) from error
        try:
            self._connection, self._process = _start(self._folder, secrets)
            self._ask(location, _IMPORTS_WITHIN)
        except (OSError, WarmProcessError) as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise WarmProcessError(str(error)) from error

    def choose_socket_path(self) -> str:
        """Return where the next worker is to listen."""
        return str(Path(self._folder, str(next(self._numbers))))

    def start(self, request: StartRun) -> Reply:
        """Ask for a worker.

        Raises:
            WarmProcessError: No answer came. Whether there is a worker, its socket tells.
        """
        return self._ask(request, _ANSWERS_WITHIN)

    def close(self) -> None:
        """Let the process end as soon as it has no workers."""
        self._connection.close()

    def _ask(self, message: CodeLocation | StartRun, seconds: float) -> Reply:
        try:
            self._connection.send(message)
            if self._connection.poll(seconds):
                return self._connection.recv()
        except (EOFError, OSError) as error:
            raise WarmProcessError(f"exit status {self._process.wait()}") from error
        self._process.kill()
        raise WarmProcessError(f"no answer within {seconds:.0f} s")


def _start(folder: str, secrets: Mapping[str, str]) -> tuple[Connection, subprocess.Popen[bytes]]:
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", _MODULE, str(theirs.fileno()), folder],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env={**os.environ, **secrets},
        )
    return ours, process
