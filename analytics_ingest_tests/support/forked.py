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
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

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
    "pyarrow.parquet",
)
"""What the commands of Dagster, of dg and of this package import."""

ENDS_WITHIN = 250
"""Seconds; a machine with nothing else to do needs 5."""


def run_forked(
    command: Sequence[str], folder: Path, settings: Mapping[str, str]
) -> tuple[int, str]:
    """Run a command to its end; gives its status and what it printed.

    Args:
        command: A file of Python, or `-m` and a module; then its arguments.
        settings: All variables of its environment.
    """
    server = _server()
    assert server.stdin
    assert server.stdout
    with TemporaryDirectory() as temporary:
        output = Path(temporary) / "output"
        request = [list(command), str(folder), dict(settings), str(output)]
        print(json.dumps(request), file=server.stdin, flush=True)
        status = int(server.stdout.readline())
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
    """Execute each command in a process of its own, and print its status."""
    for library in LIBRARIES:
        import_module(library)
    # What is frozen, no process copies or takes apart.
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        process = get_context("fork").Process(target=_execute, args=json.loads(line))
        process.start()
        process.join(ENDS_WITHIN)
        process.kill()
        process.join()
        sys.stdout.write(f"{process.exitcode}\n")
        sys.stdout.flush()


def _execute(command: list[str], folder: str, settings: dict[str, str], output: str) -> None:
    printed = os.open(output, os.O_WRONLY | os.O_CREAT)
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
