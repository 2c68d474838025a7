"""Runs commands of Python in processes forked from one that has imported the libraries.

Their import, and their end, is most of the processor time of a command. The package itself is not
imported here: a command imports it from where its settings say.

python -m analytics_ingest_tests.support.forked: executes the commands in the lines of its input.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from multiprocessing import active_children, get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from analytics_ingest_tests.support.waiting import wait_for

LIBRARIES = (
    "dagster._cli",
    "dagster._core.execution.api",
    "dagster._core.storage.sqlite_storage",
    "dagster._core.workspace.context",
    "dagster._daemon.controller",
    "dagster.components.list",
    "dagster_dg_cli.cli.check",
    "dagster_dg_cli.cli.labs",
    "dagster_dg_cli.cli.list",
    "dagster_dg_cli.cli.scaffold",
    "dagster_dlt",
    "dlt.destinations",
    "duckdb",
    "jinja2.sandbox",
    "jsonschema",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "upath.implementations.local",
)
"""What the commands of Dagster, of dg and of this package import."""

ENDS_WITHIN = 250
"""Seconds; a machine with nothing else to do needs 5."""

_FORKING = get_context("fork")


@dataclass(frozen=True)
class Forked:
    """A process that was forked, in a group of its own; it is asked as `subprocess.Popen` is."""

    pid: int
    status: Path
    """The file in which its status is when it has ended."""

    def poll(self) -> int | None:
        """Its status if it has ended."""
        return int(self.status.read_text()) if self.status.exists() else None

    def wait(self, timeout: float = ENDS_WITHIN) -> int:
        """Its status as soon as it has ended."""
        what = f"process {self.pid} to end"
        wait_for(self.status.exists, what, seconds=timeout, pause=0.02)
        return int(self.status.read_text())

    @property
    def returncode(self) -> int | None:
        """Its status if it has ended."""
        return self.poll()

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


def fork(command: Sequence[str], folder: Path, settings: Mapping[str, str], output: Path) -> Forked:
    """Start a command.

    Args:
        command: A file of Python, or `-m` and a module; then its arguments.
        settings: All variables of its environment.
        output: The file to which it prints; another beside it takes its status.
    """
    server = _server()
    assert server.stdin
    assert server.stdout
    output.touch()
    status = output.with_suffix(".status")
    request = [list(command), str(folder), dict(settings), str(output), str(status)]
    print(json.dumps(request), file=server.stdin, flush=True)
    return Forked(int(server.stdout.readline()), status)


def run_forked(
    command: Sequence[str], folder: Path, settings: Mapping[str, str]
) -> tuple[int, str]:
    """Run a command to its end; gives its status and what it printed."""
    with TemporaryDirectory() as temporary:
        output = Path(temporary) / "output"
        status = fork(command, folder, settings, output).wait()
        return status, output.read_text()


@cache
def _server() -> subprocess.Popen[str]:
    """The process to fork from, which ends with this one."""
    server = subprocess.Popen(
        [sys.executable, "-m", __name__],
        env={"PATH": os.defpath},
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    atexit.register(_end, server)
    return server


def _end(server: subprocess.Popen[str]) -> None:
    server.kill()
    server.communicate()


def main() -> None:
    """Execute each command in a process of its own."""
    gc.disable()  # almost nothing of an import is to be collected
    for library in LIBRARIES:
        import_module(library)
    # What is frozen, no process copies or takes apart.
    gc.collect()
    gc.freeze()
    gc.enable()
    for line in sys.stdin:
        active_children()  # lets go of those that have ended
        _FORKING.Process(target=_keep, args=json.loads(line)).start()


def _keep(
    command: list[str], folder: str, settings: dict[str, str], output: str, status: str
) -> None:
    """Start a command, say which process it is, and write its status when it has ended."""
    process = _FORKING.Process(target=_execute, args=(command, folder, settings, output))
    process.start()
    assert process.pid
    os.setpgid(process.pid, process.pid)
    sys.stdout.write(f"{process.pid}\n")
    sys.stdout.flush()
    process.join()
    unfinished = Path(f"{status}.part")
    unfinished.write_text(str(process.exitcode))
    unfinished.replace(status)


def _execute(command: list[str], folder: str, settings: dict[str, str], output: str) -> None:
    os.setpgid(0, 0)
    printed = os.open(output, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(printed, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(settings)
    file, *sys.argv = command
    is_module = file == "-m"
    if not is_module:
        sys.argv.insert(0, file)
    first = folder if is_module else str(Path(file).parent)
    sys.path[:1] = [first, *settings["PYTHONPATH"].split(os.pathsep)]
    if is_module:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(file, run_name="__main__")


if __name__ == "__main__":
    main()
