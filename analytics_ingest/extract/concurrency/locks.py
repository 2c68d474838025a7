"""Locks that processes share and that no dead process keeps: numbered, one set for each API.

By default they are files, locked by the operating system, which releases them however a process
ends. Locks that several machines share are in `postgres_locks`.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Protocol

from filelock import Timeout, lock_descriptor, unlock_descriptor

from analytics_ingest.common.errors import LimitsError
from analytics_ingest.common.project import make_private_folder

QUEUE_LOCK, WRITE_LOCK, RATE_LOCK = -1, -2, -3
"""An API's locks besides its slots, which are numbered from 0: see `semaphore`, `WriteLock` and
`PostgresRates`."""


class Locks(Protocol):
    """A set of locks; call it from one thread at a time."""

    polling_interval: float
    """Seconds to wait before trying again to acquire locks that others hold."""

    def acquire_any(self, numbers: Iterable[int]) -> int | None:
        """Acquire the first lock that nobody holds; None if all are held.

        Args:
            numbers: The locks to try; this process must hold none of them.
        """
        ...

    def release(self, number: int) -> None:
        """Release a lock that this process holds."""
        ...

    def close(self) -> None:
        """Release all locks; they can be acquired again."""
        ...


class FileLocks:
    """Locks that the processes of one machine share.

    Args:
        folder: Contains an empty file for each lock; the files are never removed.

    Raises:
        LimitsError: The folder cannot be written.
    """

    polling_interval = 0.002

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with explain_unwritable("locks", self._folder):
            make_private_folder(folder)
        # Kept open: opening a file costs ten times as much as locking it.
        self._files: dict[int, FileIO] = {}

    def acquire_any(self, numbers: Iterable[int]) -> int | None:
        for number in numbers:
            if lock_descriptor(self._open_file(number).fileno(), blocking=False):
                return number
        return None

    def release(self, number: int) -> None:
        unlock_descriptor(self._files[number].fileno())

    def close(self) -> None:
        while self._files:
            self._files.popitem()[1].close()

    def _open_file(self, number: int) -> FileIO:
        if number not in self._files:
            with explain_unwritable("locks", self._folder):
                self._files[number] = FileIO(self._folder / f"{number}.lock", "a")
        return self._files[number]


@contextmanager
def explain_unwritable(content: str, folder: Path) -> Iterator[None]:
    """Let a block that writes to a folder fail with what to do.

    Args:
        content: What the folder holds, such as `locks`.

    Raises:
        LimitsError: A file cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise LimitsError(
            f"the {content} in {folder} cannot be written ({error.strerror}); give this process "
            "the right to, and the disk some space"
        ) from None


class SharedLock:
    """One lock of a set, with the interface of `filelock.FileLock`: blocking and reentrant.

    Args:
        locks: A set of its own; it is closed to release the lock.
    """

    polling_interval = 0.25

    def __init__(self, locks: Locks, number: int) -> None:
        self._locks = locks
        self._number = number
        self.lock_counter = 0

    def acquire(self, timeout: float = -1) -> None:
        """Acquire the lock, waiting until it is free.

        Args:
            timeout: Longest wait in seconds; a negative one has no limit.

        Raises:
            Timeout: Another process still holds the lock.
        """
        began = time.monotonic()
        while not self.lock_counter and self._locks.acquire_any([self._number]) is None:
            if 0 <= timeout <= time.monotonic() - began:
                raise Timeout(str(self._number))
            time.sleep(self.polling_interval)
        self.lock_counter += 1

    def release(self) -> None:
        """Release the lock, once this was called as often as `acquire`."""
        self.lock_counter -= 1
        if not self.lock_counter:
            self._locks.close()
