"""Runs Dagster's UI for the demo: prints its address when it answers, and logs to a file."""

import errno
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

from analytics_ingest.demo.display import Display

LOOPBACK = "127.0.0.1"
USUAL_PORT = 3000
ASSETS_PAGE = "/assets"

_SECONDS_TO_STOP = 30
_SECONDS_BETWEEN_LOOKS = 0.3
_LINES_OF_LOG = 5


class PortTakenError(Exception):
    """The UI cannot have the port that was asked for."""


def reserve_port(wanted: int | None) -> socket.socket:
    """Reserve the port that was asked for, else Dagster's usual one, else any that is free.

    A load takes long enough for another program to take a port that was merely free.

    Raises:
        PortTakenError: Another program listens on the port that was asked for.
    """
    try:
        return socket.create_server((LOOPBACK, wanted or USUAL_PORT))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        if wanted:
            raise PortTakenError(_describe_taken(wanted)) from None
    return socket.create_server((LOOPBACK, 0))


def release_port(reserved: socket.socket) -> int:
    """Free a port for the process that listens on it next, and return its number."""
    with reserved:
        return reserved.getsockname()[1]


def run_ui(display: Display, project: Path, port: int, log: Path) -> bool:
    """Run the UI until Ctrl-C, and return whether nothing else ended it.

    Args:
        log: The file of what Dagster prints.
    """
    url = f"http://{LOOPBACK}:{port}"
    command = [sys.executable, "-m", "dagster", "dev", "-h", LOOPBACK, "-p", str(port)]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=project, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            if _wait_until_it_answers(display, process, url, log):
                display.write_line(f"Dagster's UI: {url}{ASSETS_PAGE}", "bold")
                display.write_line(f"Ctrl-C ends the demo; Dagster's log is {to_relative(log)}")
                process.wait()
            elif process.poll() is None:
                # Dagster's other processes go on without the one that cannot listen.
                display.write_line(f"Dagster's UI cannot start: {_describe_taken(port)}")
                process.terminate()
                return False
        except KeyboardInterrupt:
            # A terminal interrupts Dagster too; without one, this process must terminate it.
            try:
                process.wait(_SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.terminate()
            return True
    display.write_line(
        f"Dagster's UI ended with status {process.returncode}; {to_relative(log)} ends with:"
    )
    for line in log.read_text(errors="replace").splitlines()[-_LINES_OF_LOG:]:
        display.write_line(f"  {line}")
    return False


def to_relative(path: Path) -> str:
    """Return a path as one types it in the current folder."""
    here = Path(os.path.relpath(path))
    return str(path if ".." in here.parts else here)


def _wait_until_it_answers(
    display: Display, process: subprocess.Popen[bytes], url: str, log: Path
) -> bool:
    """Wait for Dagster's first response.

    Returns:
        Whether there was one before the process ended or another program took the port.
    """
    began = time.monotonic()
    taken = os.strerror(errno.EADDRINUSE).lower()
    with display.task("Starting Dagster's UI", lambda: f"{time.monotonic() - began:.0f} s"):
        while process.poll() is None:
            # Dagster logs its address just before it listens: no other program answers for it.
            is_listening = url in log.read_text(errors="replace")
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            if taken in log.read_text(errors="replace").lower():
                return False
            if is_listening and _answers(url):
                return True
    return False


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}{ASSETS_PAGE}", timeout=5).ok
    except requests.RequestException:
        return False


def _describe_taken(port: int) -> str:
    return f"port {port} is taken; name another with --ui-port"
