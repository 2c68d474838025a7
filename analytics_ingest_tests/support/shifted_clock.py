"""A clock of the day that a test sets forward while other processes run, as a machine's may be.

The processes preload a small library, which is compiled for the test where that is possible.
"""

import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SOURCE = Path(__file__).with_suffix(".c")


@dataclass(frozen=True)
class ShiftedClock:
    """A clock that processes read which have these settings in their environment."""

    folder: Path

    @classmethod
    def create(cls, folder: Path) -> "ShiftedClock | None":
        """Make a clock that shows the true time; None if this is not Linux, or `cc` not in PATH."""
        compiler = shutil.which("cc")
        if compiler is None or sys.platform != "linux":
            return None
        clock = cls(folder)
        options = ("-shared", "-fPIC", "-O2", "-o", str(clock._library))
        subprocess.run([compiler, *options, str(_SOURCE), "-ldl"], check=True)
        clock._shift.write_bytes(struct.pack("q", 0))
        return clock

    @property
    def settings(self) -> Mapping[str, str]:
        """The environment of the processes that read it."""
        return {"LD_PRELOAD": str(self._library), "CLOCK_SHIFT": str(self._shift)}

    def set_forward(self, *, hours: int) -> None:
        """Set it to so many hours after the true time."""
        with self._shift.open("r+b") as file:
            file.write(struct.pack("q", hours * 3600))

    @property
    def _library(self) -> Path:
        return self.folder / "shifted_clock.so"

    @property
    def _shift(self) -> Path:
        return self.folder / "shift"
