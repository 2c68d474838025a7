"""Runs Dagster's UI for the demo: prints its address when it answers, and logs to a file."""

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


def find_port(wanted: int | None) -> int:
    """Find the port that was asked for, else Dagster's usual one, else any that is free.

    Raises:
        PortTakenError: Another program listens on the port that was asked for.
    """
    if is_free(wanted or USUAL_PORT):
        return wanted or USUAL_PORT
    if wanted:
        raise PortTakenError(f"port {wanted} is taken; name another with --ui-port")
    with socket.create_server((LOOPBACK, 0)) as listening:
        return listening.getsockname()[1]


def is_free(port: int) -> bool:
    """Return whether nobody listens on a port of this machine."""
    try:
        with socket.create_server((LOOPBACK, port)):
            return True
    except OSError:
        return False


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
            if _wait_until_it_answers(display, process, url):
                display.write_line(f"Dagster's UI: {url}{ASSETS_PAGE}", "bold")
                display.write_line(f"Ctrl-C ends the demo; Dagster's log is {to_relative(log)}")
                process.wait()
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


def _wait_until_it_answers(display: Display, process: subprocess.Popen[bytes], url: str) -> bool:
    """Wait for the first response, and return whether there was one before the process ended."""
    began = time.monotonic()
    with display.task("Starting Dagster's UI", lambda: f"{time.monotonic() - began:.0f} s"):
        while process.poll() is None:
            try:
                if requests.get(f"{url}{ASSETS_PAGE}", timeout=5).ok:
                    return True
            except requests.RequestException:
                time.sleep(_SECONDS_BETWEEN_LOOKS)
    return False
