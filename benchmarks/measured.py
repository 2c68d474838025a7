"""Runs one command and writes what it took: python measured.py RESULT SECONDS COMMAND...

A program of its own, because a process begins with the peak memory of the one that starts it:
this one is small.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in which the system counts memory."""


def main(result: str, seconds: str, *command: str) -> None:
    """Run a command until it ends, or for so many seconds."""
    began = time.monotonic()
    # A group of its own, so that its own processes end with it.
    process = subprocess.Popen(command, start_new_session=True)
    limit = threading.Timer(float(seconds), os.killpg, [process.pid, signal.SIGKILL])
    limit.start()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    limit.cancel()
    taken = {
        "status": os.waitstatus_to_exitcode(status),
        "wall": wall,
        "processor": used.ru_utime + used.ru_stime,
        "memory": used.ru_maxrss * UNIT,
    }
    Path(result).write_text(json.dumps(taken))


if __name__ == "__main__":
    main(*sys.argv[1:])
