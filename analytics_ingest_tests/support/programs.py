"""Other programs: processes that have a DuckDB file open."""

import subprocess
import sys
from pathlib import Path

_OPEN_UNTIL_STDIN_ENDS = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "True"):
    print("open", flush=True)
    sys.stdin.read()
"""


class OtherProgram:
    """A program that opens a DuckDB file when it is created, and holds it until it is ended."""

    def __init__(self, database: Path, *, read_only: bool = False) -> None:
        database.parent.mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _OPEN_UNTIL_STDIN_ENDS, str(database), str(read_only)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout
        self.has_opened = self._process.stdout.readline() == b"open\n"
        """Whether nobody else held the file."""

    def end(self) -> None:
        """Let the file go; nothing when that is done."""
        self._process.communicate()

    def __enter__(self) -> "OtherProgram":
        return self

    def __exit__(self, *error: object) -> None:
        self.end()
