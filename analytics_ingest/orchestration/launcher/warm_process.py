"""The warm process: imports the code once, then forks a worker for each run.

The run launcher starts it and holds the other end of its connection. It opens no database and
starts no thread, so that workers share nothing. (Arrow's memory allocator has one, made for forks.)
It ends when the connection is closed and its last worker has ended.
"""

import gc
import multiprocessing
import shutil
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from analytics_ingest.orchestration.launcher import worker_socket
from analytics_ingest.orchestration.launcher.imported_code import ImportedCode
from analytics_ingest.orchestration.launcher.protocol import (
    Outdated,
    Ready,
    Refused,
    Reply,
    Started,
    StartRun,
)
from analytics_ingest.orchestration.launcher.worker import execute_run, report_death

_PAUSE = 1.0
"""Seconds before a death is reported again."""


class WarmProcess:
    """Forks a worker for each request."""

    def __init__(self, connection: Connection, code: ImportedCode) -> None:
        self._connection = connection
        self._code = code
        self._workers: dict[BaseProcess, StartRun] = {}
        self._unreported: dict[BaseProcess, StartRun] = {}
        self._reporters: list[BaseProcess] = []

    def serve(self) -> None:
        """Answer requests until the launcher has gone, then wait for the last worker."""
        while not self._connection.closed or self._workers or self._reporters or self._unreported:
            children = [child.sentinel for child in (*self._workers, *self._reporters)]
            connections = [] if self._connection.closed else [self._connection]
            ready = wait([*children, *connections], _PAUSE if self._unreported else None)
            self._reap()
            self._report()
            if self._connection in ready:
                self._answer()

    def _answer(self) -> None:
        try:
            request: StartRun = self._connection.recv()
            self._connection.send(self._start(request))
        except (EOFError, ConnectionError):
            self._connection.close()

    def _start(self, request: StartRun) -> Reply:
        try:
            if not self._code.is_current():
                return Outdated()
            with worker_socket.listen(Path(request.socket_path)) as listener:
                self._workers[self._fork(execute_run, request, listener)] = request
        except OSError as error:
            return Refused(f"no worker can be forked: {error}")
        return Started()

    def _reap(self) -> None:
        for worker, request in list(self._workers.items()):
            if worker.exitcode is None:
                continue
            del self._workers[worker]
            Path(request.socket_path).unlink(missing_ok=True)
            if worker.exitcode:
                self._unreported[worker] = request
        self._reporters = [child for child in self._reporters if child.exitcode is None]

    def _report(self) -> None:
        for worker, request in list(self._unreported.items()):
            try:
                reporter = self._fork(report_death, request, worker.exitcode)
            except OSError:
                return  # There is as little memory as when the worker was killed.
            self._reporters.append(reporter)
            del self._unreported[worker]

    def _fork(self, task: Callable[..., None], *arguments: Any) -> BaseProcess:
        def begin() -> None:
            # The launcher must see this process end, whatever its workers do.
            self._connection.close()
            task(*arguments)

        gc.freeze()
        child = multiprocessing.get_context("fork").Process(target=begin)
        child.start()
        return child


def main() -> None:
    """Serve on a connection, in whose folder the workers have their sockets.

    Arguments: the connection's number, the folder. The folder is removed at the end.
    """
    number, folder = sys.argv[1:]
    # A terminal interrupts all its processes; this one ends with its launcher.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    connection = Connection(int(number))
    code = ImportedCode.load(connection.recv())
    connection.send(Ready())
    # Not where it fails: then workers still listen in the folder.
    WarmProcess(connection, code).serve()
    shutil.rmtree(folder, ignore_errors=True)
    # Otherwise DuckDB's binding reports what it still holds as leaks.
    gc.unfreeze()


if __name__ == "__main__":
    main()
