"""Bytes that are written once and read at any place: in memory, or in a temporary file if many.

The file has no name and is gone with the last reader, also where the process is killed.
"""

import io
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
    """How many bytes several spools may hold together."""

    def __init__(self, size: int) -> None:
        self._left = size

    def spend(self, size: int) -> None:
        """Note bytes that are about to be written.

        Raises:
            SpoolError: They are too many.
        """
        self._left -= size
        if self._left < 0:
            raise SpoolError


class Spool:
    """Bytes in memory, or in a file.

    Args:
        budget: Limits what is written; without it nothing does.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self.size = 0
        self._budget = budget
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()

    def write(self, piece: bytes) -> None:
        """Append bytes.

        Raises:
            SpoolError: They are more than the budget allows, or the disk is full.
        """
        if self._budget is not None:
            self._budget.spend(len(piece))
        self.size += len(piece)
        if self._file is None and self.size <= IN_MEMORY:
            self._memory += piece
            return
        try:
            self._write_to_file(piece)
        except OSError as error:
            raise SpoolError(str(error.strerror or type(error).__name__)) from None

    def _write_to_file(self, piece: bytes) -> None:
        if self._file is None:
            # Open for as long as the spool lives, not for a block.
            self._file = tempfile.TemporaryFile()  # noqa: SIM115
            weakref.finalize(self, self._file.close)
            self._file.write(self._memory)
            self._memory = bytearray()
        self._file.write(piece)

    def read(self, begin: int, end: int) -> bytes:
        """The bytes from one place to another."""
        if self._file is None:
            return bytes(self._memory[begin:end])
        with self._lock:
            self._file.seek(begin)
            return self._file.read(max(end - begin, 0))

    def open(self) -> io.BufferedReader:
        """A file to read all of it."""
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
        piece = self._spool.read(self._position, self._position + len(buffer))
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)
