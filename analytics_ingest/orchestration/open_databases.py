"""SQLite databases that stay open between transactions, even if their files are replaced.

One thread at a time uses them. A file that was deleted or replaced is opened again. A forked
process inherits no connection, because SQLite's locks belong to the process that has opened a file.
"""

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

KEPT_OPEN = 8
"""Databases that stay open, at three file descriptors each: a webserver reads many runs."""


@dataclass
class _Database:
    engine: Engine
    file_id: tuple[int, int] | None
    connection: Connection | None = None
    """The connection of the transaction in progress."""


class OpenDatabases:
    """The databases used last.

    Args:
        initialize: Creates the tables of a database that has none.
        timeout: Seconds to wait for a lock of another process.
    """

    def __init__(self, initialize: Callable[[Engine], None], timeout: float) -> None:
        self._initialize = initialize
        self._timeout = timeout
        self._lock = threading.RLock()
        self._databases: dict[str, _Database] = {}  # the one used last at the end
        _close_before_forks().add(self)

    @contextmanager
    def transaction(self, path: str) -> Iterator[Connection]:
        """Begin a transaction, or join the one that this thread has begun."""
        with self._lock:
            database = self._get(path)
            if database.connection is not None and not database.connection.closed:
                yield database.connection
                return
            try:
                with database.engine.connect() as database.connection, database.connection.begin():
                    yield database.connection
            except BaseException as error:
                if isinstance(error, DBAPIError) or not isinstance(error, Exception):
                    # Whatever is wrong with the connection or its file, the next one starts over,
                    # also after an interrupt in the midst.
                    self._close(path)
                raise
            finally:
                database.connection = None

    def close(self) -> None:
        """Close all databases; the next transaction opens its own again."""
        with self._lock:
            for path in list(self._databases):
                self._close(path)

    def acquire(self) -> None:
        """Keep other threads from opening a database."""
        self._lock.acquire()

    def release(self) -> None:
        """Let other threads continue."""
        self._lock.release()

    def _get(self, path: str) -> _Database:
        known = self._databases.get(path)
        if known and known.connection is None and known.file_id != _identify(path):
            self._close(path)
        database = self._databases.pop(path, None) or self._open(path)
        self._databases[path] = database
        if len(self._databases) > KEPT_OPEN:
            self._close(next(iter(self._databases)))
        return database

    def _open(self, path: str) -> _Database:
        engine = create_engine(
            f"sqlite:///{path}",
            poolclass=QueuePool,
            pool_size=1,
            connect_args={"timeout": self._timeout, "check_same_thread": False},
        )
        event.listen(engine, "connect", _sync_at_checkpoints)
        event.listen(engine, "handle_error", _keep_interrupted)
        self._initialize(engine)
        return _Database(engine, _identify(path))

    def _close(self, path: str) -> None:
        if database := self._databases.pop(path, None):
            database.engine.dispose()


def _identify(path: str) -> tuple[int, int] | None:
    try:
        status = Path(path).stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _sync_at_checkpoints(connection: SqliteConnection, _record: object) -> None:
    # Without WAL, which very old files lack, a power cut could then damage a file.
    if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
        connection.execute("PRAGMA synchronous=NORMAL")


def _keep_interrupted(context: ExceptionContext) -> None:
    # SQLAlchemy would close the connection, and leave its transaction open for as long as the
    # interrupt is handled.
    if not isinstance(context.original_exception, Exception):
        context.is_disconnect = False


@cache
def _close_before_forks() -> "weakref.WeakSet[OpenDatabases]":
    """Return those that are closed before this process forks; its only hook stays."""
    known: weakref.WeakSet[OpenDatabases] = weakref.WeakSet()
    held: list[OpenDatabases] = []

    def close() -> None:
        held.extend(known)
        for databases in held:
            databases.acquire()
            databases.close()

    def release() -> None:
        while held:
            held.pop().release()

    if hasattr(os, "register_at_fork"):  # Windows forks nothing
        os.register_at_fork(before=close, after_in_parent=release, after_in_child=release)
    return known
