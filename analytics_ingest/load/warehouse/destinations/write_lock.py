"""The write lock: one run at a time writes to the warehouse, across processes.

It is released when its process dies. A DuckDB file must also be free of other programs, which keep
it locked for as long as they have it open.
"""

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import duckdb
from dlt.destinations.impl.duckdb.configuration import DuckDbCredentials
from filelock import FileLock, Timeout
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from analytics_ingest.common.errors import SettingError, WarehouseError
from analytics_ingest.common.log import LogLine
from analytics_ingest.extract.concurrency.lock_storage import open_locks
from analytics_ingest.extract.concurrency.locks import WRITE_LOCK, SharedLock
from analytics_ingest.load.warehouse.faults import find_fault

WAIT_SETTING = "ANALYTICS_INGEST_WAREHOUSE_WAIT"
DEFAULT_WAIT_SECONDS = "300"
SECONDS_BETWEEN_TRIES = 0.5


class WriteLock:
    """A lock on the warehouse; the process that holds it can acquire it again.

    Args:
        lock: A lock file, or a lock that several machines may share.
        database: The DuckDB file that the lock guards; None for another warehouse.
        log: Called with a line when the lock has to wait.
    """

    def __init__(self, lock: Path | SharedLock, database: Path | None, log: LogLine) -> None:
        self.database = database
        self._lock = lock if isinstance(lock, SharedLock) else _open_file_lock(lock)
        self._place = f" ({lock})" if isinstance(lock, Path) else ""
        self._log = log

    @contextmanager
    def hold(self, seconds: float | None = None) -> Iterator[None]:
        """Hold the lock for a block, after waiting for other runs and programs.

        Args:
            seconds: Longest wait for each of them; None waits for runs until they end, and for
                programs as long as the setting says.

        Raises:
            WarehouseError: Another program keeps the DuckDB file open, or it cannot be opened.
            Timeout: Another run is loading, and `seconds` have passed.
        """
        with self._acquire(seconds), self._keep_file_open(seconds):
            yield

    @contextmanager
    def hold_to_read(self) -> Iterator[bool]:
        """Hold the lock for a block. If the file does not exist yet, yield False without waiting.

        A file that cannot be created is opened all the same, so that a load fails before it reads
        its API.
        """
        path = self.database
        if path is None or path.exists() or not os.access(path.parent, os.W_OK | os.X_OK):
            with self.hold():
                yield True
        else:
            _wait_seconds()  # a mistake in the setting is an error before the first request
            yield False

    @contextmanager
    def lend(self) -> Iterator[None]:
        """Hold the lock for a block in which another process opens the file, as `hold` does."""
        with self._acquire():
            with self._keep_file_open():
                pass  # Now nobody else has it open.
            yield

    @contextmanager
    def _acquire(self, seconds: float | None = None) -> Iterator[None]:
        began = time.monotonic()
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            self._log(f"waiting for another run, which is loading{self._place}")
            self._lock.acquire(timeout=-1 if seconds is None else seconds)
            self._log(f"waited {time.monotonic() - began:.1f} s for another run")
        try:
            yield
        finally:
            self._lock.release()

    def _keep_file_open(self, seconds: float | None = None) -> AbstractContextManager[object]:
        """Keep the file open while the lock is held: dlt closes it between steps."""
        if self.database is None or self._lock.lock_counter > 1:
            return nullcontext()
        return self._open_file(self.database, _wait_seconds() if seconds is None else seconds)

    def _open_file(self, database: Path, seconds: float) -> duckdb.DuckDBPyConnection:
        problem = f"the DuckDB file {database} is held by another program; close it there"
        try:
            return Retrying(
                retry=retry_if_exception(_is_held),
                stop=stop_after_delay(seconds),
                wait=wait_fixed(SECONDS_BETWEEN_TRIES),
                before_sleep=lambda state: (
                    self._log(f"waiting up to {seconds:.0f} s: {problem}")
                    if state.attempt_number == 1
                    else None
                ),
                reraise=True,
            )(lambda: duckdb.connect(str(database)))
        except duckdb.Error as error:
            if _is_held(error):
                raise WarehouseError(f"{problem}, or wait longer with {WAIT_SETTING}") from None
            raise WarehouseError(
                find_fault(error, str(database))
                or f"{database} cannot be opened as a DuckDB file ({type(error).__name__}); check "
                "DESTINATION__WAREHOUSE__CREDENTIALS and the file"
            ) from None


def open_write_lock(api: str, credentials: Any, log: LogLine) -> WriteLock:
    """Lock a DuckDB file; elsewhere an API, whose runs share a staging dataset.

    Args:
        credentials: dlt's, of the warehouse.
    """
    if isinstance(credentials, DuckDbCredentials):
        # The path that dlt opens: to DuckDB, another path to the file is another database.
        database = Path(str(credentials.database))
        return WriteLock(Path(f"{database.resolve()}.lock"), database, log)
    return WriteLock(SharedLock(open_locks(api), WRITE_LOCK), None, log)


def _open_file_lock(path: Path) -> FileLock:
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path)


def _is_held(error: BaseException) -> bool:
    return isinstance(error, duckdb.IOException) and "Could not set lock" in str(error)


def _wait_seconds() -> float:
    value = os.environ.get(WAIT_SETTING, DEFAULT_WAIT_SECONDS)
    try:
        return float(value)
    except ValueError:
        raise SettingError(f"{WAIT_SETTING} is '{value}'; set it to a number of seconds") from None
