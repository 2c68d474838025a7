"""Takes turns at the warehouse: one run at a time, across processes, released when one dies.

A DuckDB file also has to be free of other programs, which hold it for as long as they have it open.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

import duckdb
from filelock import FileLock, Timeout
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_fixed

from analytics_ingest.common.errors import SettingError, WarehouseError
from analytics_ingest.common.log import LogLine
from analytics_ingest.extract.concurrency.locks import SharedLock
from analytics_ingest.load.warehouse.memory import within_memory

WAIT_SETTING = "ANALYTICS_INGEST_WAREHOUSE_WAIT"
DEFAULT_WAIT_SECONDS = "300"
SECONDS_BETWEEN_TRIES = 0.5

T = TypeVar("T")


class WriteLock:
    """A lock, and the DuckDB file that it stands for, if any.

    Args:
        lock: A lock file, or a lock that several machines may share.
    """

    def __init__(self, lock: Path | SharedLock, database: Path | None, log: LogLine) -> None:
        self._lock = lock if isinstance(lock, SharedLock) else _file_lock(lock)
        self._place = f" ({lock})" if isinstance(lock, Path) else ""
        self._database = database
        self._log = log

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the warehouse, waiting for other runs and programs; the wait is logged."""
        began = time.monotonic()
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            self._log(f"waiting for another run, which is loading{self._place}")
            self._lock.acquire()
            self._log(f"waited {time.monotonic() - began:.1f} s for another run")
        try:
            with self._file_kept_open():
                yield
        finally:
            self._lock.release()

    def within_memory(self, megabytes: int | None, work: Callable[[], T]) -> T:
        """Do, while holding the warehouse, what can be done twice, in a bounded memory."""
        return within_memory(self._database, megabytes, work, self._log)

    def _file_kept_open(self) -> AbstractContextManager[object]:
        """Keep the file open for the whole turn: dlt closes it now and then, for others to take."""
        if self._database is None or self._lock.lock_counter > 1:
            return nullcontext()
        return self._opened(self._database)

    def _opened(self, database: Path) -> duckdb.DuckDBPyConnection:
        seconds = _wait_seconds()
        held = f"the DuckDB file {database} is held by another program; close it there"
        try:
            return Retrying(
                retry=retry_if_exception(_is_held),
                stop=stop_after_delay(seconds),
                wait=wait_fixed(SECONDS_BETWEEN_TRIES),
                before_sleep=lambda state: (
                    self._log(f"waiting up to {seconds:.0f} s: {held}")
                    if state.attempt_number == 1
                    else None
                ),
                reraise=True,
            )(lambda: duckdb.connect(str(database)))
        except duckdb.Error as error:
            if _is_held(error):
                raise WarehouseError(f"{held}, or wait longer with {WAIT_SETTING}") from None
            raise WarehouseError(
                f"{database} cannot be opened as a DuckDB file ({type(error).__name__}); check "
                "DESTINATION__WAREHOUSE__CREDENTIALS and the file"
            ) from None


def _file_lock(path: Path) -> FileLock:
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
