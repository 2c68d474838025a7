"""The processes of a command that was started: which there are, and how to end one."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from analytics_ingest_tests.support.commands import Running
from analytics_ingest_tests.support.waiting import wait_for

WARM = "analytics_ingest.orchestration.launcher.warm_process"
DAEMON = "dagster._daemon"


@dataclass(frozen=True)
class Process:
    """A process of a command."""

    pid: int
    parent: int
    line: str
    """Its command line."""

    def is_alive(self) -> bool:
        """Whether it has not ended; a process whose parent has gone is still the same."""
        return Path("/proc", str(self.pid)).exists()

    def kill(self) -> None:
        """End it as the operating system does when memory is short."""
        os.kill(self.pid, signal.SIGKILL)


def processes(command: Running) -> list[Process]:
    """Those that live, in the order in which they began."""
    listed = subprocess.run(
        ["ps", "-ww", "-eo", "pid=,ppid=,pgid=,stat=,args=", "--sort=start_time"],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = (line.split(None, 4) for line in listed.stdout.splitlines())
    return [
        Process(int(pid), int(parent), line)
        for pid, parent, group, status, line in (row for row in rows if len(row) == 5)
        if int(group) == command.process.pid and not status.startswith("Z")
    ]


def find(command: Running, text: str) -> Process:
    """The oldest process of a command whose command line holds a text."""

    def first() -> Process | None:
        return next((p for p in processes(command) if text in p.line), None)

    return wait_for(
        first, f"a process with {text}", seconds=60, tell=lambda: str(processes(command))
    )


def children(command: Running, parent: Process) -> list[Process]:
    """The processes that another one started."""
    return [process for process in processes(command) if process.parent == parent.pid]
