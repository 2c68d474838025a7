"""Runs pip and shows how far it is: `python scripts/install.py .venv/bin/pip install ...`.

In a terminal it is one line that changes, elsewhere a line for each phase. What pip prints is shown
if it fails. It runs before anything is installed, so it needs nothing but Python.
"""

import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

_SECONDS_BETWEEN_LOOKS = 0.25
_CLEAR = "\r\x1b[2K"
_LIST = "Installing collected packages:"


class _Output:
    """What pip has printed so far."""

    def __init__(self, command: list[str]) -> None:
        self.text = ""
        self._site_packages = Path(command[0]).parent.parent
        self._found = 0
        self._to_install = 0

    def read(self, process: "subprocess.Popen[str]") -> None:
        for line in process.stdout or ():
            self.text += line
            self._found += line.startswith("Collecting ")
            if line.startswith(_LIST):
                self._to_install = line.count(",") + 1

    @property
    def phase(self) -> str:
        return "Installing packages" if self._to_install else "Finding packages"

    @property
    def progress(self) -> str:
        if not self._to_install:
            return f"{self._found} so far"
        installed = self._site_packages.glob("lib/python*/site-packages/*.dist-info")
        return f"{min(sum(1 for _ in installed), self._to_install)} of {self._to_install}"


def main(command: list[str]) -> int:
    """Run a command of pip's, and return its status."""
    began, output, shown = time.monotonic(), _Output(command), ""
    is_live = sys.stdout.isatty()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    reader = Thread(target=output.read, args=[process])
    reader.start()
    while reader.is_alive():
        seconds = f"{time.monotonic() - began:.0f} s"
        if is_live:
            _write(f"{_CLEAR}{output.phase}: {output.progress}, {seconds}")
        elif output.phase != shown:
            shown = output.phase
            _write(f"{shown} ...\n")
        reader.join(_SECONDS_BETWEEN_LOOKS)
    status = process.wait()
    _write(_CLEAR if is_live else "")
    seconds = f"{time.monotonic() - began:.0f} s"
    _write(f"{output.text}pip failed\n" if status else f"Installed in {seconds}\n")
    return status


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
