"""Bytes that are written once and read at any place: in memory, or in a temporary file if many.

The file has no name and is gone with the last reader, also where the process is killed.
"""

import io
import math
import tempfile
import threading
import weakref
from typing import IO, Any

IN_MEMORY = 4_000_000
"""Bytes from which they are kept in a file."""


class SpoolError(Exception):
    """Bytes cannot be kept: they are more than a budget allows, or the disk is full.

    Args:
        problem: Why the temporary folder cannot hold them; empty where the budget is spent.
    """

    def __init__(self, problem: str = "") -> None:
        super().__init__(problem)
        self.problem = problem


class Budget:
    """How many bytes several spools may hold together; beyond `IN_MEMORY` they share a file.

    A spool is written to its end before the next one begins.
    """

    def __init__(self, size: float = math.inf) -> None:
        self._left = size
        self.spent = 0
        self._file: _SharedFile | None = None

    def spend(self, size: int) -> None:
        """Note bytes that are about to be written.

        Raises:
            SpoolError: They are too many.
        """
        self.spent += size
        self._left -= size
        if self._left < 0:
            raise SpoolError

    def open_file(self) -> "_SharedFile":
        """Open the file for what is not kept in memory."""
        self._file = self._file or _SharedFile()
        return self._file


class _SharedFile:
    """A temporary file that is gone with the last spool in it."""

    def __init__(self) -> None:
        # Open for as long as a spool lives, not for a block.
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._lock = threading.Lock()
        self.size = 0

    def append(self, chunk: bytes | bytearray) -> None:
        with self._lock:
            self._file.seek(self.size)
            self._file.write(chunk)
            self.size += len(chunk)

    def read(self, begin: int, end: int) -> bytes:
        with self._lock:
            self._file.seek(begin)
            return self._file.read(max(end - begin, 0))


class Spool:
    """Bytes in memory, or in a file.

    Args:
        budget: Limits what is written; without it nothing does.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self.size = 0
        self._budget = budget or Budget()
        self._memory = bytearray()
        self._file: _SharedFile | None = None
        self._begin = 0

    def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises:
            SpoolError: They are more than the budget allows, or the disk is full.
        """
        self._budget.spend(len(chunk))
        self.size += len(chunk)
        if self._file is None and self._budget.spent <= IN_MEMORY:
            self._memory += chunk
            return
        try:
            self._write_to_file(chunk)
        except OSError as error:
            raise SpoolError(str(error.strerror or type(error).__name__)) from None

    def _write_to_file(self, chunk: bytes) -> None:
        if self._file is None:
            self._file = self._budget.open_file()
            self._begin = self._file.size
            self._file.append(self._memory)
            self._memory = bytearray()
        self._file.append(chunk)

    def read(self, begin: int, end: int) -> bytes:
        """Read the bytes from one place to another."""
        if self._file is None:
            return bytes(self._memory[begin:end])
        return self._file.read(self._begin + begin, self._begin + min(end, self.size))

    def open(self) -> io.BufferedReader:
        """Open a file to read all of it."""
        return io.BufferedReader(_SpoolFile(self), 262_144)


class _SpoolFile(io.RawIOBase):
    """Reads a spool from its own position, which others do not move."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        bases = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._spool.size}
        self._position = bases[whence] + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        chunk = self._spool.read(self._position, self._position + len(buffer))
        buffer[: len(chunk)] = chunk
        self._position += len(chunk)
        return len(chunk)
