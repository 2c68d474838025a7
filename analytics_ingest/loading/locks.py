"""Locks that processes share and that no dead process keeps: numbered, one set for each API.

By default they are files, locked by the operating system, which releases them when a process ends
in whatever way. `postgres_locks` has those that several machines share.
"""

from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import Protocol

from filelock import lock_descriptor, unlock_descriptor


class Locks(Protocol):
    """A set of locks; whoever uses it calls from one thread at a time."""

    seconds_between_tries: float
    """How long to wait before asking again for locks that others hold."""

    def take_one(self, numbers: Iterable[int]) -> int | None:
        """Take the first lock that nobody holds; None where all are held.

        Args:
            numbers: The locks to try, of which this process holds none.
        """
        ...

    def give_back(self, number: int) -> None:
        """Release a lock that this process holds."""
        ...

    def close(self) -> None:
        """Release all of them."""
        ...


class FileLocks:
    """Locks of the processes of one machine.

    Args:
        folder: Holds an empty file for each lock; they stay.
    """

    seconds_between_tries = 0.002

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        # They stay open: opening a file costs ten times as much as locking it.
        self._files: dict[int, FileIO] = {}

    def take_one(self, numbers: Iterable[int]) -> int | None:
        for number in numbers:
            if lock_descriptor(self._file(number).fileno(), blocking=False):
                return number
        return None

    def give_back(self, number: int) -> None:
        unlock_descriptor(self._files[number].fileno())

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _file(self, number: int) -> FileIO:
        if number not in self._files:
            self._files[number] = FileIO(self._folder / f"{number}.lock", "a")
        return self._files[number]
