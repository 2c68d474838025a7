"""Locks that processes share and that no dead process keeps: numbered, one set for each API.

By default they are files, locked by the operating system, which releases them when a process ends
in whatever way. `postgres_locks` has those that several machines share.
"""

import time
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import Protocol

from filelock import Timeout, lock_descriptor, unlock_descriptor

QUEUE_LOCK, WRITE_LOCK = -1, -2
"""Locks of an API beside its slots, which are numbered from 0: see `slots` and `turns`."""


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
        """Release all of them; they can be taken again."""
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
        while self._files:
            self._files.popitem()[1].close()

    def _file(self, number: int) -> FileIO:
        if number not in self._files:
            self._files[number] = FileIO(self._folder / f"{number}.lock", "a")
        return self._files[number]


class SharedLock:
    """One lock of a set, used as a `FileLock`: it is waited for, and may be taken more than once.

    Args:
        locks: Closed to give the lock back.
    """

    seconds_between_tries = 0.25

    def __init__(self, locks: Locks, number: int) -> None:
        self._locks = locks
        self._number = number
        self.lock_counter = 0

    def acquire(self, timeout: float = -1) -> None:
        """Take the lock, at once with a time-out of 0, else when it is free.

        Raises:
            Timeout: Another process holds it.
        """
        while not self.lock_counter and self._locks.take_one([self._number]) is None:
            if timeout == 0:
                raise Timeout(str(self._number))
            time.sleep(self.seconds_between_tries)
        self.lock_counter += 1

    def release(self) -> None:
        """Give it back, when that was asked for as often as it was taken."""
        self.lock_counter -= 1
        if not self.lock_counter:
            self._locks.close()
