"""The process of a command that executes a run, and whether it has died.

`dg launch`, `dagster asset materialize` and Python execute a run in their own process. If that is
killed, nobody reports the end of the run, which then looks as if it were under way. So a tag says
which process it is. The number of a process means nothing on another machine or in another
container, and is given to another process later: the tag has all that distinguishes them.
"""

import os
import socket
import sys
from pathlib import Path
from typing import NamedTuple

import dagster as dg
from dagster._core.storage.tags import HIDDEN_TAG_PREFIX

PROCESS_TAG = f"{HIDDEN_TAG_PREFIX}analytics_ingest/command_process"

DEATH = (
    "the process of its command has died, perhaps because it was killed or its terminal was "
    "closed; run the command again, or wait for the schedule"
)

_PROC = Path("/proc")
_ENDED = ("Z", "X")
"""States of a process that has ended, and whose parent has not noticed it."""
_UNKNOWN = "-"
_BEFORE_ID = ":"


class CommandProcess(NamedTuple):
    """A process, and what distinguishes it from all others that have its number."""

    run_id: str
    """A run that repeats another one has its tags, and not its process."""
    host: str
    namespace: str
    """In which the number is valid: that of a container."""
    boot: str
    pid: str
    start: str
    """When it started, as the operating system counts."""


def name_own_process(run_id: str) -> dict[str, str]:
    """Return the tag of a run that this process executes; none where that says nothing."""
    if sys.platform == "win32":
        return {}
    return {PROCESS_TAG: " ".join(_identify(run_id, os.getpid()))}


def is_of_command(run: dg.DagsterRun) -> bool:
    """Return whether a command executes or executed a run in its own process."""
    return _read_process(run) is not None


def has_died(run: dg.DagsterRun) -> bool:
    """Return whether a command executed a run, and its process on this machine has ended."""
    process = _read_process(run)
    if run.is_finished or process is None:
        return False
    here = _identify(run.run_id, os.getpid())
    if process[:3] != here[:3]:
        return False  # It cannot be seen from here.
    if process.boot != here.boot:  # Another machine may have the same name, if not the same id.
        return _BEFORE_ID in here.host
    return not _is_running(int(process.pid), process.start)


def _read_process(run: dg.DagsterRun) -> CommandProcess | None:
    """Read which process of a command executes a run; None also if the tag is of another run."""
    recorded = run.tags.get(PROCESS_TAG, "").split(" ")
    if recorded[0] != run.run_id or len(recorded) != len(CommandProcess._fields):
        return None
    return CommandProcess(*recorded)


def _identify(run_id: str, pid: int) -> CommandProcess:
    boot, namespace = _PROC / "sys/kernel/random/boot_id", _PROC / "self/ns/pid"
    return CommandProcess(
        run_id,
        _name_host(),
        str(namespace.readlink()) if namespace.is_symlink() else _UNKNOWN,
        boot.read_text().strip() if boot.exists() else _UNKNOWN,
        str(pid),
        _read_start(pid),
    )


def _name_host() -> str:
    name, machine_id = socket.gethostname(), Path("/etc/machine-id")
    return f"{name}{_BEFORE_ID}{machine_id.read_text().strip()}" if machine_id.exists() else name


def _is_running(pid: int, start: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return _read_start(pid) in (start, _UNKNOWN)  # What another user runs may be hidden.
    return _read_start(pid) == start


def _read_start(pid: int) -> str:
    """Read when a process started; `-` where the system does not say, or it has ended."""
    try:
        state, *fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return _UNKNOWN
    return _UNKNOWN if state in _ENDED else fields[18]
